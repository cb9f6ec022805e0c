"""News briefs of 20 to 60 words: what happened, where, to whom, and a line or two more.

Many are about the same sort of event, so that two of them share words, phrases and now and then a sentence form,
with other facts. Every kind has its leads, then what may follow.
"""

# A form is one line, however long.
# ruff: noqa: E501

from random import Random

from tests.corpus.hard.facts import Facts, written

SHORTEST, LONGEST = 20, 60

_KINDS = {
    "crash": """
        [A|One] {n1:19-84}-year-old {town} [man|woman|motorist|{trade}] [died|was killed] {weekday} when [a pickup|a sedan|an SUV|a minivan] [left|ran off|veered from] {road} and [struck a tree|overturned|hit a utility pole|landed in a ditch] near {street}.
        [Two|Three|Four|Five] people were [hurt|injured|taken to hospitals] in a [crash|collision|wreck] [involving|between] [a school van and a car|two trucks|a motorcycle and an SUV|a delivery truck and a sedan] on {road} in {county}.
        {road} [was closed|was shut|reopened] [for {n:2-9} hours|until {clock}|most of {weekday} morning] after a tractor-trailer [carrying {n:10-40} tons of gravel|hauling milk|loaded with lumber|full of cattle] [tipped over|jackknifed|caught fire].
        [A cyclist|A pedestrian|A jogger|A highway worker], {name}, {n1:19-84}, [was hit|was struck] by [a car|a pickup|a city bus] on {street} in {town} [late {weekday}|shortly before {clock}|at dusk on {weekday}].
        --
        [The driver|The other driver|A passenger], {name2}, {n:17-79}, of {town2}, [was not hurt|was treated and released|was listed in fair condition|was flown to a trauma center].
        [Troopers|Sheriff's deputies|Investigators|Police] [said|believe] [speed|fog|black ice|a blown tire|a medical emergency|alcohol] [was a factor|may have played a part|caused the crash].
        [The road|Traffic] was [back to normal|moving again|cleared] by {clock}, according to [the highway patrol|the county dispatcher|a state road crew].
        It was the [third|fourth|fifth|sixth] [fatal crash|serious accident] on that stretch since {month}, [county records show|the sheriff's office said].
        [No charges|No citations] [had been filed|have been issued] as of {weekday2}.""",
    "fire": """
        [A fire|A blaze|Flames] [destroyed|gutted|badly damaged] [a barn|a duplex|a vacant warehouse|a mobile home|a bakery|a machine shop] on {street} in {town} [early {weekday}|{weekday} night|about {clock} {weekday}].
        [Crews from {n1:2-9} departments|Firefighters|Volunteer crews] [spent {n:2-14} hours|worked until {clock}] [putting out|containing|knocking down] a [fire|grass fire|brush fire] that [burned|blackened] {n:12-900} acres [near {town}|along {road}|in {county}].
        A {town} family of {n1:3-8} [lost its home|escaped|got out safely] {weekday} when [lightning|a space heater|a kitchen fire|an electrical short] [set the house ablaze|sparked a house fire] on {street}.
        --
        Fire Chief {name} [put the loss at|estimated damage at] ${n:20-950},000.
        [One firefighter was treated for heat exhaustion|A dog died|Nobody was inside|Two horses were rescued], [the department said|officials said|Chief {last} said].
        [The Red Cross|A local church|A relief fund] is [helping|housing] the [family|tenants|residents].
        The [state fire marshal|county investigator] [is looking into|has not determined] the cause.
        The building, [put up in {y:1921-1979}|once a feed store|owned by {name3}], was [insured|uninsured|to be torn down next year].""",
    "court": """
        {name}, {n1:18-71}, of {town}, was [sentenced|ordered] {weekday} to [{n2:2-35} years in prison|{n2:2-23} months in jail|{n2:2-10} years of probation] for [robbing a credit union|embezzling from a school booster club|a string of burglaries|causing a death while drunk|selling fentanyl|insurance fraud].
        A {county} jury [found|took {n:2-19} hours to find] {name} [guilty|not guilty] of [second-degree murder|arson|aggravated assault|forgery|wire fraud] [in a {n:2-18}-day trial|on {weekday}|after hearing from {n:7-44} witnesses].
        [A judge|Circuit Judge {name2}|District Judge {name2}] [threw out|dismissed|upheld] a lawsuit [against|brought by] [the town of {town}|{company}|the {town} school district|a former deputy] over [overtime pay|a land sale|a wetlands permit|a denied pension|an unpaid water bill].
        A former [bookkeeper|clerk|coach|bank teller|pharmacist] [pleaded guilty|entered a plea] to [taking|stealing] ${n:12-980},000 from [a {town} dental practice|a volunteer fire company|the {county} fair board|an elderly aunt].
        --
        [Prosecutor|Defense lawyer|District Attorney] {name3} [had asked for|called the outcome|said it was] [the maximum|a fair result|less than the family wanted|a hard case].
        [Sentencing|The next hearing|A bond hearing|An appeal] is set for {date}.
        {last} must [also repay ${n:3-400},000|serve {n:60-85} percent of the term|surrender a license|perform {n:100-400} hours of service].
        The charges stem from [a {month} incident|events in {y:2015-2023}|a search of a house on {street}|a tip from a neighbor].
        [The jury|The panel] of {n:5-7} women and {n:5-7} men [declined to comment|left without speaking].""",
    "council": """
        The {town} [City Council|Town Board|Board of Selectmen|Planning Commission] voted {n:3-9}-{n:0-4} {weekday} to [approve|table|reject|delay] [a {n:20-300}-unit apartment plan|a ban on short-term rentals|a ${n:2-40} million budget|new parking meters|a cell tower|a dog park].
        [Property owners|Homeowners|Shopkeepers] in {town} will [pay|see] [{n:1.1-9.9} percent more|about ${n:14-390} more a year] [for water and sewer|in taxes|for trash pickup] [starting {date}|next year|under a plan adopted {weekday}].
        {county} commissioners [agreed|declined|split {n:3-5}-{n:1-2} on whether] to [buy {n:2-30} acres|borrow ${n:2-30} million|hire {n:3-18} deputies|sell the old hospital] [for a jail annex|for a park|near {road}|in {town}].
        [Mayor|Town Manager|Alderman] {name} [will not seek another term|proposed a hiring freeze|vetoed a zoning change|broke a tie] in {town}, [citing|pointing to|over] [family reasons|a ${n:2-9} million shortfall|traffic worries|neighbors' complaints].
        --
        [Council member|Commissioner|Trustee] {name2} [cast the lone no vote|abstained|asked for a study|called it overdue].
        [About {n:12-240}|Some {n:12-240}|Nearly {n:20-240}] residents [filled the hall|signed a petition|spoke for {n:2-5} hours].
        The [measure|plan|ordinance] [takes effect|goes to voters|returns for a second reading] {date}.
        [Work|Construction|Bidding] could [start|begin] in {month} and cost ${n:1.1-48.0} million.
        A [public hearing|workshop|site visit] [is planned for|was moved to] {clock} {weekday2} at [the library|Town Hall|{last3} Elementary School].""",
    "sport": """
        {name} [scored {n:18-44} points|had {n:9-19} rebounds|hit {n:5-9} three-pointers] as {town} [beat|defeated|edged|routed] {town2} {n:58-96}-{n:30-57} on {weekday} [night|in the district final|in overtime].
        [Freshman|Senior|Left-hander|Right-hander] {name} [struck out {n:8-17}|threw a {n:2-5}-hitter|drove in {n:3-7} runs] and the {town} {nick} [shut out|downed|swept] the {town2} {nick2} {n:4-15}-{n:0-3}.
        {town} [goalkeeper|midfielder|striker] {name} [made {n:6-17} saves|scored twice|scored in the {n:52-89}th minute] in a {n:1-4}-{n:0-1} [win over|draw with|loss to] {town2} {weekday}.
        [Coach|Head coach|Athletic director] {name} [resigned|was let go|signed through {y:2026-2031}|got victory No. {n:100-600}] [after {n:3-27} seasons|this week|on {weekday}] with the {town} {nick}.
        [The {town} {nick}|{town}] [claimed|traded for|signed|waived] [guard|center|outfielder|goaltender|linebacker] {name}, who [hit .{n:204-341}|averaged {n:3.1-19.9} points|missed {n:8-60} games] [last season|for {town2}|in {y:2021-2024}].
        --
        {name2} added {n:9-21} [points|assists|tackles] for the {nick}, who [have won {n:3-14} straight|improved to {n:8-20}-{n:1-9}|moved into second place].
        The {nick2} [play|host|visit] {town3} on {weekday2}.
        "We [just kept shooting|had to be patient|made it hard on ourselves|never looked at the clock]," [coach {last4} said|{last} said|said {name4}].
        [Attendance was|A crowd of] {n:240-9800} [at {last5} Field|in the {town} gym|despite rain].
        {town2} [led {n:20-40}-{n:10-19} at the half|had {n:11-22} turnovers|played without {name5}, who has a sprained ankle].""",
    "death": """
        {name}, [a {town} {trade}|who ran a hardware store in {town}|who taught school in {town} for {n:21-44} years|a decorated veteran from {town}], [died|has died] at {n1:61-104}.
        [Former|Retired] [state senator|judge|radio host|fire chief|basketball coach] {name}, who [served {n:8-30} years|led a drive for a new hospital|once ran for governor|won {n:200-700} games], died {weekday} [in {town}|at home|of cancer]. [He|She] was {n1:61-104}.
        [Services|A memorial|A Mass|A graveside service] for {name}, {n1:61-104}, [will be|is planned] [at {clock} {weekday}|on {date}] at [{last2} Funeral Home|St. {first2} Church|the {town} armory].
        --
        [Survivors include|{last} leaves|{last} is survived by] [a wife, {first3}|a husband, {first3}|{n:2-6} children|a sister, {name4}] and {n:2-14} grandchildren.
        {last} [grew up in {town2}|served in Korea|flew {n:12-70} missions|collected clocks|sang in the choir for {n:12-50} years].
        [A cause was not given|The family said it was a long illness|A son, {first5}, confirmed the death].
        "[She|He] [knew everybody's name|never missed a meeting|could fix anything]," [a neighbor|a colleague|a nephew], {name5}, said.""",
    "arrest": """
        {town} police [arrested|are holding|charged] {name}, {n1:18-66}, [after|following] [a {n:2-30}-mile chase|a standoff of {n:2-11} hours|a break-in at a jewelry store|a stabbing outside a bar on {street}|the theft of {n:2-40} catalytic converters].
        [Deputies|Officers|State police] [seized|found|recovered] {n:2-80} [pounds of marijuana|stolen rifles|counterfeit watches|grams of heroin] [in a traffic stop|at a storage unit|in a house on {street}] [near {town}|in {county}] on {weekday}.
        [Thieves|Two masked men|A woman with a crowbar|Three teenagers] [took|made off with] [${n:300-9000} in cash|{n:6-60} cartons of cigarettes|a trailer of lawn mowers|a church bell] from [a {town} gas station|{company}'s yard|a shop on {street}], police said.
        [A {n1:15-29}-year-old|The suspect in a {month} shooting|A man wanted in {n:2-5} states] [turned himself in|was caught|surrendered] {weekday} in {town}.
        --
        {name2} is being held [on ${n:5-750},000 bail|without bond|in the {county} jail].
        [Detective|Sgt.|Lt.|Chief] {name3} [said more arrests are likely|asked anyone with video to call|would not discuss a motive|credited a store clerk].
        A [reward of ${n:1-25},000|hot line, 555-01{n:10-99},|search with dogs] [has been set up|turned up nothing|led to the arrest].
        [The weapon was not found|Nobody was hurt|One officer had a broken wrist|The car was later found in {town2}].""",
    "school": """
        [Classes|Lessons] at {last} [Elementary|Middle|High] School in {town} [were canceled|will start late|moved online] {weekday} [because of|after] [a burst pipe|a power failure|a bomb threat|mold in {n:3-20} rooms|a flu outbreak].
        The {town} school [board|committee] [hired|chose|named] {name}, now [a principal in {town2}|an assistant superintendent|head of special education], as superintendent at ${n:118-264},000 a year.
        [Students|Fifth-graders|A robotics team] [from|at] {last} [School|Academy] in {town} [won|collected|raised] [a state title|{n:400-9000} pounds of food|${n:2-90},000 for a playground|a trip to {state}].
        --
        [Principal|Superintendent|Teacher] {name2} [said parents were told by text|praised the staff|called it a first|declined an interview].
        The district has {n:400-19000} [students|pupils] in {n:2-31} [schools|buildings].
        [Enrollment is down|Test scores rose|Bus routes were cut] {n:2-19} percent [since {y:2014-2022}|this year].
        The [contract|repair|program] [runs through|should be done by|begins] {date}.""",
    "business": """
        {company} [will close|plans to open|is selling|broke ground on] a [plant|warehouse|call center|store] in {town}, [adding|cutting|affecting] {n:24-900} jobs by {month}.
        [Shares of|Stock in] {company} [fell|jumped|slid|rose] {n:2.1-19.9} percent {weekday} after [its chief executive, {name},|a recall|a short seller|a failed drug trial|an upbeat forecast] [left|surprised investors|hit the company|drew notice].
        {company} [agreed to buy|is in talks with|called off a deal with] {company2} for [about|roughly|nearly] ${n:1.1-9.9} billion [in cash|in stock|in cash and debt].
        Workers at {company}'s {town} [mill|factory|hospital|depot] [voted {n:201-900}-{n:20-200} to strike|ratified a {n:2-5}-year contract|picketed over pensions].
        --
        [Chief Executive|Finance chief|A spokeswoman,] {name2} [cited weak demand|blamed freight costs|said customers will see no change|gave no timetable].
        The [company|firm] [has|employs] {n:300-48000} [people|workers] [in {n:2-38} countries|in {state}].
        [Union leader|Analyst|Mayor] {name3} [was not surprised|called the news a blow|welcomed the step].
        [Severance|Tax breaks|Retraining] [worth ${n:1-30} million|of up to {n:8-52} weeks] [will be offered|was promised].""",
    "weather": """
        [A tornado|Straight-line winds|A hailstorm|Flash floods] [tore roofs from|damaged|knocked out power to|closed] {n:6-190} [homes|farms|businesses] [in and around {town}|in {county}] [late {weekday}|on {weekday} evening|before dawn].
        [Snow|Freezing rain|High wind|Dense fog] [grounded {n:12-300} flights|stranded {n:10-200} drivers|delayed school|knocked down lines] [in {town}|across {county}|along {road}] on {weekday}.
        The [{last} River|{last} Creek] [crested|rose] at {n:11.1-39.9} feet in {town} on {weekday}, [{n:1.1-6.9} feet above flood stage|its highest since {y:1951-1999}].
        --
        [Emergency manager|Meteorologist|County executive] {name} [counted {n:2-40} downed trees|expects more rain|urged people to stay home|toured the area by boat].
        [Shelters opened|Crews from {state} arrived|Power was back] [at two churches|by {clock}|in {town2}] [on {weekday2}|the next day].
        [No injuries were reported|One man was rescued from a roof|A {trade} was struck by a branch].
        [Gusts reached|Rain totaled|Drifts were up to] {n:2-98} [miles an hour|inches|feet] [at the airport|near {street}|in places].""",
    "health": """
        [Health officials|The {county} health department|State inspectors] [confirmed|traced|reported] {n:2-90} cases of [measles|whooping cough|salmonella|Legionnaires' disease|West Nile virus] [in {town}|linked to a diner on {street}|among {company} workers].
        {last} [Memorial|Regional|General] Hospital in {town} [will end maternity care|opened a {n:8-90}-bed wing|named {name2} chief nurse|was fined ${n:10-300},000] [on {date}|this month|after an audit].
        [A boil-water notice|A fishing advisory|A beach closing] [was lifted|was issued|remains in place] {weekday} for [{town}|{n:200-9000} households near {town}|the shore at {last} Park].
        --
        [Dr.|Nurse|Director] {name3} [said the risk is low|urged people to wash their hands|blamed old pipes|expects results by {date}].
        [Patients|Those affected] [range in age from {n:2-20} to {n:50-94}|are recovering at home|were told by letter].
        [The last such outbreak was in {y:1994-2019}|Tests on {n:12-300} samples were clean|A clinic opens at {clock} {weekday2}].""",
    "culture": """
        [A mural|A statue|A bronze plaque|A quilt] [honoring|in memory of] [{name}|a {town} {trade}|{n:3-40} mill workers] [was unveiled|will be dedicated|was stolen] {weekday} [on {street}|at the {town} library|outside Town Hall].
        The {town} [Playhouse|Symphony|Historical Society|County Fair] [sold {n:900-40000} tickets|canceled its season|got a ${n:5-900},000 gift|drew record crowds] [this year|from {name}'s estate|on {weekday}].
        [Singer|Novelist|Painter|Comedian] {name} [will read|performs|opens a show|judges a pie contest] at [{clock} {weekday}|{clock} on {date}] in {town}.
        --
        [Curator|Organizer|Librarian] {name2} [spent {n:2-9} years on the project|hopes for {n:200-5000} visitors|called it a homecoming].
        [Tickets are|Admission is|Parking is] ${n:3-85}[, half price for children||, cash only].
        The [work|event|building] [dates to {y:1871-1964}|was paid for by {company}|returns after {n:2-12} years].""",
    "animals": """
        [A black bear|A mountain lion|An emu|A {n:6-14}-foot python|A loose bull] [was caught|was shot|surprised shoppers|led police on a chase] {weekday} [behind a school in {town}|on {street}|near {road}].
        [Rescuers|Wildlife officers|Volunteers] [freed|treated|relocated] {n:2-60} [pelicans|turtles|horses|dogs|deer] [from a {county} farm|after an oil leak|tangled in netting] near {town}.
        --
        [Warden|Veterinarian|Shelter director] {name} said [it weighed about {n:90-700} pounds|most will survive|the owner faces a fine of ${n:100-5000}|such sightings are rare].
        [It was set free|They were moved|A home is being sought] [in {state}|{n:20-90} miles away|by {weekday2}].
        [Nobody was bitten|A fence was flattened|Traffic stopped for {n:10-90} minutes].""",
    "missing": """
        [Searchers|Divers|A helicopter crew] [found|are looking for|recovered the body of] {name}, {n1:8-88}, [a {trade}|of {town}|a hiker from {town}], who [vanished|was last seen|disappeared] {weekday} [near {last2} Lake|on {street}|in {last2} State Forest].
        [Two|Three|Four] [boaters|climbers|hunters|skiers] [were rescued|were found alive|were pulled] from [{last} Lake|Mount {last}|an ice shelf|a cave] [after {n:5-60} hours|on {weekday}|near {town}].
        --
        [{last3} wore|The party had] [a red jacket|little water|no phone signal|one blanket], [a cousin|Sheriff {name3}|a ranger] said.
        [The search covered|Crews walked] {n:3-90} square miles [with dogs|in snow|before dark].
        [Anyone with information|Callers] can reach [deputies|the park office] at 555-01{n:10-99}.""",
}


def _sentences(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n") if line.strip()]


KINDS = {
    kind: (_sentences(leads), _sentences(more))
    for kind, (leads, more) in ((kind, text.split("--")) for kind, text in _KINDS.items())
}


def brief(rng: Random) -> tuple[str, str]:
    """Title and text of one brief, of `SHORTEST` to `LONGEST` words."""
    leads, more = KINDS[rng.choice(list(KINDS))]
    facts = Facts(rng)
    text = written(rng.choice(leads), facts)
    target = rng.randint(SHORTEST, LONGEST - 8)
    for form in rng.sample(more, len(more)):
        count = len(text.split())
        if count >= target:
            break
        sentence = written(form, facts)
        if count + len(sentence.split()) <= LONGEST:
            text = f"{text} {sentence}"
    return title_of(text), text


def title_of(text: str) -> str:
    """A headline from the first words, as feeds make them where an editor wrote none."""
    return " ".join(text.split()[:9]).rstrip(".,")
