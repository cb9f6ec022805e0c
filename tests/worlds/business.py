"""Templates of firms: alerts of law firms, results, and press releases."""

from __future__ import annotations

from tests.worlds.grammar import Template

ALERTS = [
    Template(
        "en",
        "{firm} [reminds|alerts] {company} investors of {month} {a:1-28} deadline",
        (
            (
                "{firm} [reminds|alerts] investors that a class action lawsuit has been filed against "
                "{company} and certain of its officers on behalf of those who purchased shares between "
                "{month2} {b:1-28}, {c:2019-2021}, and {month3} {d:1-28}, 2022."
            ),
            (
                "If you suffered a loss, you have until {month} {a:1-28}, {year}, to ask the court to appoint "
                "you as lead plaintiff. Your ability to share in any recovery does not require that you serve "
                "as lead plaintiff."
            ),
            (
                "According to the complaint, {company} [misstated|concealed] its {sector} revenue, and its "
                "statements about {good} supply lacked a reasonable basis. On {day}, {company} "
                "[disclosed|admitted] that chief executive {person} had resigned, and the shares fell "
                "${e:2-39}.{f:10-99}, or {g:8-59} percent, to close at ${h:3-90}.{i:10-99}."
            ),
            (
                "To [discuss your rights|learn more], contact {person2} at (555) {j:200-989}-{k:1000-9999}. "
                "There is no cost or obligation to you. Attorney advertising. Prior results do not guarantee a "
                "similar outcome."
            ),
        ),
        ("firm",),
    ),
    Template(
        "en",
        "SHAREHOLDER NOTICE: {firm} investigates {company}",
        (
            (
                "{firm} is investigating [potential|possible] claims on behalf of shareholders of {company} "
                "concerning whether the company and its directors violated securities laws."
            ),
            (
                "The investigation concerns a report of {month} {a:1-28} by analyst {person}, who "
                "[questioned|challenged] the accounting for ${b:10-890} million of {good} contracts. On this "
                "news the stock lost {c:9-61} percent of its value in {d:1-5} trading days."
            ),
            (
                "If you hold {company} shares and wish to discuss this notice, [call|write to] {person2}. "
                "{firm} has recovered more than ${e:1-9} billion for investors since {f:1984-2005}."
            ),
        ),
        ("firm",),
    ),
    Template(
        "en",
        "{company} to be sold: {firm} asks whether price is fair",
        (
            (
                "{firm} is looking into the proposed sale of {company} to {company2} for ${a:5-190}.{b:10-95} "
                "a share in cash. Among other things, it asks whether the board [ran a fair process|sought the "
                "highest price]."
            ),
            (
                "Under the terms announced {day}, holders will receive {c:0.1-2.9} shares of {company2} for "
                "each share held at the {sector} company's record date of {month} {d:1-28}. The premium is "
                "{e:4-48} percent. One analyst had a target of ${f:20-210}."
            ),
            "Shareholders with questions may contact {person}, at no charge, before the vote on {month2} {g:1-28}.",
        ),
        ("company2",),
    ),
]

RESULTS = [
    Template(
        "en",
        "{company} {quarter}-quarter profit [rises|falls] {a:2-59} percent",
        (
            (
                "{company} on {today} reported {quarter}-quarter net income of ${b:12-990}.{c:1-9} million, or "
                "{d:11-99} cents per share, compared with ${e:12-990}.{f:1-9} million a year earlier."
            ),
            (
                "Revenue [rose|fell] {g:1-29} percent to ${h:1-19}.{i:10-99} billion. Analysts surveyed by "
                "Zentra had expected earnings of {j:10-99} cents per share on revenue of ${k:1-19}.{l:10-99} "
                "billion."
            ),
            (
                '"We are [pleased|encouraged] by our {sector} business, despite {reason}," said {person}, '
                "chief executive. Operating margin was {m:4-31}.{n:1-9} percent and free cash flow came to "
                "${o:20-890} million."
            ),
            (
                "For the {quarter2} quarter, {company} expects revenue of ${p:1-9}.{q:1-9} billion to "
                "${r:10-19}.{s:1-9} billion. It kept its full-year [forecast|outlook] for earnings of "
                "${t:2-9}.{u:10-99} a share."
            ),
            (
                "Shares have [gained|lost] {v:1-48} percent since the beginning of the year; the S&P 500 is up "
                "{w:1-19} percent."
            ),
        ),
        ("company", "person"),
    ),
    Template(
        "en",
        "{company}: {quarter} quarter earnings snapshot",
        (
            (
                "{city} ({company}) - {company} on {today} reported [profit|earnings] of ${a:1-990}.{b:1-9} "
                "million in its {quarter} quarter."
            ),
            (
                "The {city}-based {sector} company said it had profit of {c:1-2}.{d:10-99} dollars per share. "
                "Earnings, adjusted for one-time gains and costs, were {e:11-98} cents per share."
            ),
            (
                "The results [topped|missed] Wall Street expectations. The average estimate of {f:3-14} "
                "analysts surveyed was for earnings of {g:10-99} cents per share."
            ),
            (
                "The company posted revenue of ${h:20-990}.{i:1-9} million in the period. In the final minutes "
                "of trading on {today}, shares hit ${j:3-190}.{k:10-99}, a [rise|drop] of {l:1-49} percent in "
                "the last 12 months."
            ),
        ),
        ("company", "city", "sector"),
    ),
    Template(
        "en",
        "{company} raises dividend to {a:11-99} cents",
        (
            (
                "The board of {company} declared a quarterly dividend of {a:11-99} cents per share, payable "
                "{month} {b:1-28} to holders of record on {month2} {c:1-28}."
            ),
            (
                "It is the {d:3-39}th [straight|consecutive] year of increases, chairman {person} said. The "
                "yield is {e:1-6}.{f:10-99} percent at the closing price of ${g:12-290}.{h:10-99}. The company "
                "also bought back {i:1-29} million shares in the {quarter} quarter for ${j:20-980} million."
            ),
        ),
        ("company", "person"),
    ),
    Template(
        "de",
        "{company} [steigert|verringert] Umsatz im {a:1-4}. Quartal",
        (
            (
                "Die {company} hat im {a:1-4}. Quartal einen Umsatz von {b:100-990},{c:1-9} Millionen Euro "
                "erzielt, {d:1-29} Prozent [mehr|weniger] als im Vorjahr. Das teilte das Unternehmen am "
                "{today} in {city} mit."
            ),
            (
                "Der operative Gewinn lag bei {e:11-99},{f:1-9} Millionen Euro. Vorstandschef {person} sprach "
                "von einem [soliden|schwierigen] Umfeld und verwies auf {reason}."
            ),
            (
                "Für das Gesamtjahr rechnet der Vorstand mit Erlösen zwischen {g:1-2},{h:1-9} und "
                "{i:3-4},{j:1-9} Milliarden Euro. Die Aktie gab {k:0.1-6.9} Prozent nach. Das Unternehmen "
                "beschäftigt {l:1-9}.{m:100-990} Menschen."
            ),
        ),
        ("company", "city", "person"),
    ),
    Template(
        "fr",
        "{company} : chiffre d'affaires de {a:100-990} millions d'euros",
        (
            (
                "{company} a annoncé {today} un chiffre d'affaires de {a:100-990} millions d'euros au {b:2-4}e "
                "trimestre, en [hausse|recul] de {c:1-29} % par rapport à la même période de l'an dernier."
            ),
            (
                "Le résultat opérationnel s'établit à {d:10-95} millions d'euros. « Nos marchés restent "
                "[porteurs|incertains] », a déclaré {person}, directeur général du groupe basé à {city}."
            ),
            (
                "Pour l'ensemble de l'exercice, la direction vise une marge de {e:4-19} % et prévoit d'ouvrir "
                "{f:2-39} sites. Le titre a clôturé à {g:10-190} euros, soit {h:0.1-5.9} % de variation."
            ),
        ),
        ("company", "person", "city"),
    ),
    Template(
        "ar",
        "{company} تعلن نتائج الربع {a:1-4}",
        (
            (
                "أعلنت {company} يوم {today} عن أرباح صافية بلغت {b:12-990} مليون دولار في الربع {a:1-4} من "
                "العام، مقارنة مع {c:12-990} مليون دولار في الفترة نفسها من العام الماضي."
            ),
            (
                "وقال {person}، الرئيس التنفيذي، إن الإيرادات وصلت إلى {d:100-990} مليون دولار رغم {reason}، "
                "وإن الشركة توظف {e:300-9900} شخصا."
            ),
            "ومن المقرر توزيع {f:5-95} سنتا عن كل سهم في {g:1-28} {month}.",
        ),
        ("company", "person"),
    ),
    Template(
        "zh",
        "{company}发布第{a:1-4}季度业绩",
        (
            "{company}{date}发布公告，公司第{a:1-4}季度实现营业收入{b:10-99}.{c:10-99}亿元，同比变动百分之{d:1-39}；净利润{e:1-9}.{f:10-99}亿元。",
            "董事长{person}表示，受{reason}影响，公司毛利率为百分之{g:10-49}。截至{month}末，公司员工总数为{h:1000-9900}人，拟每十股派发现金红利{i:1-9}元。",
        ),
        ("company", "person"),
    ),
]


#: Press releases: news of firms, with the paragraph on the firm that ends each of them.
RELEASES = [
    Template(
        "en",
        "{company} opens {a:20-900}-job plant in {city}",
        (
            (
                "{company} today [announced|said] that it will invest ${b:11-890} million in a plant in "
                "{city}, creating {a:20-900} jobs over {c:2-7} years."
            ),
            (
                "The {d:80-950},000-square-foot site on {street} will produce parts for {sector} customers and "
                "is to open in {month}. Hiring of {job} staff begins in {month2}."
            ),
            (
                '"{city} offers the workforce and the rail access that we need," said {person}, {company}\'s '
                'chief executive. "We [could not be happier|are grateful to the county]."'
            ),
            (
                "Mayor {person2} said the city would extend {street2} by {e:1-4}.{f:1-9} miles and abate taxes "
                "of ${g:1-9}.{h:1-9} million."
            ),
        ),
        ("company", "person"),
    ),
    Template(
        "en",
        "{company} names {person2} to lead {sector} unit",
        (
            (
                "{company} has named {person2} president of its {sector} unit, effective {month} {a:1-28}. "
                "{person2} succeeds {person3}, who retires after {b:9-38} years."
            ),
            (
                "Before joining {company}, {person2} spent {c:3-19} years with {company2} in {city2}, most "
                "recently as head of {good} trading. {person2} will report to {person} and be based in {city}."
            ),
            (
                '"This is a [proven|thoughtful] leader who knows our customers," {person} said. The unit had '
                "sales of ${d:40-980} million last year and employs {e:90-9900} people."
            ),
        ),
        ("company", "person"),
    ),
    Template(
        "en",
        "{company} recalls {a:2-90},000 packages of {food}",
        (
            (
                "{company} is [voluntarily recalling|recalling] {a:2-90},000 packages of {food} because they "
                "may contain undeclared {food2}, the company said {day}."
            ),
            (
                "The packages were sold in {b:3-28} states between {month} {c:1-28} and {month2} {d:1-28} and "
                "carry lot codes {e:10000-99999} and {f:10000-99999}. {g:1-12} illnesses have been reported."
            ),
            (
                "Consumers should not eat the product and may return it for a refund or call "
                "1-800-555-0{h:100-199}. The problem was found in a routine test in {city}, where {person} "
                "oversees quality."
            ),
        ),
        ("company", "person"),
    ),
]

ABOUT = [
    (
        "About {company}: {company} is a [leading|global] provider to the {sector} and {sector2} industries, "
        "with {a:12-90} sites in {b:8-60} countries and {c:2-90},000 employees. Founded in {d:1889-1995} in "
        "{city}, it is listed under the symbol {e:100-999}X. Statements on the future in this release involve "
        "risks and uncertainties that could cause actual results to differ. Media contact: {person}."
    ),
]
