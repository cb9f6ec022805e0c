"""Templates of texts: choices, facts, lines that may be absent, and lines that are repeated with other facts.

In a line `[this|that]` is a choice, `{city}` a fact from a list (`{city2}` another of it), `{x:3-25}` a number, also
with decimals; a name has one value in a text. A line that begins with `?` stands in half of the texts, one with `*3-6`
three to six times, each time with new facts, but for those of the subject.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime

from tests.worlds.sites import choose
from tests.worlds.vocabulary import DATE_FORM, VALUES

_SLOT = re.compile(r"\{(\w+)(?::([\d.]+)-([\d.]+))?\}")


@dataclass(frozen=True)
class Template:
    """A form of text that is filled again and again; `subject` names the facts that one series of it keeps."""

    language: str
    title: str
    lines: tuple[str, ...]
    subject: tuple[str, ...] = ("city",)


@dataclass
class Facts:
    """The facts of one text: each is drawn when it is first named."""

    rng: random.Random
    language: str
    date: datetime
    values: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        if name not in self.values:
            self.values[name] = self._draw(name)
        return self.values[name]

    def _draw(self, name: str) -> str:
        lists = VALUES[self.language]
        kind = name.rstrip("0123456789")
        if kind == "date":
            return DATE_FORM[self.language].format(m=lists["month"][self.date.month - 1], d=self.date.day)
        if kind == "today":
            return lists["day"][self.date.weekday()]
        if kind == "year":
            return str(self.date.year)
        if kind == "person":
            first, last = self.rng.choice(lists["first"]), self.rng.choice(lists["last"])
            return last + first if self.language == "zh" else f"{first} {last}"
        options = lists.get(kind) or VALUES["en"][kind]
        rest = [option for option in options if option not in self.values.values()]
        return self.rng.choice(rest or options)

    def fill(self, line: str) -> str:
        """Return a line with its facts."""
        return _SLOT.sub(self._slot, line)

    def _slot(self, match: re.Match[str]) -> str:
        name, low, high = match.groups()
        if low is None:
            return self[name]
        if name not in self.values:
            self.values[name] = self._number(low, high)
        return self.values[name]

    def _number(self, low: str, high: str) -> str:
        if "." not in low:
            return str(self.rng.randint(int(low), int(high)))
        digits = len(low.partition(".")[2])
        number = f"{self.rng.uniform(float(low), float(high)):.{digits}f}"
        return number if self.language in ("en", "zh", "ar") else number.replace(".", ",")


def write(template: Template, facts: Facts, house: int) -> tuple[str, list[str]]:
    """Return the title and the paragraphs of a template; `house` decides the choices of words."""
    habits = random.Random(house)
    title = facts.fill(choose(template.title, habits))
    out: list[str] = []
    for line in template.lines:
        text = line
        if text.startswith("?"):
            text = text[1:]
            if facts.rng.random() < 0.5:
                continue
        if text.startswith("*"):
            span, _, text = text[1:].partition(" ")
            low, high = map(int, span.split("-"))
            kept = {name: facts[name] for name in (*template.subject, "date", "today")}
            for _ in range(facts.rng.randint(low, high)):
                own = Facts(facts.rng, facts.language, facts.date, dict(kept))
                out.append(own.fill(choose(text, facts.rng)))
        else:
            out.append(facts.fill(choose(text, habits)))
    return title, out
