"""Recurring service notes: the same wording every day, with other figures, names and places.

A series is one form as one vendor words it. Some series are printed by one site only, some by several, always with
other facts: the same form on two sites is no copy.
"""

# A form is one line, however long.
# ruff: noqa: E501

from dataclasses import dataclass
from random import Random

from tests.corpus.hard.facts import Facts, filled, worded
from tests.corpus.lexicon import phrases

# Bars in brackets are worded once for a series; words in angle brackets are facts of the series, those in braces of
# the issue.
_FORMS = {
    "Market close": """[U.S. stocks|Wall Street stocks|Stocks on Wall Street] [closed|finished|ended] {move} on {weekday}. The [Dow Jones industrial average|blue-chip index] {moved} {n:10.01-690.99} points, or {n:0.1-2.9} percent, to {n:24000-44000}. The broader index {moved2} {n:1.01-79.99} points, or {n:0.1-2.9} percent, to {n:3000-5900}. The [Nasdaq composite|technology index] {moved3} {n:1.01-279.99} points, or {n:0.1-2.9} percent, to {n:9000-19000}. The [Russell 2000 index|index of smaller companies] {moved4} {n:0.5-39.9} points to {n:1300-2400}. For the week, the [Dow|blue-chip index] is {way} {n:10.01-990.99} points. For the year, it is {way2} {n:100.01-4990.99} points, or {n:1.1-19.9} percent. [Benchmark crude|Crude oil for delivery next month] {moved5} {n:2-390} cents to ${n:49.01-109.99} a barrel. [Gold|An ounce of gold] {moved6} ${n:1.1-39.9} to ${n:1500.1-2600.9}. The yield on the 10-year Treasury note was {n:1.51-4.99} percent.""",
    "Forecast": """[Forecast|Outlook|Area weather] for <town> and [vicinity|surrounding areas], [issued|updated] at {clock} {weekday}. [Today|Daytime]: {sky}, with a high near {n:21-99}. {wind} wind {n:3-9} to {n:10-25} mph. [Tonight|Overnight]: {sky2}, with a low around {n:1-69}. {wind2} wind around {n:2-14} mph. {weekday2}: {sky3}, high near {n:21-99}. [Chance of precipitation is|Chance of rain] {n:10-90} percent. {weekday3}: {sky4}, low around {n:1-69}. [Sunrise|The sun rises] at {n:5-7}:{n:10-59} a.m. and [sunset|sets] at {n:5-8}:{n:10-59} p.m. [The normal high for the date is|Normal high] {n:31-92} and the record is {n:60-109}, set in {y:1901-2019}. [Pollen count|Pollen]: {n:1-12}. [Air quality index|Air quality]: {n:12-160}. [Readings are taken at the <town> airport.|Marine interests should consult the coastal forecast before leaving port.]""",
    "Lottery numbers": """[These numbers were drawn|The following numbers were drawn] {weekday} [in the <state> Lottery|by the <state> Lottery]. [Pick Three|Daily Three]-[Midday|Day]: {n:0-9}, {n:0-9}, {n:0-9}. [Pick Three|Daily Three]-Evening: {n:0-9}, {n:0-9}, {n:0-9}. [Pick Four|Daily Four]-Evening: {n:0-9}, {n:0-9}, {n:0-9}, {n:0-9}. [Fantasy Five|Cash Five]: {n:1-9}-{n:10-19}-{n:20-29}-{n:30-35}-{n:36-39}. [Lotto|Superlotto]: {n:1-9}, {n:10-19}, {n:20-29}, {n:30-39}, {n:40-49}, bonus {n:1-49}. Estimated jackpot: ${n:1.1-9.9} million. [Winning tickets must be claimed within 180 days at a lottery office. Players must be 18 or older.|In case of a discrepancy the official drawing results prevail.]""",
    "Earthquake": """A [shallow|small|light] magnitude {n:2.5-4.9} earthquake was reported {weekday} [morning|at {clock}] {n:1-19} miles from {town}, {state}, [according to|according to data of] the [geological survey|national survey]. The temblor occurred at a depth of {n:1.1-19.9} miles. [According to the survey, the|The] epicenter was {n:4-29} miles from {town2}, {n:30-59} miles from {town3} and {n:60-190} miles from {town4}. In the last 10 days, there have been {n:0-12} earthquakes of magnitude 3.0 or greater [centered nearby|in the area]. [This information comes from the survey's notification service, and this post was created by an algorithm written by the newsroom.|This post was generated automatically from the survey's feed. A reporter reads it before publication. If you felt it, the survey would like to know what you noticed.]""",
    "Blood drive": """[The <company> Blood Center|The regional blood service] [will hold|is holding] a community blood drive {weekday}, {date}, from {n:7-11} a.m. to {n:1-6} p.m. at {last} [Hall|Lodge], {n:10-990} {street}, {town}. [All blood types are needed, and type O is in especially short supply this season.|Donors of every type are urged to come, above all those with type O negative.] [Donors must be 17 or older, weigh at least 110 pounds and be in good health, and should bring a photo identification.|You must be at least 17, feel well and bring identification; eat a full meal and drink plenty of water beforehand.] [Appointments are recommended but walk-ins are welcome.|Walk-ins are taken as time allows.] To [make an appointment|reserve a time], call 555-01{n:10-99} and [mention|give the] sponsor code {n:100-990}. [Each donation can help as many as three patients in local hospitals.|One pint takes about ten minutes to give and may save three lives.]""",
    "Police log": """[The following is taken from the daily log of the <town> Police Department.|From the reports of <town> police.] [Being arrested does not mean being convicted.|All persons are presumed innocent until proven guilty in court.] {weekday}, {clock}: a {n:100-990} block of {street} resident reported [a stolen bicycle|loud music|a broken window]. {clock2}: {name}, {n:18-79}, of {town}, was cited after a two-vehicle accident at {street2} and {street3}. {clock3}: a wallet was turned in at the front desk. {clock4}: officers checked the welfare of a person on {street4}. {weekday2}, {clock5}: {name2}, {n:18-79}, was arrested on a warrant from {county}. {clock6}: a caller on {street5} reported a suspicious vehicle, license ending in {n:100-990}. [Anyone with information about these incidents may call the tip line at 555-0142; callers need not give a name.|The department answered {n:20-190} calls in all. Reports can be picked up at the records window on weekdays.]""",
    "Traffic": """[Motorists should expect delays|Drivers can expect delays] [this week|in the coming days] [in <county>|on these roads], [the state transportation department said|according to the <state> transportation department]. {road}: right lane closed between {street} and {street2} from {n:7-9} a.m. to {n:2-5} p.m. through {weekday}, for [paving|bridge work]. {road2}: alternating one-way traffic with flaggers near {town} until {date}. {road3}: ramp to {town2} closed; the detour follows {road4} for {n:2-19} miles. {street3} in {town3}: water main work, {n:2-14} days. [All work depends on the weather and may be changed without notice. Slow down in work zones, where fines are doubled.|Schedules are subject to weather. For current conditions, dial 511 before leaving.]""",
    "Death notices": """[Death notices|Area deaths] for {weekday}, {date}. {name}, {n:51-101}, of {town}, died {weekday2}. Arrangements by {last5} Funeral Home. {name2}, {n:51-101}, of {town2}, died {date2} at {last6} Hospital. Visitation {n:1-5} to {n:6-9} p.m. {weekday3}. {name3}, {n:51-101}, formerly of {town3}, died {date3}. Service at {clock} {weekday4}, St. {first7} Church, burial to follow. {name4}, {n:51-101}, of {town4}. Private services. [Death notices are printed free of charge for residents of <county>. Funeral homes may send them by noon for the next day's edition; obituaries are paid notices.|Notices are supplied by funeral homes and run once without charge. To place a longer obituary, call the classified desk.]""",
    "On television": """[What to watch|Tonight on TV|Highlights of the evening], {weekday}, {date}. [8 p.m.|8:00] "{first} and {first2}": {first3} finds a letter from {town}, and {first2} takes a new job. (CW) [8:30 p.m.|8:30] "The {last} File": a case from {y:1971-1999} is reopened when a {trade} confesses. [9 p.m.|9:00] "{nick} at Midnight," {y:1948-2019}: {name} and {name2} star in the drama about a {trade2} in {state}. (TCM) [9:30 p.m.|9:30] "Kitchen {n:2-99}": the {n:3-12} remaining cooks make pies for {n:20-200} guests. [10 p.m.|10:00] Basketball, {town2} at {town3}. (ESPN) [Times are Eastern; check local listings, as schedules may change.|All times are local. Programs are subject to change by the networks.]""",
    "Grain report": """<town> [elevator|grain exchange], closing [bids|prices], {weekday}. No. 2 yellow corn {cents} at ${n:3.01-7.99}. No. 1 soybeans {cents2} at ${n:8.01-16.99}. Hard winter wheat {cents3} at ${n:4.01-9.99}. Oats {cents4} at ${n:2.01-4.99}. [Cattle receipts|Receipts]: {n:200-9000} head; steers ${n:101.01-189.99} to ${n:190.01-239.99}, heifers ${n:101.01-189.99}, cows ${n:51.01-99.99}. Hogs ${n:41.01-99.99}, sows ${n:31.01-69.99}. [Bids are for delivery within five business days and do not include freight.|Prices are per bushel and per hundredweight, before discounts for moisture.] [Volume was {n:1000-90000} bushels.|Basis was {n:2-49} cents under the {month} contract.]""",
}
_SKIES = phrases(
    "sunny|mostly sunny|partly cloudy|mostly cloudy|cloudy|showers likely|a chance of thunderstorms|patchy fog|snow"
)
_WINDS = phrases("North|Northeast|East|Southeast|South|Southwest|West|Northwest|Calm")
_MOVED = phrases("rose|fell|gained|lost|added|slipped|climbed|shed")
_CHOICES = {
    "sky": _SKIES,
    "wind": _WINDS,
    "moved": _MOVED,
    "move": ["higher", "lower", "mixed", "little changed"],
    "way": ["up", "down"],
    "cents": [f"{way} {cents} cents" for way in ("up", "down") for cents in range(1, 20)],
}


class _IssueFacts(Facts):
    """Knows the words of notices besides."""

    def __missing__(self, name: str) -> object:
        choices = _CHOICES.get(name.rstrip("0123456789"))
        if choices is None:
            return super().__missing__(name)
        self[name] = self.rng.choice(choices)
        return self[name]


@dataclass(frozen=True)
class Series:
    """A form that one vendor issues again and again: `form` has the facts of the issue open."""

    title: str
    form: str

    def issue(self, rng: Random) -> tuple[str, str]:
        """Title and text of one issue."""
        facts = _IssueFacts(rng)
        text = filled(self.form, facts)
        return f"{self.title}, {facts['date9']}", text


def series(count: int, rng: Random) -> list[Series]:
    """`count` series, the forms in turn."""
    kinds = list(_FORMS)
    found = []
    for at in range(count):
        title, form = kinds[at % len(kinds)], _FORMS[kinds[at % len(kinds)]]
        standing = Facts(rng)
        for sort in ("town", "county", "state", "company"):
            form = form.replace(f"<{sort}>", standing[sort])
        found.append(Series(title, worded(form, rng)))
    return found
