"""Templates of notices: deaths, police reports, property and jobs, and the law."""

from __future__ import annotations

from tests.worlds.grammar import Template

OBITUARIES = [
    Template(
        "en",
        "{person}, {a:58-99}, of {city}",
        (
            (
                "{city} - {person}, {a:58-99}, [of {city}|of {street}], [passed away|died|went to be with the "
                "Lord] {day} at [home|Mercy Hospital|the county hospice house] after [a short|a long] illness, "
                "surrounded by family."
            ),
            (
                "Born {month} {b:1-28}, 19{c:25-58}, in {city2}, [the son|the daughter] of {first2} and "
                "{first3} {last}, {person} [worked|was employed] as a {trade} for {d:15-44} years and retired "
                "in {e:1985-2015}."
            ),
            (
                "{person} enjoyed {hobby}, {hobby2} and, most of all, time with the grandchildren, and was a "
                "[faithful|lifelong] member of {church}."
            ),
            (
                "Survivors include a spouse of {f:30-65} years, {first4}; children {first5}, {first6} and "
                "{first7}; a sibling, {person8}; {g:3-14} grandchildren; and {h:1-9} great-grandchildren."
            ),
            (
                "[Visitation|Calling hours] will be from {i:1-4} to {j:5-8} p.m. {day2} at the {last9} Funeral "
                "Home, {street2}. A service will be held at {k:9-11} a.m. {day3} at {church}, with the Rev. "
                "{person10} officiating."
            ),
            (
                "?In lieu of flowers, memorials may be made to {church} or [the local library|an animal "
                "shelter|the fire company]."
            ),
        ),
        ("city", "church"),
    ),
    Template(
        "en",
        "Death notice: {person}",
        (
            (
                "{person}, {a:55-98}, a {trade} from {city}, died {date}. Services {k:9-11} a.m. {day} at "
                "{church}; burial in [Oak Hill|Calvary|Riverside] Cemetery, {city2}. {last9} Funeral Home is "
                "in charge of arrangements."
            ),
        ),
    ),
    Template(
        "en",
        "{person} remembered as {trade} and neighbor",
        (
            (
                "{person}, who spent {a:20-45} years as a {trade} in {city} and [rarely missed|never missed] a "
                "meeting of the council, died on {day}. {person} was {b:60-97}."
            ),
            (
                '"You could always [count|depend] on {first}," said {person2}, a friend from {street}. "We '
                'will miss {hobby} on Saturdays."'
            ),
            (
                "Colleagues recalled that {person} started at {company} in {c:1951-1984} with {d:20-95} "
                "dollars and a bicycle. In {e:1985-2010}, the town named the park on {street2} in the family's "
                "honor."
            ),
            "A memorial is planned for {day2} at {church}.",
        ),
    ),
    Template(
        "de",
        "Nachruf: {person} ist tot",
        (
            (
                "{city}. {person} ist am {day} im Alter von {a:60-98} Jahren gestorben. Als {trade} prägte "
                "[die Verstorbene|der Verstorbene] über {b:20-44} Jahre das Leben in der Gemeinde."
            ),
            (
                "Geboren am {c:1-28}. {month} 19{d:25-58} in {city2}, kam {person} im Jahr {e:1955-1985} nach "
                "{city}. Neben der Arbeit galt die Leidenschaft dem Chor und dem Garten in der {street}."
            ),
            (
                "Um {person} trauern die Familie, {f:2-9} Enkel und viele Freunde. Die Trauerfeier findet am "
                "{day2} um {g:10-15} Uhr auf dem Friedhof statt."
            ),
        ),
    ),
    Template(
        "fr",
        "Avis de décès : {person}",
        (
            (
                "{city} - Nous apprenons le décès de {person}, survenu {day} à l'âge de {a:60-99} ans. Ancien "
                "{trade}, il avait exercé pendant {b:20-42} ans avant de prendre sa retraite en {c:1985-2015}."
            ),
            (
                "Né à {city2} en 19{d:25-55}, passionné par {hobby} et {hobby2}, il était le père de {e:2-6} "
                "enfants et le grand-père de {f:3-14} petits-enfants."
            ),
            (
                "Les obsèques seront célébrées {day2} à {g:9-16} heures en l'église de {city}. La famille "
                "remercie le personnel de la maison de retraite de la {street}."
            ),
        ),
    ),
    Template(
        "es",
        "Fallece {person} a los {a:60-99} años",
        (
            (
                "Falleció en {city} el {date} {person}, a los {a:60-99} años de edad, tras una larga "
                "enfermedad. Trabajó durante {b:20-44} años en {company} y fue vecino muy querido de la {street}."
            ),
            (
                "Sus hijos {first2}, {first3} y {first4}, sus {c:3-12} nietos y demás familia ruegan una "
                "oración por su alma. El funeral se celebrará el {day} a las {d:10-19} horas en la parroquia "
                "de San Pedro."
            ),
        ),
    ),
]

BLOTTERS = [
    Template(
        "en",
        "{city} police blotter, {date}",
        (
            (
                "The following was taken from the {city} Police Department log. [Charges are accusations|Those "
                "named are presumed innocent until proven guilty in court]."
            ),
            (
                "*5-11 [{a:1-12}:{b:10-59} [a.m.|p.m.]|{day}]: [{person}, {c:18-71}, of {street}, was charged "
                "with {crime} after an officer was called to {street2}.|A resident of {street} reported the "
                "[theft|loss] of {thing}, valued at ${d:40-2900}.|Officers took a report of {crime} in the "
                "{e:1-9}00 block of {street}. A {f:1999-2021} sedan was towed.|A caller on {street} said "
                "{thing} had been left near a mailbox; it was gone when police arrived.]"
            ),
        ),
    ),
    Template(
        "en",
        "{city} man [charged|arrested] after {crime} on {street}",
        (
            (
                "{city} - A {a:18-71}-year-old man was [charged|arrested] {day} after police said he took "
                "{thing} from a home on {street}."
            ),
            (
                "{person} faces one count of {crime} and {b:2-6} counts of {crime2}, according to a complaint "
                "filed in {city} District Court. Bail was set at ${c:1-95},000."
            ),
            (
                "Officer {last2} wrote that a neighbor saw a person carrying {thing} toward {street2} about "
                "{d:1-11}:{e:10-59} p.m. Police found {person} {f:2-9} blocks away."
            ),
            "A preliminary hearing is scheduled for {month} {g:1-28}. Court records did not list an attorney.",
        ),
    ),
    Template(
        "en",
        "{city} sheriff's log",
        (
            "Sheriff {person} reports the following calls for the week of {date}:",
            (
                "*6-10 {day} - [{crime} at {street}, unit {a:11-59} responded.|Two-vehicle crash, {street} at "
                "{street2}; {person2}, {b:17-84}, taken to the hospital.|Welfare check, {street}; all was in "
                "order.|Report of {crime} in {city2}; {thing} recovered.]"
            ),
            "The jail held {c:21-190} inmates on {day2}.",
        ),
        ("city", "person"),
    ),
    Template(
        "de",
        "Polizeibericht {city} vom {date}",
        (
            "{city} (ots) - Die Polizei meldet für [den {today}|das Wochenende] folgende Einsätze:",
            (
                "*4-8 [Unbekannte haben in der Nacht zum {day} in der {street} {thing} gestohlen. Der Schaden "
                "beträgt {a:150-9500} Euro.|Ein {b:18-85}-Jähriger ist am {day} gegen {c:6-22} Uhr auf der "
                "{street} mit seinem Wagen von der Fahrbahn abgekommen und leicht verletzt worden.|Bei einer "
                "Kontrolle in der {street} fiel am {day} eine {d:18-70}-Jährige auf, die mit {e:0.60-2.40} "
                "Promille am Steuer saß.]"
            ),
            "Zeugen werden gebeten, sich unter Telefon 0{f:201-989} {g:10000-99999} zu melden.",
        ),
    ),
    Template(
        "ru",
        "Сводка происшествий: {city}, {date}",
        (
            (
                "За минувшие сутки в дежурную часть полиции ({city}) поступило {a:40-290} сообщений, "
                "зарегистрировано {b:3-29} преступлений."
            ),
            (
                "*4-7 [На {street} неизвестный похитил {thing}, ущерб составил {c:2-95} тысяч рублей.|Водитель "
                "{d:19-75} лет на {street} не справился с управлением, автомобиль вылетел на "
                "обочину.|Жительница дома на {street} перевела мошенникам {e:20-990} тысяч рублей.]"
            ),
            "По всем фактам проводятся проверки.",
        ),
    ),
    Template(
        "pt",
        "Ocorrências policiais em {city}: {date}",
        (
            "A Polícia Militar de {city} registrou {a:5-39} ocorrências nesta {today}.",
            (
                "*4-7 [Um homem de {b:18-69} anos foi preso na {street} com {thing}.|Uma moradora da {street} "
                "relatou o furto de {thing}, avaliado em R$ {c:100-9900}.|Dois carros colidiram na {street}; "
                "{person}, de {d:18-80} anos, foi levado ao hospital.]"
            ),
            "Quem tiver informações pode ligar para o 190.",
        ),
    ),
    Template(
        "fr",
        "Faits divers à {city} : le point de {today}",
        (
            "Les gendarmes de {city} sont intervenus à {a:4-29} reprises ce {today} {date}.",
            (
                "*4-7 [Un homme de {b:18-79} ans a été interpellé {street} en possession de {thing}.|Un "
                "cambriolage a été constaté {street} : {thing} a disparu, pour un préjudice de {c:200-9900} "
                "euros.|Une conductrice de {d:18-88} ans a été légèrement blessée dans une collision {street}.]"
            ),
        ),
    ),
]

PROPERTY_AND_JOBS = [
    Template(
        "en",
        "{city} property transfers",
        (
            "The following property transfers were recorded in {city} during the week of {date}:",
            "*7-13 {street} {a:10-2400}: {person} to {person2}, ${b:41-890},{c:100-900}.",
        ),
    ),
    Template(
        "en",
        "For sale: {a:2-6} bedroom home on {street}, {city}",
        (
            (
                "[Charming|Spacious|Updated] {a:2-6} bedroom, {b:1-4} bath home on {street} in {city}. Built "
                "in {c:1901-2019}, it offers {d:900-3900} square feet on {e:0.2-4.9} acres."
            ),
            (
                "The kitchen [features|boasts] [granite counters|new cabinets|a gas range], and the "
                "[primary|main] suite has a walk-in closet. Roof replaced {f:2005-2022}; furnace serviced in "
                "{month}. Two-car garage and fenced yard."
            ),
            (
                "Taxes are ${g:1100-9900} a year. [Asking|Offered at] ${h:99-890},{i:100-900}. Open house "
                "{day} from {j:1-2} to 4 p.m. Call {person} of [Keystone|Hometown|Prime] Realty, 555-0{k:100-199}."
            ),
        ),
        ("city", "person"),
    ),
    Template(
        "en",
        "{job} - {company}, {city}",
        (
            (
                "{company} is [seeking|hiring] a [full-time|part-time] {job} for our {city} location. "
                "[Starting pay|Pay] is ${a:14-48}.{b:10-95} an hour with a ${c:500-5000} sign-on bonus."
            ),
            (
                "Duties include [safe handling of equipment|keeping accurate records|working with the public] "
                "and other tasks as assigned. The shift is {d:5-11} a.m. to {e:1-9} p.m., {day} through "
                "{day2}. Must be able to lift {f:20-75} pounds."
            ),
            (
                "Applicants need {g:1-7} years of experience and a valid driver's license. We offer health "
                "insurance after {h:30-90} days, a 401(k) match of {i:2-6} percent and {j:5-20} days of paid "
                "time off."
            ),
            (
                "Apply in person at {street} or send a resume to {first} in human resources by {month} "
                "{k:1-28}. {company} is an equal opportunity employer."
            ),
        ),
        ("company",),
    ),
    Template(
        "de",
        "{job} (m/w/d) in {city} gesucht",
        (
            (
                "Die {company} sucht zum nächstmöglichen Zeitpunkt für den Standort {city} [eine|in Vollzeit "
                "eine] Kraft als {job} (m/w/d) mit {a:20-40} Wochenstunden."
            ),
            (
                "Ihre Aufgaben: Sie arbeiten im Team von {b:4-30} Kolleginnen und Kollegen und berichten an "
                "{person}. Wir bieten {c:26-32} Tage Urlaub, ein Gehalt ab {d:2100-4900} Euro brutto und einen "
                "Zuschuss zum Jobticket von {e:20-60} Euro."
            ),
            (
                "Bewerbungen richten Sie bis zum {f:1-28}. {month} an {company}, {street} {g:1-99}, {city}. "
                "Kennziffer {h:1000-9999}."
            ),
        ),
        ("company",),
    ),
    Template(
        "es",
        "Oferta de empleo: {job} en {city}",
        (
            (
                "{company} selecciona {job} para su centro de {city}. Se ofrece contrato [indefinido|temporal] "
                "de {a:20-40} horas semanales y un salario bruto de {b:1150-2900} euros al mes."
            ),
            (
                "Se requiere experiencia mínima de {c:1-6} años, carné de conducir y disponibilidad para "
                "trabajar de {day} a {day2}. La incorporación será el {d:1-28} de {month}."
            ),
            (
                "Las personas interesadas pueden enviar su currículum a {person} o presentarse en la {street}, "
                "{e:1-120}, indicando la referencia {f:1000-9999}."
            ),
        ),
        ("company",),
    ),
    Template(
        "fr",
        "À vendre à {city} : maison de {a:4-9} pièces, {street}",
        (
            (
                "Située {street} à {city}, cette maison de {a:4-9} pièces offre {b:70-240} m² habitables sur "
                "un terrain de {c:200-2900} m². [Construite|Bâtie] en {d:1880-2018}, elle comprend {e:2-6} "
                "chambres et {f:1-3} salles de bains."
            ),
            (
                "La toiture a été refaite en {g:2004-2022} et le chauffage au gaz consomme {h:80-290} kWh par "
                "m². Prix : {i:95-690}.000 euros, honoraires inclus."
            ),
            "Visites sur rendez-vous avec {person}, de {day} à {day2}, référence {j:1000-9999}.",
        ),
        ("city", "person"),
    ),
]

LEGAL = [
    Template(
        "en",
        "Legal notice: estate of {person}",
        (
            (
                "NOTICE TO CREDITORS. Estate of {person}, late of {city}, deceased. Letters [testamentary|of "
                "administration] on the above estate having been granted to the undersigned on {date}, all "
                "persons indebted to the said estate are requested to make immediate payment, and those having "
                "claims to present the same, without delay, to: {person2}, Executor, {a:1-2400} {street}, "
                "{city2}, or to the attorney, {person3}, {street2}. File No. {b:10-24}-{c:100-2900}."
            ),
        ),
    ),
    Template(
        "en",
        "Notice of public hearing, {city}",
        (
            (
                "NOTICE IS HEREBY GIVEN that the [Zoning Board|Planning Commission] of {city} will hold a "
                "public hearing on {day}, {month} {a:1-28}, at {b:5-8}:{c:15-45} p.m. at the municipal "
                "building, {street}."
            ),
            (
                "The purpose of the hearing is to consider the application of {person}, docket {d:100-990}, "
                "for a variance from section {e:10-99}.{f:1-19} to permit {g:2-40} [dwelling units|parking "
                "spaces] on a parcel of {h:0.3-19.9} acres at {i:1-2400} {street2}. [All interested parties "
                "may attend and be heard.|Written comments are accepted until noon on {day2}.]"
            ),
            "{person2}, Clerk",
        ),
        ("city", "person2"),
    ),
    Template(
        "en",
        "Notice of foreclosure sale, {street}, {city}",
        (
            (
                "By virtue of a judgment entered in case {a:2015-2023}-CV-{b:1000-9999}, in which {company} is "
                "plaintiff and {person} is defendant, the sheriff of {city} will sell at public auction on "
                "{month} {c:1-28} at {d:9-11} a.m. the premises known as {e:1-2400} {street}, lot {f:1-88}, "
                "block {g:1-40}, as recorded in book {h:100-990}, page {i:1-800}."
            ),
            (
                "The approximate amount of the judgment is ${j:31-490},{k:100-999}. Terms: {l:10-25} percent "
                "at the time of sale, balance within {m:20-45} days. The sale is subject to unpaid taxes and "
                "conditions announced at the sale."
            ),
        ),
        ("city", "company"),
    ),
    Template(
        "en",
        "Request for bids: {city} {street} project",
        (
            (
                "Sealed bids for the {street} [resurfacing|water main] project, contract "
                "{a:10-99}-{b:100-999}, will be received by the city of {city} until {c:10-15}:00 on {month} "
                "{d:1-28}, and then publicly opened. Work includes {e:400-9900} linear feet of pipe and "
                "{f:20-900} tons of asphalt."
            ),
            (
                "Plans may be had at {street2} for ${g:25-150}. Each bid must be accompanied by a bond of "
                "{h:5-10} percent. The city reserves the right to reject any or all bids. {person}, City Engineer."
            ),
        ),
        ("city", "person"),
    ),
    Template(
        "de",
        "Öffentliche Bekanntmachung der Stadt {city}",
        (
            (
                "Der Rat der Stadt {city} hat in seiner Sitzung am {a:1-28}. {month} die Aufstellung des "
                "Bebauungsplans Nr. {b:10-290} „{street}“ beschlossen. Das Plangebiet umfasst {c:0.5-19.9} Hektar."
            ),
            (
                "Der Entwurf liegt in der Zeit vom {d:1-28}. {month2} an für {e:20-40} Tage im Rathaus, Zimmer "
                "{f:1-390}, zu jedermanns Einsicht aus. Anregungen können schriftlich oder zur Niederschrift "
                "vorgebracht werden. Aktenzeichen {g:100-990}/{h:10-24}."
            ),
        ),
    ),
    Template(
        "es",
        "Edicto del Ayuntamiento de {city}",
        (
            (
                "Don {person}, alcalde de {city}, hace saber que ha sido solicitada licencia para {company} "
                "con destino a un local en la {street}, número {a:1-190}, expediente {b:100-2900}/{c:2015-2023}."
            ),
            (
                "Se abre un periodo de información pública de {d:10-30} días para que quienes se consideren "
                "afectados presenten las alegaciones que estimen oportunas. En {city}, a {e:1-28} de {month}."
            ),
        ),
        ("city", "person"),
    ),
]
