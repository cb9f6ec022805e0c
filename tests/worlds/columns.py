"""Templates of service pages and columns: recipes, advice, notes on mistakes; and single lines of stories."""

from __future__ import annotations

from tests.worlds.grammar import Template

RECIPES = [
    Template(
        "en",
        "Recipe: {dish}",
        (
            (
                "This recipe for {dish} [comes from|was sent by] {person} of {city}, who makes it [every "
                "fall|for church suppers|on snow days]."
            ),
            "Serves {a:4-12}. Preparation time: {b:10-45} minutes. Cooking time: {c:20-180} minutes.",
            "*6-10 {x:1-4} [cups|tablespoons|teaspoons|ounces] {food}",
            (
                "Heat the oven to {d:300-450} degrees. [Grease|Butter] a {e:8-13}-inch pan. Combine {food} and "
                "{food2} in a large bowl and stir until smooth. Fold in {food3}."
            ),
            (
                "[Bake|Cook] for {f:20-75} minutes or until [golden|set|bubbling]. Let stand {g:5-30} minutes "
                "before serving. Per serving: {h:110-690} calories, {i:2-39} grams fat, {j:5-80} grams "
                "carbohydrates, {k:90-990} milligrams sodium."
            ),
        ),
        ("person", "city"),
    ),
    Template(
        "en",
        "{first}'s kitchen: {dish}, [the easy way|again]",
        (
            (
                "Readers [asked|wrote in] for {dish} after last week's column on {dish2}. I tested it {a:2-6} "
                "times with {food} from {company} and without."
            ),
            (
                "The trick is to let the {food2} rest for {b:10-60} minutes. My aunt in {city} would add "
                "{c:1-4} spoonfuls of {food3}, and I [agree|never tell her that I don't]."
            ),
            "*5-8 {food}, {x:1-4} [cups|pounds|handfuls]",
            "Simmer over low heat {d:15-95} minutes, stirring {e:2-6} times. Serves {f:2-10}.",
        ),
        ("first",),
    ),
    Template(
        "es",
        "Receta de {dish}",
        (
            (
                "Esta receta de {dish} es para {a:2-10} personas y se prepara en {b:20-120} minutos. Nos la "
                "envía {person}, de {city}."
            ),
            "*5-9 {x:1-9}00 gramos de {food}",
            (
                "Mezclamos {food} con {food2} y dejamos reposar {c:5-60} minutos. Horneamos a {d:150-230} "
                "grados durante {e:15-70} minutos y servimos [templado|frío|muy caliente] con un poco de {food3}."
            ),
        ),
    ),
    Template(
        "fr",
        "Recette : {dish}",
        (
            (
                "Pour réussir cette recette ({dish}), comptez {a:10-50} minutes de préparation et {b:15-150} "
                "minutes de cuisson pour {c:2-10} personnes."
            ),
            "*5-9 {x:50-600} g de {food}",
            (
                "Préchauffez le four à {d:150-240} degrés. Mélangez {food} et {food2}, puis ajoutez {food3}. "
                "Laissez reposer {e:5-90} minutes. Servez [tiède|bien chaud] avec une salade."
            ),
        ),
    ),
]

#: Frames of columns; real paragraphs stand between the lines.
ADVICE = [
    Template(
        "en",
        "Ask {first}: What to do about {topic}?",
        (
            (
                "Dear {first}: I have [put up with|struggled with] {topic} for {a:2-19} years, and my patience "
                "is [gone|wearing thin]. My husband, {first2}, says I [exaggerate|should let it go]. Last "
                "{day} it happened {b:2-9} times. - [Fed Up|Worn Out] in {city}"
            ),
            (
                "Dear [Fed Up|Worn Out]: People who do this [seldom|rarely] know how it looks from the "
                "outside. Tell {first3} once, in plain words, what you want to change, and give it {c:2-8} "
                "weeks. If it is about {topic2} in truth, talk about that first."
            ),
            "?Dear Readers: {d:12-190} of you wrote about {topic3}. One, from {city2}, sent a poem.",
            "Send questions to {first}, P.O. Box {e:100-990}, {city3}. Letters may be [edited|shortened] for space.",
        ),
        ("first", "city3"),
    ),
    Template(
        "en",
        "Money Q&A: {a:2-9} questions on {sector} funds",
        (
            (
                "Q: I am {b:24-81} and hold {c:10-900} shares of {company}, bought at ${d:3-90}. Should I sell "
                "before {month}? - {first}, {city}"
            ),
            (
                "A: With {reason} in the news, it is [tempting|easy] to act. Ask what share of your savings it "
                "is: above {e:5-40} percent I would [trim|think about trimming]. Losses of up to $3,000 can be "
                "set against income."
            ),
            "Q: My {trade} friend says {good} will double by {day}. True? - {first2}, {city2}",
            "A: [Nobody knows|No one can say]. In {f:1979-2015} it fell {g:11-59} percent after just such a tip.",
            "{person} answers questions on {day2}s. This column is information and no advice.",
        ),
        ("person", "sector"),
    ),
    Template(
        "en",
        "The Garden Line: {good} and other letters",
        (
            "Every {day} {person} of the county extension office answers letters from gardeners.",
            (
                "*3-5 Q. The {food} in my bed by {street} [wilted|turned yellow] after {a:2-20} days. - "
                "{first}, {city2}. A. [Test the soil; a pH under {b:4.1-6.4} is too sour.|Water {c:1-4} times "
                "a week, in the morning.|Wait until {month}; then cut it back by {d:10-60} percent.]"
            ),
            "Write to The Garden Line, {street2}, {city}.",
        ),
        ("person", "city", "street2"),
    ),
    Template(
        "de",
        "Leserfrage: {thing} verschwunden - wer zahlt?",
        (
            (
                "Frage: Mir ist auf der {street} in {city} {thing} gestohlen worden, Wert {a:100-4900} Euro. "
                "Muss die Versicherung zahlen? ({first} aus {city2})"
            ),
            (
                "Antwort: Das kommt [darauf an|auf den Vertrag an]. Liegt der Diebstahl mehr als {b:2-9} Tage "
                "zurück, verlangen viele Anbieter eine Anzeige. Bei einer Selbstbeteiligung von {c:50-450} "
                "Euro lohnt sich die Meldung oft nicht."
            ),
            (
                "Jeden {day} beantwortet {person} Fragen unserer Leser. Schreiben Sie an die Redaktion, "
                "Stichwort Ratgeber."
            ),
        ),
        ("person", "day"),
    ),
]

#: A newspaper's note on its own mistakes: the same words each time, for other stories.
CORRECTIONS = [
    Template(
        "en",
        "Corrections for {date}",
        (
            "The {city} [paper|newsroom] [corrects|is committed to correcting] errors of fact.",
            (
                "*2-5 [An article on {day} about {topic} misstated the age of {person}, who is {a:19-90}, not "
                "{b:19-90}.|Because of an editing error, a report on {day} gave the wrong price for {good}; it "
                "was ${c:2-90}, not ${d:2-90}.|A caption on page {e:2-20} misidentified {person}; the person "
                "shown was {person2} of {street}.]"
            ),
            "To report an error, [call|write to] the editor.",
        ),
    ),
    Template(
        "en",
        "Setting it straight",
        (
            (
                "A story published {day} gave the wrong [date|time] for the hearing at {church}. It will be "
                "held on {month} {a:1-28} at {b:1-9} p.m. The story also misspelled the name of {person}, a "
                "{trade} from {city}. We regret the errors."
            ),
        ),
        ("church",),
    ),
    Template(
        "es",
        "Fe de errores",
        (
            (
                "En la información publicada el {day} sobre {company} se indicaba que la plantilla era de "
                "{a:100-990} personas, cuando en realidad es de {b:1000-9900}. Asimismo, el nombre correcto "
                "del portavoz es {person} y no {person2}."
            ),
        ),
    ),
]

HOROSCOPES = [
    Template(
        "en",
        "Your horoscope for {date}",
        (
            "[Your|Today's] horoscope for {today}, {date}.",
            (
                "*6-9 {sign}: A [call|letter|visit] from {first} [changes|shapes] your {day}. Money matters "
                "look [steady|tense|bright] after {a:2-9} p.m. Your lucky number is {b:1-99}."
            ),
            "?Born on this date: you are [patient|restless] and will travel before {month}.",
        ),
        (),
    ),
    Template(
        "en",
        "Daily tides at {city}",
        (
            "Tides at {city} [harbor|pier] for {today}, {date}:",
            "*4-4 [High|Low] {a:1-12}:{b:10-59} [a.m.|p.m.], {c:0.2-9.8} feet.",
            "Water temperature {d:48-79}. Moonrise {e:1-11}:{f:10-59} p.m.",
        ),
    ),
    Template(
        "en",
        "Lottery: winning numbers for {date}",
        (
            "The winning numbers drawn [on|for] {today}, {date} [are|were]:",
            "*4-6 [Pick 3|Pick 4|Cash 5|Lotto]: {a:1-19}, {b:20-39}, {c:40-59}, {d:60-79}.",
            (
                "The estimated jackpot for {day} is ${e:11-690} million. Tickets sold in {city} won {f:2-19} "
                "prizes of ${g:100-999}."
            ),
        ),
    ),
]

LEADS = [
    (
        "What began {day} as a dispute over {names} [has grown|turned] into [something larger|a wider "
        "argument], with [no end in sight|more questions than answers]."
    ),
    (
        "{names}: that is what [people were talking about|the talk was about] when {day} came, and [few|not "
        "many] expected it to go away."
    ),
    (
        "[It was another hard|There was fresh] {day} for those who follow {names}, and the day's events "
        "[left|leave] much open."
    ),
    "At the center of the latest turn: {names}. Here is what [is known|we know] so far, in short.",
    (
        "The matter of {names} [took a new turn|moved again] on {day}, [drawing|prompting] sharp words from "
        "more than one side."
    ),
]

#: What a local paper adds to a story, by language.
LOCAL: dict[str, list[str]] = {
    "en": [
        (
            "In {city}, [council member|school principal|shop owner] {person} said the news [came as a "
            "surprise|was long expected], and that {a:12-90} [neighbors|residents] had asked about it at the "
            "{day} meeting on {street}."
        ),
        (
            '{person}, a {trade} in {city}, told this newspaper that "[we see it here too|it matters to us]," '
            "pointing to {street}, where {b:2-9} [stores|houses] stand empty."
        ),
        (
            "The {city} office did not [return a call|answer questions] on {day}. In {c:2005-2019} a similar "
            "case [cost|had cost] the county ${d:2-90},000."
        ),
    ],
    "de": [
        (
            "{person} aus {city} sagte dieser Zeitung, man spüre die Folgen auch hier. Rund {a:12-90} Anwohner "
            "hätten sich bereits am {day} in der {street} gemeldet."
        ),
        (
            "In {city} fand am {day} eine Versammlung mit {a:15-95} Teilnehmern statt. {person} vom Rathaus "
            "kündigte einen Bericht an."
        ),
    ],
    "es": [
        (
            "En {city}, {person} aseguró a este diario que el asunto preocupa a los vecinos de la {street}, "
            "donde {a:12-90} personas se reunieron el {day}."
        ),
        (
            "El Ayuntamiento de {city} no quiso hacer declaraciones el {day}. {person}, portavoz vecinal, "
            "pidió más información."
        ),
    ],
    "fr": [
        (
            "À {city}, {person} a confié à notre rédaction que le sujet inquiète les riverains de la {street}, "
            "où {a:12-90} personnes se sont réunies {day}."
        ),
        (
            "Contactée {day}, la mairie de {city} n'a pas souhaité répondre. {person}, commerçant, demande des "
            "explications."
        ),
    ],
    "pt": [
        (
            "Em {city}, {person} disse a esta reportagem que o assunto preocupa os moradores da {street}, onde "
            "{a:12-90} pessoas se reuniram na {day}."
        ),
    ],
    "tr": [
        (
            "{city} ilinde yaşayan {person} gazetemize yaptığı açıklamada, konunun bölgede de yakından "
            "izlendiğini ve {day} günü {a:12-90} kişinin toplandığını söyledi."
        ),
    ],
    "ru": [
        (
            "Житель города {city} {person} рассказал нашей редакции, что в {day} на встречу по этому поводу "
            "пришли {a:12-90} человек."
        ),
    ],
    "ar": [
        (
            "وقال {person} من {city} لمراسلنا إن الأهالي يتابعون الموضوع باهتمام، وإن {a:12-90} شخصا حضروا "
            "اجتماعا يوم {day}."
        ),
    ],
    "zh": [
        "{city}市民{person}告诉本报记者，{day}当地有{a:12-90}人参加了有关座谈，大家对此事十分关注。",
    ],
}
