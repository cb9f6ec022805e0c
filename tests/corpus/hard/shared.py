"""Stories that have one passage in common and are otherwise their own: a standing background paragraph, or a long
quotation of a speaker. The first is partial reuse (`overlap`), the second nothing; neither makes a cluster.
"""

# A form is one line, however long.
# ruff: noqa: E501

from random import Random

from tests.corpus.hard.briefs import KINDS
from tests.corpus.hard.facts import Facts, filled, worded

# The background of a running case: two to four sentences, printed under every story about it.
_BACKGROUND = [
    "{name} was [arrested|indicted|charged] in {month} {y:2019-2024} after [auditors|investigators|a newspaper] found that ${n1:2-90} million had [gone missing from|been moved out of] {company}, which [once ran|managed] {n:12-80} nursing homes in {state}. [Prosecutors say the money paid for {n:2-6} houses, a boat and a vineyard.|The money was meant for pensions of {n:900-9000} workers.] {last} has pleaded not guilty and is free on a ${n:1-9} million bond.",
    "The {town} plant [closed|was shut] in {y:2018-2024}, when {company} [moved its work|shifted production] to {state} and let {n1:400-4000} people go. [The company had received ${n:4-60} million in tax breaks since {y:1998-2014} and promised to stay until {y:2028-2036}.|State officials had counted on the plant for a third of the county's taxes.] A lawsuit over the tax breaks is [pending|before a judge in {county}].",
    "[The dispute goes back to|It all began in] {month} {y:2016-2023}, when the [{last} Dam|bridge over the {last} River] [failed|was closed] after [heavy rain|a barge struck it]. [Engineers had warned of cracks in {y:2009-2015}, but repairs put at ${n:10-90} million were never made.|A panel found that {n:2-9} inspections had been skipped.] {n1:3-40} families lost their homes, and {town} is still [under a state overseer|without a crossing].",
    "More than {n1:200-9000} people have [died|fallen ill] in the [outbreak|epidemic] since it was first [reported|confirmed] in {town} in {month}. [The illness spreads through close contact and has an incubation of {n:2-21} days.|There is no licensed vaccine, though {n:2-5} candidates are being tested in {state}.] [Health workers say distrust and bad roads have slowed their work.|Schools in {county} have been closed for {n:2-11} weeks.]",
]
# What a speaker said that many quote in full.
_QUOTATIONS = [
    "[We did not come here|I did not run for this office] to [manage decline|wait for permission|count other people's failures]. We came because {n1:200-9000} families in {town} [were told for {n:10-40} years that their turn would come|have paid for promises that nobody meant to keep], and [I am here to say|let me tell you] that the waiting is over. [Not next year, not after another study, but now.|We will do it in daylight, and we will do it together.] And [if that upsets some people in this building, so be it|when they ask who stood up, you will be able to say that you did].",
    "I want to [say to every parent in {town}|speak to the {n1:3-90} families who lost somebody] that [there is no sentence that makes this bearable|nothing I say can give back what was taken]. [What we owe you is the truth|We owe you answers], all of it, [even where it shames us|however long it takes], and [you will have it before anyone else does|I will bring it to your door myself]. I have [buried friends|sat in those rooms], and I know that [the cameras leave before the grief does|silence is the last thing you need].",
    "For {n1:9-40} years [I played this game because|I got up at four because] [it was the only place where nobody asked where I came from|I was too stubborn to do anything else], and [I leave it with two bad knees and no regrets|I would do all of it again, the losses too]. [My mother drove a bus in {town} so that I could have shoes|A coach in {town} let me sleep in the gym when we had no house]. So [do not thank me, thank her|if you want to honor me, open that gym]. I am [tired and happy|done], and [I am going home|somebody else can have the locker].",
]
_LEADS = [
    "[A {trade}|A spokesman|One lawmaker], {name}, [told a {town} radio station|wrote in a letter to {county} officials|said at a meeting in {town}] {weekday} that [the delay had cost {n:20-900} jobs|nobody had asked for advice|it was time to settle].",
    "[The governor of {state}|A federal judge|The mayor of {town}] on {weekday} [ordered a review|set a deadline of {date}|refused to step in], [a step|a decision] that [{name}|lawyers for {company}] had [sought|feared] for {n:2-19} [weeks|months].",
    "[New figures|Records obtained under the open records law|Documents filed in {county}] [show|suggest] that [spending rose {n:2-60} percent|{n:20-900} complaints were never answered|{company} knew of the problem in {y:2012-2022}].",
    "About {n:40-9000} people [marched|gathered|waited] [in {town}|outside the courthouse in {town}] on {weekday}, [many with handmade signs|some since dawn|in a cold rain].",
]
_OWN = [
    "{name2}, [a {trade}|who lives on {street}|a lawyer for {company2}], [said she had not slept since {weekday2}|called the news a relief|wants to see {n:2-12} more pages].",
    "[It was not clear|Officials would not say] whether [the meeting planned for {date2} would be held|a bid from {company3} was still open|the ${n:2-90} million would be paid].",
    "[In {town2}|Across {county}|At a diner on {street2}], [opinions were divided|{name3} put up a hand-lettered notice|business fell by a third in {month}].",
    "A [survey|count|report] by {last4} [College|Institute] put the [share|number] at {n:11.1-79.9} percent, [up from|down from] {n:11.1-79.9} percent in {y:2011-2021}.",
    "[The committee|A panel of {n:3-12}|The board] meets again {weekday3} at {clock}, and {name5} [will preside|is expected to testify|has asked for more time].",
    "[Lawyers|Neighbors|Engineers] [drove in from {state}|had filled {n:3-40} boxes with papers|spoke through an interpreter], and [the hearing ran past {clock2}|nobody was turned away].",
    "{last6} [Industries|Brothers|& Sons], which [supplies {town4}|hauls freight for {company4}], [cut its orders|sent {n:2-40} trucks|closed for two days].",
    "[By {month2}|Within {n:2-30} days], {name7} [hopes to have|must produce] [a plan|a list of {n:20-300} names|an estimate], [with the help of students from {town5}|at a cost of ${n:20-900},000].",
    "[Not everyone agreed|There was dissent]. {name8}, {n:24-88}, [tore up a leaflet|read aloud from a {y:1961-1999} letter|walked out after {n:4-50} minutes].",
    "[Last {weekday4}|On {date3}], [a truck bringing supplies to {town6} broke down|a vote failed {n:20-50}-{n:51-70}|{n:3-90} windows were broken on {street3}].",
]


def passage(quoted: bool, rng: Random) -> str:
    """A background paragraph or a quotation, without quotation marks; the same for all stories of a group."""
    return filled(worded(rng.choice(_QUOTATIONS if quoted else _BACKGROUND), rng), Facts(rng))


def story(standing: str, quoted: bool, rng: Random) -> tuple[str, str]:
    """Title and text of a story of some 130 to 220 words, a third or less of them the standing passage."""
    facts, event = Facts(rng), Facts(rng)
    forms = [rng.choice(_LEADS), *rng.sample(_OWN, rng.randint(3, 5))]
    own = [filled(worded(form, rng), facts) for form in forms]
    # The rest is about an event of its own.
    leads, more = KINDS[rng.choice(list(KINDS))]
    own += [filled(worded(form, rng), event) for form in [rng.choice(leads), *rng.sample(more, min(3, len(more)))]]
    paragraphs = [" ".join(own[at : at + 2]) for at in range(0, len(own), 2)]
    if quoted:
        said = worded("[The words drew applause.|It was the only speech of the evening.|Then {last} sat down.]", rng)
        block = f'"{standing}" {filled(said, facts)}'
        paragraphs.insert(rng.randint(1, len(paragraphs) - 1), block)
    else:
        # Background stands toward the end.
        paragraphs.insert(rng.randint(len(paragraphs) - 2, len(paragraphs)), standing)
    return " ".join(own[0].split()[:9]).rstrip(".,"), "\n\n".join(paragraphs)
