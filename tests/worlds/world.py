"""The world while it is being made: its sites, its deck of real articles, and how a story becomes a copy."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.worlds import edits
from tests.worlds.columns import LEADS, LOCAL
from tests.worlds.grammar import Facts, Template, write
from tests.worlds.material import Material, Source
from tests.worlds.pieces import Piece
from tests.worlds.sentences import Body, Paragraph, body, paragraph, plain, size, split
from tests.worlds.sites import Site, choose, make_site, printed
from tests.worlds.vocabulary import PLACES, VALUES

START = datetime(2023, 1, 9, 5, tzinfo=UTC)
_BYLINES = {
    "en": "By {}", "de": "Von {}", "es": "Por {}", "fr": "Par {}", "pt": "Por {}", "tr": "{}", "ru": "Автор: {}",
    "ar": "كتب: {}", "zh": "记者 {}",
}  # fmt: skip
_CREDITS = {
    "en": ("This story was provided by {}.", "Source: {}", "({})", "© {}. All rights reserved.", "Courtesy of {}",
           "{} contributed to this report."),
    "de": ("Quelle: {}", "© {}", "Mit Material von {}"), "es": ("Fuente: {}", "Con información de {}"),
    "fr": ("Source : {}", "Avec {}"), "pt": ("Fonte: {}", "Com informações de {}"), "tr": ("Kaynak: {}",),
    "ru": ("Источник: {}", "По материалам {}"), "ar": ("المصدر: {}",), "zh": ("来源：{}", "（{}）"),
}  # fmt: skip
_AGENCIES = {
    "en": ("Associated Press", "Reuters", "Agence France-Presse", "Tribune News Service", "Bloomberg News", "CNN Wire"),
    "de": ("dpa", "AFP", "Reuters"), "es": ("EFE", "Europa Press"), "fr": ("AFP",), "pt": ("Agência Brasil", "Lusa"),
    "tr": ("AA", "DHA", "İHA"), "ru": ("ТАСС", "РИА Новости"), "ar": ("وكالات", "رويترز"), "zh": ("新华社", "中新社"),
}  # fmt: skip
_TAGS = {
    "en": ("(AP)", "(Reuters)", "(AFP)", "(TNS)", "(UPI)", "(CNN)"), "de": ("(dpa)", "(AFP)"), "es": ("(EFE)",),
    "fr": ("(AFP)",), "tr": ("(AA)", "(DHA)"), "ar": ("(رويترز)",),
}  # fmt: skip


_MORE = {
    "en": ("Read more at {}.", "Read the full story on {}", "... Continue reading at {}", "[...] Via {}"),
    "de": ("Weiterlesen bei {}", "Den ganzen Artikel lesen Sie auf {}"),
    "es": ("Leer más en {}", "Seguir leyendo en {}"), "pt": ("Leia mais em {}",),
    "fr": ("Lire la suite sur {}", "[...] Lire l'article complet sur {}"),
    "tr": ("Haberin tamamı: {}",), "ru": ("Читать полностью: {}",),
    "ar": ("لقراءة المزيد: {}",), "zh": ("阅读全文：{}",),
}  # fmt: skip


class World:
    """All articles made so far, and the means to make more of them; one seed gives one world."""

    def __init__(self, seed: int, articles: int) -> None:
        self.rng = random.Random(f"second world {seed}")
        self.material = Material(self.rng, 200 + int(articles * 0.6))
        self.pieces: list[Piece] = []
        self.sites: dict[str, list[Site]] = defaultdict(list)
        for language, count in (("en", 12 + articles // 60), *((code, 5) for code in PLACES if code != "en")):
            for _ in range(count):
                self._found_site(language)
        for code in ("cs", "ko", "ja"):  # languages without word lists of their own: English furniture
            self.sites[code] = self.sites["en"][:5]
        self._stories = 0

    def _found_site(self, language: str) -> None:
        number = sum(map(len, self.sites.values()))
        self.sites[language].append(make_site(self.rng, language, number))

    # The parts of which articles are made.

    def site(self, language: str = "en", *besides: Site) -> Site:
        """Return a site of a language, another than those named."""
        return self.rng.choice([one for one in self.sites[language] if all(one is not other for other in besides)])

    def day(self) -> datetime:
        """Return a moment within three months."""
        return START + timedelta(minutes=self.rng.randint(0, 90 * 1440))

    def source(self, paragraphs: int) -> Source:
        """Return the next real article with at least so many paragraphs; shorter ones are passed over."""
        while len((source := self.material.deal()).paragraphs) < paragraphs:
            pass
        return source

    def prose(self, low: int, high: int) -> tuple[str, Body]:
        """Return the headline and the first paragraphs of a real article."""
        source = self.source(low)
        return source.title, body(source.paragraphs[: self.rng.randint(low, high)])

    def line(self, texts: list[str], language: str = "en", values: dict[str, str] | None = None) -> str:
        """Return one of some template lines with facts."""
        facts = Facts(self.rng, language, self.day(), dict(values or {}))
        return facts.fill(choose(self.rng.choice(texts), self.rng))

    def local(self, language: str = "en") -> Paragraph:
        """Return a paragraph that a local paper adds."""
        return paragraph(self.line(LOCAL[language], language), False)

    def how(self, piece: Piece) -> str:
        """Return a way to take an article over that its language and length allow."""
        ways = ["same", "near", "near", "near", "cut", "trim"]
        if piece.language in LOCAL:
            ways += ["local", "local"]
            if piece.frame is None or piece.frame.startswith("site/"):  # a form with other figures is another text
                ways.append("update")
        if size(piece.body) > 90:
            ways.append("brief")
        if piece.language == "en" and len(piece.body) > 5:
            ways.append("lead")
        return self.rng.choice(ways)

    def copies(self, piece: Piece, low: int, high: int) -> list[Piece]:
        """Add some copies of an article, each taken over in another way; now and then from another copy."""
        out: list[Piece] = []
        for _ in range(self.rng.randint(low, high)):
            origin = self.rng.choice(out) if out and self.rng.random() < 0.2 and size(out[-1].body) > 90 else piece
            out.append(self.copy(origin, self.how(origin)))
        return out

    def person(self, language: str = "en") -> str:
        """Return a name."""
        return Facts(self.rng, language if language in VALUES else "en", START)["person"]

    # Articles.

    def story(self, form: str, text: Body, title: str, language: str = "en", **own: object) -> Piece:
        """Add an article that tells a story of its own."""
        self._stories += 1
        site = own.pop("site", None) or self.site(language)
        at = own.pop("published", None) or self.day()
        piece = Piece(self._stories, form, text, title, site, at, language)  # type: ignore[arg-type]
        return self._add(self._signed(replace(piece, **own)))  # type: ignore[arg-type]

    def _add(self, piece: Piece) -> Piece:
        self.pieces.append(piece)
        return piece

    def _signed(self, piece: Piece) -> Piece:
        if piece.byline is None and self.rng.random() < 0.4:
            piece.byline = _BYLINES.get(piece.language, "{}").format(self.person(piece.language))
        return piece

    def filled(self, form: str, template: Template, facts: Facts, house: int, **own: object) -> Piece:
        """Add an article that is a template with its facts."""
        title, lines = write(template, facts, house)
        text = body(lines)
        return self.story(form, text, title, template.language, published=facts.date, **own)

    def copy(self, piece: Piece, how: str, **own: object) -> Piece:
        """Add a copy of an article on another site.

        `how` is `same`, `near`, `cut`, `local`, `update`, `lead`, `brief` or `trim`.
        """
        rng = self.rng
        later = rng.choice((2, 9, 30, 95, 300, 900, 1600, 3000)) + rng.randint(0, 20)
        new = replace(piece, body=self._taken(piece, how), title=self._headline(piece), path=None, tail=None, head=None,
                      byline=None, dateline=None, credit=None)  # fmt: skip
        new.published += timedelta(minutes=later)
        new.site = own.pop("site", None) or self.site(piece.site.language, piece.site)  # type: ignore[assignment]
        if rng.random() < 0.5:
            self._credit(new)
        if how == "brief":
            new.tail = rng.choice(_MORE.get(piece.language, _MORE["en"])).format(piece.site.name)
        return self._add(self._signed(replace(new, **own)))  # type: ignore[arg-type]

    def _credit(self, piece: Piece) -> None:
        """Name an agency: before the first word, at the end, or in the byline."""
        rng, language = self.rng, piece.language
        if language in _TAGS and rng.random() < 0.6:
            place = rng.choice(PLACES[language]).upper()
            piece.dateline = f"{place} {rng.choice(_TAGS[language])} {rng.choice('—-')} "
        if language in _CREDITS and rng.random() < 0.5:
            piece.credit = rng.choice(_CREDITS[language]).format(rng.choice(_AGENCIES[language]))
        if language == "en" and rng.random() < 0.4:
            piece.byline = f"By {self.person()}, {rng.choice(_AGENCIES['en'])}"

    def _headline(self, piece: Piece) -> str:
        kind = self.rng.random()
        if kind < 0.4:
            return piece.title
        if kind < 0.5:
            return f"{self.rng.choice(('Report', 'Update', 'Video', 'Watch', 'Breaking'))}: {piece.title}"
        first = piece.body[min(self.rng.randint(0, 1), len(piece.body) - 1)][0].text
        return " ".join(first.split()[: self.rng.randint(6, 11)]).rstrip(".,;:")[:90]

    def _taken(self, piece: Piece, how: str) -> Body:
        """The body of an article after another outlet's hands."""
        rng, text, language = self.rng, piece.body, piece.language
        if how == "same":
            return edits.other_paragraphs(text, rng) if rng.random() < 0.3 else text
        if how == "cut":
            text = edits.cut_end(text, rng.uniform(0.55, 0.9))
        elif how == "brief":
            text = edits.cut_end(text, rng.uniform(0.12, 0.4) if size(text) > 250 else rng.uniform(0.4, 0.65))
        elif how == "trim":
            text = edits.without(text, rng, rng.uniform(0.1, 0.4))
        elif how == "local":
            least = 1 if size(text) < 200 else rng.randint(1, 3)
            text = edits.inserted(text, [self.local(language) for _ in range(least)], rng, first=rng.randint(0, 1))
        elif how == "update":
            text = edits.new_figures(text, rng, rng.randint(1, 4))
            text = edits.inserted(text, [self.local(language) for _ in range(rng.randint(1, 2))], rng)
            text = edits.without(text, rng, rng.uniform(0.0, 0.15))
        elif how == "lead":
            lead = self.line(LEADS, values={"names": edits.names(text)})
            text = edits.new_lead(text, lead) if len(text) > 3 else text
        text = edits.changed(text, edits.house_style(rng.choice(("uk", "percent", "us", "plain"))))
        if rng.random() < 0.5:
            text = edits.typos(text, rng, rng.randint(1, 3))
        if rng.random() < 0.25 and piece.language == "en":
            text = edits.other_words(text, rng, 0.3)
        if rng.random() < 0.25:
            text = edits.other_paragraphs(text, rng)
        return text

    # The end.

    def finish(self) -> list[Piece]:
        """Give every article its id and its printed text, in an order that says nothing of its story."""
        rng = self.rng
        rng.shuffle(self.pieces)
        for piece in self.pieces:
            if len(piece.site.headlines) < 40:
                first = split(plain(piece.body[0]))[0]
                piece.site.headlines.append(piece.title if rng.random() < 0.7 else f"{piece.title} {first[:80]}...")
        for number, piece in enumerate(self.pieces):
            piece.id = f"w{number:05d}"
            lines = {name: getattr(piece, name) for name in ("head", "byline", "dateline", "credit", "box", "tail")}
            piece.text = printed(piece.site, [plain(part) for part in piece.body], rng, lines)
        return self.pieces
