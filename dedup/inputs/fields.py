"""Map the fields of a record to columns, and convert their values to text.

A record is a mapping from names to values (a JSON object, a CSV row, a row of a table). `FieldNames` holds the names
under which each column may stand. The `*_value` functions convert one value to text, or to None if it cannot be used.
A column takes its value from the first of its names, in the order of `ALIASES`, that has a usable value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from numbers import Integral, Real
from typing import Any
from uuid import UUID

import orjson

from dedup.errors import UsageError
from dedup.inputs.dates import iso_text
from dedup.inputs.field_words import DOUBT_RANK, WORD_RANK, column_words, dates_alone, may_be_date, name_key

#: Columns, and their names in common crawlers, APIs and exports, best first: a column takes the first that has a value.
#: A field of a record counts as one of these names also if it differs in case, blanks and punctuation (`name_key`). The
#: names in other languages come behind these (`field_words`).
ALIASES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "body", "content", "maintext", "article_text", "raw_text", "plain_text", "cleaned_text", "text_content",
        "content_text", "text_plain", "body_text", "article_body", "story_text", "story_body", "story_content",
        "article_content", "news_text", "news_body", "news_content", "post_content", "page_text", "page_content",
        "extracted_text", "raw_content", "full_text", "text_full", "full_content", "content_full", "full_article",
        "body_html", "content_html", "content_encoded", "article", "document",
    ),
    "id": ("id", "doc_id", "uuid", "_id", "article_id", "document_id", "stories_id", "guid"),
    "url": (
        "url", "link", "canonical_url", "article_url", "story_url", "news_url", "page_url", "web_url", "document_url",
        "document_identifier", "permalink", "canonical_link", "canonical", "warc_target_uri", "target_uri",
        "responded_url", "requested_url", "original_url", "share_url", "source_url",
    ),
    "title": (
        "title", "headline", "article_title", "story_title", "news_title", "article_headline", "main_headline",
        "heading",
    ),
    "published": (
        "published", "date_time_pub", "date_time_published", "published_at", "date_published_at", "published_time",
        "article_published_time", "first_published", "date", "date_publish", "pub_date", "publish_date",
        "datePublished",
        "published_date", "publication_date", "publishing_date", "publication_time", "publish_time", "published_on",
        "article_date", "date_time", "display_date", "seen_date", "timestamp",
    ),
    "domain": (
        "domain", "source_domain", "hostname", "host", "site", "website", "media_url", "publisher_domain", "source",
        "outlet", "publication", "source_name", "source_common_name", "media_name", "publication_title",
        "publication_name", "pub_title", "site_name", "newspaper", "publisher",
    ),
    "authors": ("authors", "author", "byline", "author_name", "author_names", "writers", "creator", "dc_creator"),
    "meta": ("meta", "metadata", "hints"),
}  # fmt: skip

#: The separator of paragraphs that come as a list.
PARAGRAPH = "\n\n"

_SIMPLE = {str, type(None)}
_SURROGATE = re.compile("[\ud800-\udfff]")


class RejectedRecord(Exception):
    """A record that is no article: it becomes a `dedup.model.Reject` with this reason and detail."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def too_large(size: int, limit: int) -> RejectedRecord:
    """Make the rejection of a record that has more bytes than `limit`."""
    return RejectedRecord("too_large", f"{size:,} bytes; a record may have {limit:,}")


def no_text_field(columns: Sequence[str]) -> RejectedRecord:
    """Make the rejection of a table without a column that is known to hold the text."""
    names = list_names([name or "(without a name)" for name in columns])
    detail = f"no column is known to hold the text; name it as the field text=COLUMN, one of: {names}"
    return RejectedRecord("no_text_field", detail)


def list_names(names: Sequence[str]) -> str:
    """List names in words, at most 30 of them."""
    return ", ".join(names[:30]) + (", ..." if len(names) > 30 else "")


class FieldNames:
    """The names under which each column is searched.

    mapping: (column, name) pairs of the setting `fields` (`--field column=name`). The names of a column that it gives,
    the best first, are the only ones of that column, and of no other; one that begins with `/` is a JSON pointer (RFC
    6901) into nested records. Raises `UsageError` for a mapping that contradicts itself.
    """

    def __init__(self, mapping: Iterable[tuple[str, str]] = ()) -> None:
        names: dict[str, list[str]] = {}
        for target, name in mapping:
            if target not in ALIASES:
                raise UsageError(f"field {target}={name}: no such column; the columns are {', '.join(ALIASES)}")
            if not name:
                raise UsageError(f"field {target}=: name the field of the input, as in text=content")
            if any(name in of_column for of_column in names.values()):
                raise UsageError(f"field {target}={name}: the field {name!r} already is a column")
            names.setdefault(target, []).append(name)
        own_names = {name for of_column in names.values() for name in of_column}
        self._names = {
            target: tuple(names[target])
            if target in names
            else tuple(a for a in aliases if a not in own_names) or (target,)
            for target, aliases in ALIASES.items()
        }
        self.text = self._names["text"]
        #: The columns whose names the user gave, and the names among them that point into nested records.
        self.mapped = frozenset(names)
        self.pointers = tuple(name for of_column in names.values() for name in of_column if name.startswith("/"))
        # A name as it is written comes before the same name in other case; names of the user before all others.
        self._exact = {name: (target, 2 * i) for target, all in self._names.items() for i, name in enumerate(all)}
        self._loose: dict[str, tuple[str, int]] = {}
        for target in sorted(self._names, key=lambda target: target not in names):
            for i, name in enumerate(self._names[target]):
                if name not in self.pointers:
                    self._loose.setdefault(name_key(name), (target, 2 * i + 1))
        self._text_fields: dict[tuple[str, ...], tuple[str, ...]] = {}

    def of(self, target: str) -> tuple[str, ...]:
        """Return the names of a column, best first."""
        return self._names[target]

    def place(self, name: str) -> tuple[str, int] | None:
        """Return the column that a field fills, and its rank among the fields of this column; None for other fields."""
        place = self._exact.get(name)
        if place is None and isinstance(name, str) and len(name) <= 64:
            key = name_key(name)
            place = self._loose.get(key) or self._word(key)
        return place

    def _word(self, key: str) -> tuple[str, int] | None:
        """Return the column that a word of a language names, unless the user gave the name of this column."""
        place = column_words().get(key)
        return None if place is None or place[0] in self.mapped else place

    def is_word(self, name: str) -> bool:
        """Return whether a field is known by the word of a language alone."""
        place = self.place(name)
        return place is not None and place[1] >= WORD_RANK

    def suits(self, name: str, value: Any) -> bool:
        """Return whether a value can be one of its column: of a time, under a word that may name other things too."""
        place = self.place(name)
        return place is None or place[0] != "published" or place[1] < WORD_RANK or may_be_date(value)

    def fields_of(self, target: str, fields: Iterable[str]) -> list[str]:
        """Return those of some fields that fill a column, best first."""
        places = [(place[1], name) for name in fields if (place := self.place(name)) and place[0] == target]
        return [name for _, name in sorted(places)]

    def is_metadata(self, name: str) -> bool:
        """Return whether a field fills a column other than the text."""
        place = self.place(name)
        return place is not None and place[0] != "text"

    def text_fields(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the fields of a record that may hold the text, best first."""
        shape = tuple(record)
        fields = self._text_fields.get(shape)
        if fields is None:
            fields = tuple(self.fields_of("text", shape))
            if len(self._text_fields) >= 256:
                self._text_fields.clear()
            if len(shape) <= 256:
                self._text_fields[shape] = fields
        return fields

    def text_bytes(self, record: Mapping[str, Any]) -> bytes:
        """Return the text of a record as UTF-8. Raises `RejectedRecord`, with the reason of the first field."""
        rejection: RejectedRecord | None = None
        present = self.text_fields(record)
        for name in present:
            value = record.get(name)
            if value is None or (isinstance(value, float) and value != value):  # NaN is how pandas spells null
                continue
            try:
                return text_value(value, name, "text" in self.mapped)
            except RejectedRecord as error:
                rejection = rejection or error
        if rejection:
            raise rejection
        if present:
            raise RejectedRecord("no_text", f"field {present[0]!r} is null")
        mapped = f"no field {' or '.join(map(repr, self.text))}"
        complaint = mapped if "text" in self.mapped else "no field is known to hold the text"
        fields = f"; the fields are {list_names(list(map(str, record)))}" if record else "; the record has no fields"
        raise RejectedRecord("no_text", complaint + fields)

    def column(self, target: str, columns: Mapping[str, Sequence[Any]], rows: int) -> Sequence[str | None]:
        """Build one metadata column of n records from their fields.

        columns: by name, the n values of a field. rows: n.
        """
        column: Sequence[str | None] | None = None
        for name in self.fields_of(target, columns):
            fields = columns[name]
            values = text_values(
                target, dates_alone(fields) if target == "published" and self.is_word(name) else fields
            )
            column = (
                values if column is None else [a if a is not None else b for a, b in zip(column, values, strict=True)]
            )
            if None not in column:
                break
        return [None] * rows if column is None else column

    def value(self, target: str, record: Mapping[str, Any]) -> str | None:
        """Return the value of a metadata column in one record."""
        return self.column(target, {name: [value] for name, value in record.items()}, 1)[0]


@lru_cache(16)
def field_names(mapping: tuple[tuple[str, str], ...]) -> FieldNames:
    """Return the `FieldNames` of a mapping, made once: making them takes longer than reading an article."""
    return FieldNames(mapping)


def parse_mapping(options: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Parse texts such as "text=content" to the pairs of `Settings.fields`. Raises `UsageError`."""
    pairs = []
    for option in options:
        target, equals, name = option.partition("=")
        if not equals:
            raise UsageError(f"field {option}: write it as column=name, as in text=content")
        pairs.append((target.strip(), name.strip()))
    FieldNames(pairs)
    return tuple(pairs)


def text_values(target: str, values: Sequence[Any]) -> Sequence[str | None]:
    """Convert the values of a column to text, or to None if they cannot be used. target: the column."""
    # Most columns of most files pass this test, and need no Python call for each value.
    if target != "meta" and _simple(values):
        strings = list(filter(None, values))
        odd = any(map(str.isspace, strings)) or (target == "published" and any(map(str.isdigit, strings)))
        odd = odd or (target == "domain" and holds_address("\n".join(strings)))
        if not odd:
            return values if len(strings) == len(values) else [value or None for value in values]
    convert = CONVERTERS[target]
    return [None if value is None else convert(value) for value in values]


def _simple(values: Sequence[Any]) -> bool:
    """Return whether all values are strings or None."""
    try:
        "".join(values)  # only strings can be joined; this takes an eighth of the time of a test of each
    except TypeError:
        return set(map(type, values)) <= _SIMPLE
    return True


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot hold, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def text_value(value: Any, name: str, is_certain: bool = False) -> bytes:
    """Convert an article's text to UTF-8: a string, bytes, a list of paragraphs, or an object that holds these.

    name: of the field, for the detail of a rejection. is_certain: whether the user named it. Raises `RejectedRecord`.
    """
    if isinstance(value, list | tuple | Mapping):
        joined = _paragraphs(value)
        value = value if joined is None else joined
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            value = str(value, "utf-8")
        except UnicodeDecodeError as error:
            raise RejectedRecord("invalid_utf8", f"field {name!r}, byte {error.start}: {error.reason}") from None
    if not isinstance(value, str):
        raise RejectedRecord("wrong_type", f"field {name!r} holds {describe_type(value)}, not text")
    if (
        not is_certain
        and needs_words(name)
        and len(value) <= 2000
        and len(value.split()) == 1
        and max(value) < _NO_BLANKS
    ):
        raise RejectedRecord("wrong_type", f"field {name!r} holds one word or address, not text")
    if not value or value.isspace():
        raise RejectedRecord("empty_text", f"field {name!r} is empty")
    try:
        return value.encode()
    except UnicodeEncodeError:
        return replace_surrogates(value).encode()


#: The first script in which no blanks stand between words: Thai.
_NO_BLANKS = "\u0e00"
#: Names of the text that elsewhere hold an address or an identifier, beside the words in doubt of languages.
_DOUBTFUL = frozenset(("article", "document"))
_SURE = frozenset(map(name_key, ALIASES["text"])) - _DOUBTFUL


@lru_cache(4096)
def needs_words(name: str) -> bool:
    """Return whether a field of this name elsewhere holds an address or an identifier: one word in it is no text."""
    key = name_key(name)
    return key in _DOUBTFUL or (key not in _SURE and column_words().get(key, ("", 0))[1] >= DOUBT_RANK)


#: Names under which content systems keep the parts of a text: `{"rendered": ...}` (WordPress), sections of paragraphs
#: (fundus), blocks with a text (editors).
_TEXT_PARTS = frozenset(
    ("text", "rendered", "value", "plain", "summary", "headline", "sections", "paragraphs", "paragraph", "blocks")
)


def _paragraphs(value: Any, depth: int = 0) -> str | None:
    """Join the paragraphs of lists and of objects whose parts have known names; None for anything else."""
    if isinstance(value, str):
        return value
    if depth > 8:
        return None
    if isinstance(value, Mapping):
        parts = [part for name, part in value.items() if name in _TEXT_PARTS and isinstance(part, str | list | Mapping)]
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return None
    if isinstance(value, Mapping) and not parts:
        return None
    texts = [_paragraphs(part, depth + 1) for part in parts]
    return None if None in texts else PARAGRAPH.join(filter(None, texts))


def describe_type(value: Any) -> str:
    """Describe the type of a value in words, for the detail of a rejection."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Real | Decimal):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return {"NoneType": "null", "str": "a string"}.get(type(value).__name__, f"a {type(value).__name__}")


def plain_value(value: Any) -> str | None:
    """Convert a title, URL or domain: a string, or an object with a name, such as `{"name": "Reuters"}`."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("rendered")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or not value or value.isspace():
        return None
    return value


_ADDRESS = re.compile(r"/|^\s*www\.", re.IGNORECASE | re.MULTILINE)


def holds_address(text: str) -> bool:
    """Return whether one of the lines may be an address, or a host with a slash or `www.`, instead of a domain."""
    return _ADDRESS.search(text) is not None


def domain_value(value: Any) -> str | None:
    """Convert a site: of an address its host (`https://www.reuters.com`, `reuters.com/`); a name stays as it is."""
    if isinstance(value, Mapping):
        names = ("domain", "hostname", "host", "uri", "url", "name", "title")
        value = next((part for name in names if isinstance(part := value.get(name), str) and part.strip()), None)
    text = plain_value(value)
    return (hostname(text) or text) if text is not None and holds_address(text) else text


def id_value(value: Any) -> str | None:
    """Convert an identifier: a string or a whole number. A fraction is none (1.10 and 1.1 would be the same)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Integral):
        return _digits(int(value))
    if isinstance(value, Real | Decimal):
        whole = math.isfinite(value) and value == math.floor(value)
        return _digits(int(value)) if whole else None  # type: ignore[arg-type]
    if isinstance(value, UUID):
        return str(value)
    return None if isinstance(value, Mapping) else plain_value(value)


def _digits(number: int) -> str | None:
    try:
        return str(number)
    except ValueError:  # more than 4,300 digits, the limit of the interpreter
        return None


def authors_value(value: Any) -> str | None:
    """Convert authors (a string, an object with a name, or a list of these) to `A; B`."""
    if isinstance(value, list | tuple):
        return "; ".join(name for part in value if (name := plain_value(part))) or None
    return plain_value(value)


def published_value(value: Any) -> str | None:
    """Convert a time: a string stays as written, epochs and date objects become ISO 8601 (`dates.iso_text`)."""
    if isinstance(value, date | Real | Decimal):
        return iso_text(value)
    text = plain_value(value)
    return iso_text(text) if isinstance(value, str) and text else text


def meta_value(value: Any) -> str | None:
    """Convert page metadata (an object, or an object as JSON text) to JSON text."""
    if isinstance(value, str | bytes):
        try:
            value = orjson.loads(value)
        except ValueError:
            return None
    if isinstance(value, list) and value and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        value = dict(value)  # Arrow's form of a map
    if not isinstance(value, Mapping) or not value:
        return None
    try:
        return json_bytes(value).decode()
    except RejectedRecord:
        return None


def json_bytes(value: Any) -> bytes:
    """Serialise any value as JSON: types that JSON lacks (bytes, sets, decimals, ...) as text, NaN as null.

    Raises `RejectedRecord` (`too_deep`).
    """
    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    try:
        return orjson.dumps(value, default=_jsonable, option=options)
    except (TypeError, ValueError):  # lone surrogates, integers beyond 64 bits, or too deep
        try:
            return orjson.dumps(to_jsonable(value), default=_jsonable, option=options)
        except (TypeError, ValueError, RecursionError) as error:
            raise RejectedRecord("too_deep", str(error)) from None


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return replace_surrogates(str(value))


def to_jsonable(value: Any) -> Any:
    """Convert, at any depth, what strict JSON in UTF-8 cannot hold: surrogates, NaN, infinities, large integers."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, Mapping):
        return {
            replace_surrogates(key) if isinstance(key, str) else key: to_jsonable(part) for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [to_jsonable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return _digits(value)
    return value


CONVERTERS: dict[str, Callable[[Any], str | None]] = {
    "id": id_value,
    "url": plain_value,
    "title": plain_value,
    "published": published_value,
    "domain": domain_value,
    "authors": authors_value,
    "meta": meta_value,
}

# The scheme may be missing ("//host/path", "www.host.org/path"), and there may be typing errors.
_HOST = re.compile(
    r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#\\\s]*@)?(?P<host>[^/?#\\:@\s\[\]<>\"]+)"
    r"|(?P<bare>www(?:\.[\w-]+)+|[\w-]+(?:\.[\w-]+)+(?=/)))(?::\d*)?\s*(?:[/?#\\]|$)",
    re.IGNORECASE,
)


def hostname(url: str) -> str | None:
    """Return the host of a URL in lower case, without port, user and a leading `www.`; None for a bad URL."""
    match = _HOST.match(url)
    if not match:
        return None
    name = (match["host"] or match["bare"]).lower().strip(".")
    if name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    return name or None
