"""An article that comes in alone is digested as in a batch; and a batch as the scan digests it, article by article."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index.ingest import NewArticle, digest_batch, digest_one
from dedup.inputs.fields import RejectedRecord
from dedup.inputs.read import read_objects
from dedup.model import Article
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel
from tests.strategies import long_texts, texts

LEARNED = BoilerplateModel.of({"b.example": (40, [BoilerplateBlock("subscribe to our daily letter", 30)])})
SETTINGS = [
    Settings(furniture=BoilerplateModel()),
    Settings(furniture=LEARNED),
    Settings(furniture=BoilerplateModel(), fields=(("text", "content"), ("title", "line"))),
]
STORY = "The mill in {} burnt down on Tuesday, said the {} brigade, and 12 people of Lower Calder were hurt. "
LINES = [
    "SEOUL (AP) — ",
    "Subscribe to our daily letter.\n",
    "(Reuters)",
    "By Jane Roe\n\n",
    "© 2024 AFP",
    "中文新闻报道",
]


@st.composite
def stories(draw: st.DrawFn) -> str:
    """Texts with credits and furniture, some long enough to be compared."""
    places = draw(st.lists(st.sampled_from(["Oslo", "Großau", "Lima", "東京"]), max_size=5))
    body = "".join(STORY.format(place, i % 3) for i, place in enumerate(places))
    return draw(st.sampled_from(["", *LINES])) + body + draw(st.sampled_from(["", *(f"\n\n{line}" for line in LINES)]))


VALUES = st.one_of(st.none(), st.just(""), st.just("  "), texts(), st.text(max_size=5), st.integers(0, 10**13))
RECORDS = st.fixed_dictionaries(
    {"text": stories() | long_texts() | texts()},
    optional={
        "content": stories(),
        "line": VALUES,
        "id": VALUES,
        "uuid": VALUES,
        "title": VALUES | st.sampled_from(["UPDATE 1-Mill burns", "\ud800 Mill"]),
        "url": st.sampled_from(
            ["https://www.b.example/x", "b.example/y", "nonsense", None, "http://a\udfffb.example/"]
        ),
        "domain": st.sampled_from(["b.example", "WWW.b.example", "apnews.com", "", None, 7]),
        "published": VALUES | st.sampled_from(["2024-03-01", "2024-03-01T08:00:00Z"]),
        "authors": VALUES | st.sampled_from([["Jane Roe", "Associated Press"], {"name": "Reuters"}, "AFP"]),
        "meta": st.sampled_from([None, {}, {"credit": "Reuters"}, '{"canonical": "https://apnews.com/a/b-c"}', "odd"]),
    },
)


def values(article: NewArticle) -> list[Any]:
    """All that is stored of an article."""
    fields = [getattr(article, name) for name in NewArticle.__slots__ if name not in ("sketch", "tokens")]
    return [*fields, *(part.tolist() for part in astuple(article.sketch)), article.tokens.tolist()]


@settings(max_examples=200, deadline=None)
@given(RECORDS, st.sampled_from(SETTINGS))
def test_one_article_is_digested_as_a_batch_of_one(record: dict[str, Any], chosen: Settings) -> None:
    (batch,) = read_objects([record], chosen)
    if batch.rejects:
        with pytest.raises(RejectedRecord) as refused:
            digest_one(record, chosen, 5.0)
        assert (refused.value.reason, refused.value.detail) == (batch.rejects[0].reason, batch.rejects[0].detail)
        return
    (expected,) = digest_batch(batch, chosen, 5.0)
    assert values(digest_one(record, chosen, 5.0)) == values(expected)


@settings(max_examples=50, deadline=None)
@given(st.lists(RECORDS, max_size=6), st.sampled_from(SETTINGS))
def test_a_batch_is_its_articles(records: list[dict[str, Any]], chosen: Settings) -> None:
    def digested(records: list[dict[str, Any]]) -> list[list[Any]]:
        batches = read_objects(records, chosen)
        return [values(article) for batch in batches for article in digest_batch(batch, chosen, 5.0)]

    assert digested(records) == [article for record in records for article in digested([record])]


def test_an_article_and_what_is_none() -> None:
    chosen = SETTINGS[2]
    article = Article(STORY.format("Oslo", 1) * 4, id="a", title="Mill", domain="b.example", published="2024-03-01")
    (batch,) = read_objects([article], chosen)
    (expected,) = digest_batch(batch, chosen)
    assert values(digest_one(article, chosen)) == values(expected)
    assert expected.row.title == "Mill"
    assert len(expected.sketch.band)
    with pytest.raises(RejectedRecord, match="null_record"):
        digest_one(None, chosen)
    with pytest.raises(RejectedRecord, match="not_an_object"):
        digest_one(7, chosen)
    with pytest.raises(RejectedRecord, match="empty_text"):
        digest_one(replace(article, text=" "), chosen)
