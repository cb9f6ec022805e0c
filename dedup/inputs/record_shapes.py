"""Find the articles in JSON objects: nested records, wrapped lists of records, JSON pointers.

`flat_record` gives the text of an object, and one flat record where it stands deeper; `wrapped_records` finds the
records of an object that only wraps them. Every reader of objects calls these two (`BatchBuilder.add` the first).
Nothing is chosen in doubt: an object with two
different texts is rejected, and the rejection names the pointer of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from dedup.inputs.field_words import name_key
from dedup.inputs.fields import FieldNames, RejectedRecord, list_names, text_value

#: The deepest level, and the most fields, among which the text of a record is searched.
MAX_LEVELS, MAX_FIELDS = 6, 2000
#: Names of objects that only group fields of the article: their fields count as if they stood beside the text.
_GROUPS = frozenset((
    "links", "urls", "link", "dates", "date", "times", "timestamps", "meta", "metadata", "attributes", "info", "head",
    "header", "headlines", "titles", "details", "fields", "properties", "publication", "published", "bibliographic",
))  # fmt: skip
#: Names of lists whose items are no articles, though they may have a text and an address.
_PARTS = frozenset((
    "comments", "replies", "responses", "paragraphs", "sentences", "images", "photos", "media", "videos", "captions",
    "tags", "keywords", "entities", "authors", "links", "related", "relatedarticles", "relatedstories", "quotes",
    "attachments", "embeds", "sections", "blocks",
))  # fmt: skip
#: What an item of a list must have beside a text, if the object around the list has one of these itself.
_IDENTIFYING = ("title", "url")


class _Field(NamedTuple):
    """A field at any level of a record: the path of names, and its value."""

    path: tuple[str, ...]
    value: Any

    @property
    def pointer(self) -> str:
        """The JSON pointer of the field."""
        return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in self.path)


def article_record(record: Mapping[str, Any], names: FieldNames) -> Mapping[str, Any]:
    """Return a record whose own fields hold the text; of a nested one a flat record of the fields that are used.

    A record without any text is returned as it is. Raises `RejectedRecord` for one with several.
    """
    if names.pointers:
        record = {**record, **{name: value for name in names.pointers if (value := pointed(record, name)) is not None}}
    if any(name in names.pointers for name in names.text) or not _is_nested(record) or has_text(record, names):
        return record
    fields = list(_fields(record))
    texts = [field for field in fields if field.value and _fills(field, "text", names) and _is_text(field)]
    if not texts:
        return record
    # Words of languages are names of the text only where it has no other name.
    texts = [field for field in texts if not names.is_word(field.path[-1])] or texts
    best: dict[tuple[str, ...], _Field] = {}
    for field in sorted(texts, key=lambda field: _rank(field, names)):
        best.setdefault(field.path[:-1], field)
    # As at the top, the text of an object stands before those of the objects in it.
    texts = [field for at, field in sorted(best.items()) if not any(at[:n] in best for n in range(len(at)))]
    if len({repr(field.value) for field in texts}) > 1:
        pointers = list_names([f"text={field.pointer}" for field in texts])
        raise RejectedRecord("no_text", f"several fields may be the text; choose one with --field: {pointers}")
    return _flat(record, texts[0], fields, names)


def flat_record(record: Mapping[str, Any], names: FieldNames) -> tuple[Mapping[str, Any], bytes]:
    """Return (the record whose own fields hold the text and the metadata, its text in UTF-8).

    It is the record itself, unless its text stands in an object in it. Raises `RejectedRecord`.
    """
    flat = article_record(record, names) if names.pointers else record
    try:
        return flat, names.text_bytes(flat)
    except RejectedRecord as rejection:
        first = rejection
    if not names.pointers and (flat := article_record(record, names)) is not record:
        return flat, names.text_bytes(flat)
    if first.reason == "no_text" and (pointers := text_pointers(record)):
        raise RejectedRecord("no_text", f"{first.detail}; it may be text={' or text='.join(pointers)}")
    raise first


def has_text(record: Mapping[str, Any], names: FieldNames) -> bool:
    """Return whether a record's own fields hold a text."""
    with suppress(RejectedRecord):
        return bool(names.text_bytes(record))
    return False


def pointed(value: Any, pointer: str) -> Any:
    """Return what a JSON pointer (RFC 6901) points at, None if it is not there."""
    for part in pointer[1:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple) and name.isascii() and name.isdigit() and len(name) < 10:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value


def text_pointers(record: Any) -> list[str]:
    """Return the pointers of fields that hold long texts, for a message: what `--field text=` could name."""
    fields = _fields(record) if isinstance(record, Mapping) else ()
    long = [(field.pointer, len(field.value)) for field in fields if _is_prose(field.value)]
    best = [pointer for pointer, size in sorted(long, key=lambda item: (-item[1], item[0]))[:3] if size >= 80]
    return [pointer[1:] if pointer.count("/") == 1 and "~" not in pointer else pointer for pointer in best]


def _is_prose(value: Any) -> bool:
    return isinstance(value, str) and " " in value


def wrapped_records(value: Any, names: FieldNames) -> list[Any] | None:
    """Return the records that an object or a list wraps; None for what is a record itself, or wraps none.

    A wrapper is a list of objects, an object with one or more lists of articles (`{"articles": [...]}`) at any level,
    or an object of articles by their ids.
    """
    if isinstance(value, list):
        return value if any(isinstance(item, Mapping) for item in value) else None
    if not isinstance(value, Mapping) or not _is_nested(value, lists=True) or has_text(value, names):
        return None
    strict = any(names.value(target, value) for target in _IDENTIFYING) and names.value("id", value) is not None
    lists = [items for items in _lists(value) if _are_articles(items, names, strict=strict)]
    if lists:
        return [item for items in lists for item in items]
    if len(value) > 1 and all(isinstance(item, Mapping) and has_text(item, names) for item in value.values()):
        identifier = names.of("id")[0]
        return [
            item if names.value("id", item) else {**item, identifier: key}
            for key, item in value.items()
        ]  # fmt: skip
    return None


def _is_nested(record: Mapping[str, Any], lists: bool = False) -> bool:
    kinds = (Mapping, list) if lists else Mapping
    return any(isinstance(value, kinds) for value in record.values())


def _fields(record: Mapping[str, Any]) -> Iterator[_Field]:
    """Yield the fields of a record and of the objects in it, level by level; objects in lists are left out."""
    level: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), record)]
    count = 0
    for _ in range(MAX_LEVELS):
        below: list[tuple[tuple[str, ...], Mapping[str, Any]]] = []
        for path, item in level:
            for name, value in item.items():
                count += 1
                if count > MAX_FIELDS:
                    return
                yield _Field((*path, name), value)
                if isinstance(value, Mapping):
                    below.append(((*path, name), value))
        level = below


def _fills(field: _Field, target: str, names: FieldNames) -> bool:
    place = names.place(field.path[-1])
    return place is not None and place[0] == target


def _rank(field: _Field, names: FieldNames) -> int:
    place = names.place(field.path[-1])
    return place[1] if place else 1 << 30


def _is_text(field: _Field) -> bool:
    if isinstance(field.value, Mapping) and not field.value:
        return False
    with suppress(RejectedRecord):
        return bool(text_value(field.value, field.path[-1]))
    return False


def _flat(record: Mapping[str, Any], text: _Field, fields: Sequence[_Field], names: FieldNames) -> Mapping[str, Any]:
    """Make a record of the text and of the metadata in the objects around it, the nearest first."""
    around = text.path[:-1]
    flat: dict[str, Any] = {names.text[0]: text.value}
    by_target: dict[str, list[tuple[int, int, str, Any]]] = {}
    for field in fields:
        place = names.place(field.path[-1])
        if place is None or place[0] == "text" or field.value is None or not names.suits(field.path[-1], field.value):
            continue
        *parents, _ = field.path
        side = parents[len(_common(parents, around)) :]
        # In an object beside the text only fields of a group count: the title of a section is not that of the article.
        if len(side) > 1 or (side and name_key(side[0]) not in _GROUPS):
            continue
        distance = len(around) - len(_common(parents, around))
        by_target.setdefault(place[0], []).append((distance, place[1], "/".join(field.path), field.value))
    for target, candidates in by_target.items():
        for _, _, _, value in sorted(candidates, key=lambda item: item[:3]):
            if names.column(target, {names.of(target)[0]: [value]}, 1)[0] is not None:
                flat[names.of(target)[0]] = value
                break
    flat.update((name, record[name]) for name in names.pointers if name in record)
    return flat


def _common(a: Sequence[str], b: Sequence[str]) -> Sequence[str]:
    """Return the common beginning of two paths."""
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:n]


def _lists(value: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the lists of objects in an object, in the order of the fields at each level."""
    for field in _fields(value):
        items = field.value
        if isinstance(items, list) and items and name_key(field.path[-1]) not in _PARTS:
            yield items


def _are_articles(items: list[Any], names: FieldNames, strict: bool) -> bool:
    """Return whether most of the first items of a list are articles. strict: each has a title or an address too."""
    sample = items[:20]
    good = 0
    for item in sample:
        if not isinstance(item, Mapping):
            continue
        with suppress(RejectedRecord):
            record = article_record(item, names)
            good += has_text(record, names) and (
                not strict or any(names.value(target, record) for target in _IDENTIFYING)
            )
    return 2 * good > len(sample)
