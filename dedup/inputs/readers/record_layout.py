"""Split the records of one set of names into text and metadata, in one call each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from dedup.inputs.batch_builder import BatchBuilder
from dedup.inputs.fields import needs_words


class RecordLayout:
    """Splits records that have the names of `record`, while they are in the cache.

    `values(record)` is the text, then the metadata up to `end` as in `BatchBuilder.rows`. It raises KeyError for a
    record with other names, if that has `width` names, and where the text must be searched or looked at first.
    """

    def __init__(self, record: Mapping[str, Any], builder: BatchBuilder) -> None:
        present = builder.present
        self.width = len(record)
        self.end = 1 + len(present)
        text = next(iter(() if builder.names.pointers else builder.names.text_fields(record)), None)
        self.values: Callable[[Any], Any] = _no_text
        if text is not None and not needs_words(text):
            names = [name for name in present if name in record]
            others = [name for name in record if name != text and name not in present]
            # The text is there twice, because a getter of one name returns no tuple.
            self.values = everything = itemgetter(*[text, *names, *others, text])
            if len(names) < len(present):
                some = [name if name in record else None for name in present]
                self.values = lambda record: (everything(record)[0], *[name and record[name] for name in some])


def _no_text(record: Any) -> Any:
    raise KeyError
