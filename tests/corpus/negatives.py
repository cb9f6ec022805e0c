"""Articles that look alike and are not copies: cut from the same sentences, or filled into the same form."""

from random import Random

from tests.corpus.lexicon import WEEKDAYS, phrases
from tests.corpus.writer import Story, WordTap

FRAGMENT_WORDS = (4, 12)

_SKIES = [
    "sunny",
    "mostly sunny",
    "partly cloudy",
    "cloudy",
    "overcast",
    "light rain",
    "showers",
    "fog",
    "snow",
]
_WINDS = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"]
_MOVES = ["rose", "fell", "gained", "lost", "added", "shed", "climbed", "slipped"]

# Lines of a form. Words in angle brackets are chosen once for a form, those in braces for every issue of it.
WEATHER = phrases("""The <place> weather office issued this at {hour} on {day} for the <word> area.
<place>: {sky}, high near {degrees} and low around {low}. Wind {wind} {speed} to {gust} near <word>.
Rain chance in <place> and <word> districts stands at {share} percent on {day}, {sky} later.
Sunrise at <place> is at 6:{minute}, sunset at 8:{minute}. Pollen at the <word> post: {share}.
In the <word> hills above <place> expect {sky} and {degrees} degrees by {hour}.""")
MARKET = phrases("""The <org> share index {move} {points} points, or {percent} percent, to {level} on {day}.
<org> {move} {percent} percent to {price} while <org> {move} {percent} percent.
The <place> <word> contract {move} {percent} percent to {price} a tonne, with {level} lots traded.
Volume on the <place> exchange was {level} shares, and {share} stocks {move} against {points} that did not.
The <word> yield stood at {percent} percent and the <place> currency {move} to {price}.""")
NOTICES = phrases("""<org> {points}, <org> {share} ({low}-{gust} at the <word> interval), attendance {level}.
Top scorer for <org> was number {gust} with {points} points in {minute} minutes at the <place> <word> ground.
Next match of <org>: {day} at {hour} against <org>, tickets from {price}.
<place> lots {low} to {degrees} sold for {level}, or {price} each, at the <word> auction on {day}.""")
FORMS = [WEATHER, MARKET, NOTICES]


def fragments(donors: list[Story], rng: Random) -> list[str]:
    """The donors' words cut into runs of 4 to 12, in their order."""
    runs = []
    for donor in donors:
        words = donor.text.split()
        start = 0
        while start + FRAGMENT_WORDS[0] <= len(words):
            length = rng.randint(*FRAGMENT_WORDS)
            runs.append(" ".join(words[start : start + length]))
            start += length
    return runs


def patchwork(runs: list[str], rng: Random, length: int) -> str:
    """A text of about `length` words of runs in random order; no two that were neighbours stay so."""
    order = rng.sample(range(len(runs)), min(len(runs), length // 8))
    kept = [run for before, run in zip([-2, *order], order, strict=False) if run != before + 1]
    sentences = [", ".join(runs[i].strip('.,"“”') for i in kept[at : at + 3]) for at in range(0, len(kept), 3)]
    paragraphs = [". ".join(sentences[at : at + 2]) + "." for at in range(0, len(sentences), 2)]
    return "\n\n".join(paragraphs)


class Form:
    """A form that is issued again and again with other facts: weather, market report, notices of results."""

    def __init__(self, stories: list[Story], tap: WordTap, rng: Random) -> None:
        lines = rng.choices(rng.choice(FORMS), k=rng.randint(8, 16))
        self.lines = [self._chosen(line, stories, rng) for line in lines]
        # The words around the facts; a form has about a fifth of running text that never changes.
        self.opening, self.closing = tap.sentence(rng.randint(12, 25)), tap.sentence(rng.randint(15, 40))
        self.title = f"{rng.choice(stories).places[0]} update for {{day}}"

    @staticmethod
    def _chosen(line: str, stories: list[Story], rng: Random) -> str:
        while "<" in line:
            story = rng.choice(stories)
            line = line.replace("<place>", story.places[0], 1)
            line = line.replace("<org>", " ".join(story.people[0].split()[::-1]) + " Co", 1)
            line = line.replace("<word>", rng.choice(story.title.split()).lower(), 1)
        return line

    def issue(self, rng: Random) -> tuple[str, str]:
        """Title and text of one issue."""
        day = rng.choice(WEEKDAYS)
        filled = [line.format_map(_Facts(rng, day)) for line in self.lines]
        paragraphs = [" ".join(filled[at : at + 3]) for at in range(0, len(filled), 3)]
        return self.title.format(day=day), "\n\n".join([self.opening, *paragraphs, self.closing])


class _Facts(dict[str, str]):
    """Answers every placeholder of a form with a fresh fact; the day stays the same throughout an issue."""

    def __init__(self, rng: Random, day: str) -> None:
        super().__init__(day=day)
        self._rng = rng

    def __missing__(self, name: str) -> str:
        rng = self._rng
        match name:
            case "sky":
                return rng.choice(_SKIES)
            case "wind":
                return rng.choice(_WINDS)
            case "move":
                return rng.choice(_MOVES)
            case "hour":
                return f"{rng.randint(1, 12)} {rng.choice(['a.m.', 'p.m.'])}"
            case "percent" | "price":
                return f"{rng.uniform(0.1, 99):.2f}"
            case "level":
                return f"{rng.randint(1_000, 900_000):,}"
            case "minute":
                return f"{rng.randint(10, 59)}"
            case "low" | "speed":
                return str(rng.randint(2, 14))
            case "gust" | "degrees":
                return str(rng.randint(15, 40))
            case _:
                return str(rng.randint(2, 98))
