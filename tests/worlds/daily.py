"""Templates of what is printed every day: weather, markets, scores and horoscopes."""

from __future__ import annotations

from tests.worlds.grammar import Template

WEATHER = [
    Template(
        "en",
        "{city} weather forecast for {today}, {date}",
        (
            (
                "[Here is|This is] the forecast for {city} and [the surrounding area|nearby communities] for "
                "{today}, {date}."
            ),
            (
                "Today will be {sky}, with a high near {a:38-91}. Winds from the {wind} at {b:4-22} mph, with "
                "gusts as high as {g:24-44} mph. The chance of [precipitation|rain] is {c:0-90} percent."
            ),
            "Tonight: {sky2}, with a low around {d:18-62}. {wind2} wind {e:3-14} mph, becoming calm after midnight.",
            (
                "Tomorrow will turn {sky3}, with a high of {f:36-92}. Humidity should be near {h:25-95} "
                "percent, and the barometric pressure will be [rising|falling] to {i:29.50-30.60} inches."
            ),
            "?Pollen counts are expected to be [low|moderate|high] and the UV index will reach {u:1-10}.",
            (
                "Sunrise is at 6:{m:10-59} a.m. and sunset at 7:{n:10-59} p.m. The record high for this date "
                "is {r:78-104}, set in {y:1921-2015}; the record low is {s:5-40}, set in {z:1905-2012}."
            ),
        ),
    ),
    Template(
        "en",
        "Forecast: {sky} {today} in the {city} area",
        (
            (
                "{city} residents can expect a {sky} {today}, the National Weather Service said. Highs will "
                "reach the [low|mid|upper] {a:4-9}0s before clouds [move in|gather] from the {wind}."
            ),
            (
                "Meteorologist {person} said a front will [cross|move through] the region by {day}, bringing "
                '{p:0.1-2.4} inches of rain and wind gusts up to {g:20-55} mph. "We are watching {street} '
                'closely because it flooded last time," {person} said.'
            ),
            (
                "The extended outlook calls for {sky2} skies on {day2} with a high of {b:40-88} and a low of "
                "{c:20-60}. By {day3} it will be {sky3}, with temperatures near {d:35-90}."
            ),
            "?Drivers are asked to allow extra time for the morning commute.",
        ),
        ("city", "person"),
    ),
    Template(
        "en",
        "{city} five-day outlook",
        (
            "{city} [5-day|five-day] outlook, issued {date} at {k:4-11} a.m.",
            (
                "*5-5 {day}: {sky}. High {a:38-95}, low {b:15-60}. Wind {wind} {c:3-25} mph. Chance of rain "
                "{d:0-100} percent."
            ),
            "River stage at {street}: {r:2.1-19.9} feet, [flood stage|action stage] is {s:20-28} feet.",
        ),
    ),
    Template(
        "de",
        "Wetter in {city}: {sky} am {today}",
        (
            (
                "Das Wetter in {city} und Umgebung zeigt sich am {today}, dem {date}, {sky}. Die "
                "[Höchsttemperaturen|Höchstwerte] liegen bei {a:2-33} Grad, in der Nacht kühlt es auf {b:1-17} "
                "Grad ab."
            ),
            (
                "Der Wind weht [schwach bis mäßig|mäßig bis frisch] aus {wind}, in Böen sind bis zu {c:25-80} "
                "Kilometer pro Stunde möglich. Die Wahrscheinlichkeit für Niederschlag beträgt {d:0-95} Prozent."
            ),
            (
                "Am {day} wird es {sky2} bei Werten um {e:1-32} Grad. Zum {day2} hin bleibt es {sky3}, die "
                "Sonne scheint etwa {f:1-13} Stunden."
            ),
            "?Der Deutsche Wetterdienst warnt vor [Glätte|starken Böen] in höheren Lagen.",
        ),
    ),
    Template(
        "es",
        "El tiempo en {city} para el {today}",
        (
            (
                "El cielo estará {sky} este {today} {date} en {city}, con una temperatura máxima de {a:8-39} "
                "grados y una mínima de {b:1-20}."
            ),
            (
                "El viento soplará del {wind} con rachas de hasta {c:15-80} kilómetros por hora. La "
                "probabilidad de lluvia es del {d:0-95} % y la humedad relativa rondará el {h:20-95} %."
            ),
            (
                "Para el {day} se espera un ambiente {sky2}, con {e:6-38} grados a mediodía. El {day2} el "
                "cielo quedará {sky3}."
            ),
        ),
    ),
    Template(
        "fr",
        "Météo à {city} : temps {sky} {today}",
        (
            (
                "Le temps sera {sky} ce {today} {date} à {city}. Il fera {a:0-9} degrés au lever du jour et "
                "{b:10-36} degrés au plus chaud de l'après-midi."
            ),
            (
                "Le vent de {wind} soufflera à {c:10-40} km/h, avec des rafales pouvant atteindre {d:41-95} "
                "km/h. Le risque d'averses est de {e:0-90} %."
            ),
            "Demain, le ciel deviendra {sky2} et le mercure affichera {f:5-34} degrés.",
        ),
    ),
    Template(
        "tr",
        "{city} hava durumu: {today} günü {sky}",
        (
            (
                "{city} ve çevresinde {date} {today} günü havanın {sky} olması bekleniyor. En yüksek sıcaklık "
                "{a:1-38}, en düşük sıcaklık ise {b:0-20} derece olacak."
            ),
            (
                "Rüzgârın saatte {c:10-60} kilometre hızla esmesi, nem oranının yüzde {d:20-95} olması tahmin "
                "ediliyor. {day} günü ise hava {sky2} olacak ve sıcaklık {e:0-37} dereceye ulaşacak."
            ),
        ),
    ),
    Template(
        "ru",
        "Погода: {city}, {date}",
        (
            (
                "В {today}, {date}, по данным синоптиков ({city}), ожидается следующая погода: {sky}. Днём "
                "воздух прогреется до {a:1-32} градусов, ночью {b:0-18} градусов."
            ),
            (
                "Ветер {wind}, {c:2-17} метров в секунду. Атмосферное давление составит {d:735-770} "
                "миллиметров ртутного столба, влажность воздуха {e:30-95} процентов."
            ),
            "В {day} прогноз такой: {sky2}, столбик термометра покажет {f:0-31}.",
        ),
    ),
    Template(
        "ar",
        "حالة الطقس في {city} يوم {today}",
        (
            (
                "يكون الطقس في {city} يوم {today} {date} {sky}، وتبلغ درجة الحرارة العظمى {a:15-45} درجة مئوية "
                "والصغرى {b:3-14} درجات."
            ),
            (
                "وتكون الرياح معتدلة السرعة تصل إلى {c:10-60} كيلومترا في الساعة، فيما تبلغ نسبة الرطوبة "
                "{d:15-90} في المئة."
            ),
            "ويتوقع أن يصبح الطقس {sky2} يوم {day} مع حرارة قدرها {e:15-44} درجة.",
        ),
    ),
    Template(
        "zh",
        "{city}{date}天气预报",
        (
            "{city}市气象台{date}发布天气预报：今天白天{sky}，最高气温{a:5-38}摄氏度，{wind}风{b:2-6}级；今天夜间{sky2}，最低气温{c:0-24}摄氏度。",
            "预计{day}{sky3}，气温{d:0-18}到{e:19-37}摄氏度，相对湿度百分之{f:25-95}，降水概率百分之{g:0-90}。",
        ),
    ),
]

MARKETS = [
    Template(
        "en",
        "{good} futures [settle|close|end] {x:0.1-3.9} percent [higher|lower] on {reason}",
        (
            (
                "U.S. {good} futures [settled|finished|closed] [higher|lower] on {today}, "
                "[pressured|driven|moved] by {reason}, traders said."
            ),
            (
                "The most-active {good} contract on the [Chicago exchange|New York exchange] was {x:0.1-3.9} "
                "percent [up|down] at {p:101.00-989.75}, after trading between {l:90.25-120.75} and "
                "{h:990.25-1090.75}. Volume was estimated at {v:11-99},{w:100-999} contracts."
            ),
            (
                '"The market is [looking for direction|waiting for the next report]," said {person}, an '
                'analyst at {company}. "We have seen {reason2}, and that has been [the main driver|on '
                "everyone's mind].\""
            ),
            (
                "The weekly report, due on {day}, is expected to show stocks of {s:1.1-9.9} million tonnes, "
                "[up|down] from {t:1.1-9.9} million a year earlier. Open interest {o:100-999},{q:100-999} lots."
            ),
            "?In other markets, {good2} was [little changed|mixed] and {good3} [rose|fell] {y:0.1-3.5} percent.",
        ),
        ("good",),
    ),
    Template(
        "en",
        "Stocks [rise|fall|mixed] as {sector} shares [gain|slide]; index at {p:10-39},{r:100-999}",
        (
            "Stocks [rose|fell|were mixed] on {today} as {sector} shares [led the way|set the tone] amid {reason}.",
            (
                "The Dow Jones industrial average [rose|fell] {a:12-610} points, or {b:0.1-2.9} percent, to "
                "{p:10-39},{r:100-999}. The S&P 500 [added|lost] {c:1-80} points, or {d:0.1-2.9} percent, and "
                "the Nasdaq composite moved {e:0.1-3.4} percent to {f:5-18},{g:100-999}."
            ),
            (
                "{company} [jumped|sank] {h:3-19} percent after [reporting|announcing] results, and {company2} "
                "[gained|slipped] {i:1-8} percent. Among {sector2} names, {company3} was down {j:1-9} percent."
            ),
            (
                "Benchmark crude oil moved {k:0.10-3.90} to {l:40-119}.{m:10-99} a barrel in New York. Gold "
                "was at $1,{n:2-9}{o:10-99} an ounce. The yield on the 10-year Treasury note was {q:1.20-4.90} "
                "percent."
            ),
            "?The euro was at $1.{s:10-39}. The dollar was at {t:98-151}.{u:10-99} yen.",
            "About {v:2-9}.{w:1-9} billion shares changed hands on the exchange.",
        ),
        ("sector",),
    ),
    Template(
        "en",
        "{city} grain bids",
        (
            "Cash grain bids at [selected elevators|country elevators] in the {city} area for {date}.",
            "*5-9 {good}: {street} elevator {a:3.01-14.99}, [up|down] {b:1-19} cents; basis {c:5-75} under {month}.",
            "Bids are posted at [the close|midday] and may change without notice.",
        ),
    ),
    Template(
        "de",
        "Börse: Dax bei {p:11-19}.{q:100-999} Punkten, {sector} [gefragt|unter Druck]",
        (
            (
                "Der deutsche Aktienmarkt hat am {today} [freundlich|schwächer|uneinheitlich] geschlossen. Der "
                "Dax notierte zum Handelsende {a:0.1-2.9} Prozent [höher|niedriger] bei {p:11-19}.{q:100-999} "
                "Punkten. Händler verwiesen auf {reason}."
            ),
            (
                "Gesucht waren {sector}, dagegen standen {sector2} auf den Verkaufslisten. Die Aktie von "
                "{company} verteuerte sich um {b:1.1-9.9} Prozent, {company2} verlor {c:1.1-7.9} Prozent."
            ),
            (
                "Der MDax schloss bei {d:20-36}.{e:100-999} Punkten. Der Euro kostete am Abend 1,{f:1001-2399} "
                "Dollar, die Rendite der zehnjährigen Bundesanleihe lag bei {g:0.20-2.90} Prozent."
            ),
        ),
        ("sector",),
    ),
    Template(
        "es",
        "El Ibex cierra en {p:7-11}.{q:100-999} puntos",
        (
            (
                "La bolsa española [subió|bajó] este {today} un {a:0.10-2.90} % y el Ibex 35 cerró en "
                "{p:7-11}.{q:100-999} puntos, en una sesión marcada por {reason}."
            ),
            (
                "El sector {sector} fue el más activo. {company} avanzó un {b:0.50-7.90} %, mientras que "
                "{company2} cedió un {c:0.50-6.90} %. El volumen de negocio alcanzó los {d:700-2900} millones "
                "de euros."
            ),
            "La prima de riesgo se situó en {e:60-190} puntos básicos y el euro se cambió a 1,{f:10-29} dólares.",
        ),
        ("sector",),
    ),
    Template(
        "zh",
        "{good}期货{date}收盘报道",
        (
            "{date}，国内{good}期货主力合约[收涨|收跌]百分之{a:0.1-4.9}，报每吨{b:2000-9900}元，成交{c:10-99}万手，持仓{d:20-90}万手。",
            "分析人士认为，{reason}是行情变化的主要原因。{company}分析师{person}表示，短期内{good}价格将在{e:2000-5000}元至{f:5001-9900}元之间波动。",
            "同日，{good2}主力合约变动百分之{g:0.1-3.9}，{good3}主力合约变动百分之{h:0.1-3.9}。",
        ),
        ("good",),
    ),
    Template(
        "tr",
        "{good} fiyatı {today} günü ne kadar oldu?",
        (
            (
                "{good} fiyatları {date} {today} gününe {reason} etkisiyle [yükselişle|düşüşle] başladı. Gün "
                "içinde en düşük {a:100-499} lira, en yüksek {b:500-990} lira seviyesi görüldü."
            ),
            (
                "Borsa İstanbul'da endeks yüzde {c:0.1-3.9} değişimle {d:8-11}.{e:100-999} puandan kapandı. "
                "{company} hisseleri yüzde {f:1-9} değer [kazandı|kaybetti]."
            ),
            "Analistler, {day} açıklanacak verilerin izleneceğini, {g:100-499} seviyesinin destek olduğunu söyledi.",
        ),
        ("good",),
    ),
    Template(
        "pt",
        "Preço de {good} fecha a R$ {p:40-290},{q:10-99}",
        (
            (
                "O preço de {good} encerrou esta {today} cotado a R$ {p:40-290},{q:10-99}, variação de "
                "{a:0.10-3.90}% em relação ao dia anterior, segundo levantamento feito em {city}."
            ),
            (
                "De acordo com analistas, {reason} explica o movimento. No mês, a variação acumulada é de "
                "{b:1.1-9.9}%, e no ano, de {c:1-29}%."
            ),
            "No mercado futuro, o contrato de {month} foi negociado a {d:90-390} dólares.",
        ),
        ("good",),
    ),
]

SCORES = [
    Template(
        "en",
        "{city} {team} [beat|top|defeat] {city2} {team2} {a:22-59}-{b:3-21}",
        (
            (
                "{city} - {person} [threw for|passed for] {c:101-399} yards and {d:2-5} touchdowns as the "
                "{city} {team} [beat|defeated|rolled past] the {city2} {team2} {a:22-59}-{b:3-21} on {today}."
            ),
            (
                "{person2} [ran for|rushed for] {e:41-199} yards on {f:9-31} carries for the {team} "
                "({g:4-9}-{h:0-3}), who led {i:10-21}-{j:0-9} at halftime."
            ),
            (
                "{city2} quarterback {person3} was {k:8-19} of {l:20-39} for {m:81-240} yards with {n:1-4} "
                "interceptions. The {team2} ({o:1-5}-{p:3-8}) [finished|ended] with {q:120-349} total yards."
            ),
            ('"We [played hard|executed] for four quarters," {city} coach {person4} said. "I\'m proud of these kids."'),
            "?The {team} [host|visit] {city3} on {day}; kickoff is set for 7 p.m.",
        ),
        ("city", "team"),
    ),
    Template(
        "en",
        "Boys basketball: {city} {a:51-89}, {city2} {b:31-50}",
        (
            (
                "{person} scored {c:14-39} points and grabbed {d:5-17} rebounds to lead {city} past {city2}, "
                "{a:51-89}-{b:31-50}, in a nonconference boys basketball game on {today} night."
            ),
            (
                "{person2} added {e:8-19} points and {f:3-11} assists for {city} ({g:5-15}-{h:0-9}). {person3} "
                "led {city2} with {i:9-25} points, including {j:2-7} 3-pointers."
            ),
            "{city} led {k:12-20}-{l:4-11} after one quarter and {m:28-41}-{n:15-25} at the half.",
            "{city2} fell to {o:2-9}-{p:4-14}.",
        ),
    ),
    Template(
        "en",
        "Area high school scores for {today}",
        (
            "Scores of [area|local] high school games played {today}, {date}:",
            "*8-14 {city} {a:40-79}, {city2} {b:21-69}[|, OT|, 2OT].",
            "Coaches can [report|send] scores by [calling|texting] the sports desk before 10:30 p.m.",
        ),
    ),
    Template(
        "en",
        "Golf: {person} wins {city} club championship",
        (
            (
                "{person} shot a final-round {a:64-73} to win the {city} Country Club championship by {b:1-7} "
                "strokes over {person2} on {today}."
            ),
            (
                "{person}, {c:19-64}, finished at {d:205-219} for 54 holes, with {e:3-7} birdies and one eagle "
                "on the par-5 {f:11-18}th in the last round. {person3} was third at {g:220-229}."
            ),
            "In the senior division, {person4} [beat|edged] {person5} by {h:1-4} shots with a total of {i:211-231}.",
        ),
    ),
    Template(
        "de",
        "{team} {city} gewinnt {a:3-6}:{b:0-2} gegen {team2} {city2}",
        (
            (
                "{team} {city} hat am {today} sein [Heimspiel|Auswärtsspiel] gegen {team2} {city2} mit "
                "{a:3-6}:{b:0-2} gewonnen. Vor {c:150-2900} Zuschauern brachte {person} die Gastgeber in der "
                "{d:3-40}. Minute in Führung."
            ),
            (
                "{person2} erhöhte in der {e:41-70}. Minute, ehe {person3} per [Foulelfmeter|Kopfball] den "
                "Endstand herstellte. Torwart {person4} parierte {f:2-9} Schüsse."
            ),
            (
                "Damit rückt {team} {city} mit {g:20-59} Punkten auf Platz {h:1-9} vor. Am {day} geht es zu "
                "{team3} {city3}."
            ),
        ),
        ("city", "team"),
    ),
    Template(
        "es",
        "El {team} {city} vence {a:2-5}-{b:0-1} al {team2} {city2}",
        (
            (
                "El {team} {city} [se impuso|ganó] por {a:2-5}-{b:0-1} al {team2} {city2} en el encuentro "
                "disputado este {today} ante {c:800-9900} espectadores."
            ),
            (
                "{person} abrió el marcador en el minuto {d:4-30} y {person2} amplió la ventaja en el "
                "{e:31-60}. El portero {person3} detuvo un penalti en el {f:61-89}."
            ),
            (
                "Con este triunfo, el {team} suma {g:18-60} puntos y ocupa la posición {h:1-12} de la tabla, a "
                "{i:1-9} del líder."
            ),
        ),
        ("city", "team"),
    ),
    Template(
        "pt",
        "{team} de {city} vence {team2} por {a:2-5} a {b:0-1}",
        (
            (
                "O {team} de {city} venceu o {team2} de {city2} por {a:2-5} a {b:0-1} nesta {today}, pela "
                "{c:3-36}ª rodada do campeonato estadual, com público de {d:900-9900} torcedores."
            ),
            (
                "{person} marcou aos {e:3-40} minutos do primeiro tempo e {person2} fez o segundo aos {f:5-44} "
                "da etapa final, de [cabeça|falta]."
            ),
            (
                "Com o resultado, o time chega a {g:15-50} pontos e fica em {h:1-10}º lugar. O próximo jogo "
                "será contra {team3}, em {city3}, na {day}."
            ),
        ),
        ("city", "team"),
    ),
    Template(
        "tr",
        "{city} {team}, {city2} {team2} karşısında {a:2-5}-{b:0-1} galip",
        (
            (
                "{city} {team}, ligin {c:3-34}. haftasında {city2} {team2} takımını {a:2-5}-{b:0-1} mağlup "
                "etti. Karşılaşmanın ilk golünü {d:3-44}. dakikada {person} attı."
            ),
            (
                "{person2} ikinci yarıda {e:46-88}. dakikada farkı artırdı. Bu sonuçla {team} puanını "
                "{f:15-60} yaptı ve {g:1-12}. sıraya yerleşti."
            ),
            "Ev sahibi ekip {day} günü {city3} deplasmanına gidecek.",
        ),
        ("city", "team"),
    ),
    Template(
        "ru",
        "«{team}» обыграл «{team2}» со счётом {a:3-7}:{b:0-2}",
        (
            (
                "Команда «{team}» ({city}) в {today} обыграла «{team2}» ({city2}) со счётом {a:3-7}:{b:0-2}. "
                "Матч собрал {c:400-9800} зрителей."
            ),
            (
                "Счёт на {d:2-30}-й минуте открыл {last}, преимущество хозяев удвоил {last2}. Вратарь {last3} "
                "отразил {e:18-39} бросков."
            ),
            "После этой победы в активе «{team}» {f:20-80} очков и {g:1-9}-е место в таблице.",
        ),
        ("city", "team"),
    ),
]
