"""The truth about a corpus, as `stream` writes it beside the articles."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True)
class Truth:
    """What is true of one article.

    `stories`: ids of the first articles of the stories whose text it holds. `cluster`: the id of the first
    article of the cluster it belongs to, or None. `pairs`: ids of the articles it should be found together
    with. `passages`: ids that stand for passages which several stories print; two articles with one in common
    may be found to overlap. `agency`: who wrote it, where an agency did.
    """

    id: str
    kind: str
    stories: list[str]
    cluster: str | None
    pairs: list[str]
    passages: list[str]
    agency: str | None


def read_truth(path: Path) -> Iterator[Truth]:
    """The truth, an article at a time."""
    with path.open("rb") as file:
        for line in file:
            yield Truth(**orjson.loads(line))
