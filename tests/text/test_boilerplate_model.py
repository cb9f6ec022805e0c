"""What is learned of real pages, what must not be, and the model as a value and as a file."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import orjson
import pytest
import reference
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from site_texts import FOOTER, HEADER, STORIES, WIRE, page, paragraphs

import dedup
from dedup.errors import OutputError, UsageError
from dedup.inputs.batch import text_array
from dedup.settings import Settings
from dedup.text.boilerplate.learning import BoilerplateBlock, BoilerplateModel
from dedup.text.boilerplate.zones import strip

DOMAIN = "brookfield.example"
Row = dict[str, Any]


def rows(texts: list[str], domain: str | None = DOMAIN) -> list[Row]:
    return [{"id": f"{domain}-{i}", "domain": domain, "text": text} for i, text in enumerate(texts)]


def learned(some: list[Row], **options: Any) -> BoilerplateModel:
    with dedup.scan(some, threads=1, **options) as result:
        return result.furniture


def words(text: str) -> str:
    return " ".join(reference.tokens(text)[0])


def body(text: str, model: BoilerplateModel, domain: str | None = DOMAIN) -> str:
    """The folded words of the body of a text."""
    return strip(text_array([text]), None, text_array([domain]), model).tokens.text(0)


def clusters(some: list[Row], **options: Any) -> list[set[str]]:
    with dedup.scan(some, threads=1, **options) as result:
        return [{m.id for m in c.members} for c in result.clusters]


def invented(count: int, size: int = 5) -> list[str]:
    """Stories with nothing in common."""
    return [" ".join(strategies.sentences_of(f"filler {i}", [14] * size)) for i in range(count)]


# -- what is learned ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", [True, False])
def test_header_and_footer_over_twelve_stories(breaks: bool) -> None:
    pages = [page(story, HEADER, FOOTER, breaks=breaks) for story in STORIES]
    model = learned(rows(pages))
    assert model.names == (DOMAIN,)
    for story, text in zip(STORIES, pages, strict=True):
        left = body(text, model).split()
        told = words(story).split()
        if breaks:
            assert left == told
        else:  # a chunk in which furniture and story meet is no chunk of both
            assert set(told) <= set(left)
            assert len(left) - len(told) <= 0.25 * len(words(" ".join(HEADER + FOOTER)).split())


def test_other_pages_of_the_domain_and_no_others_are_cut() -> None:
    model = learned(rows([page(story, HEADER, FOOTER) for story in STORIES[:9]]))
    for story in STORIES[9:]:
        fresh = page(story, HEADER, FOOTER)
        assert body(fresh, model) == words(story)
        for other in ("elsewhere.example", None):
            assert body(fresh, model, other) == body(fresh, BoilerplateModel(), other) != words(story)


@pytest.mark.parametrize("name", ["Brookfield.Example", "www.brookfield.example", "brookfield.example:8080"])
def test_a_domain_is_one_domain_however_it_is_written(name: str) -> None:
    pages = [page(story, HEADER, FOOTER) for story in STORIES]
    some = rows(pages[:6]) + [{**row, "domain": name} for row in rows(pages, "x")[6:]]
    model = learned(some)
    assert model.names == (DOMAIN,)
    assert model.size.tolist() == [12]
    assert body(pages[0], model, name) == words(STORIES[0])


def test_headlines_that_rotate_between_learned_blocks_are_cut_with_them() -> None:
    def footer(i: int) -> list[str]:
        return [FOOTER[0], " ".join(strategies.invented(f"headline {i}", 9)), FOOTER[1], FOOTER[2]]

    pages = [page(story, HEADER, footer(i)) for i, story in enumerate(STORIES)]
    model = learned(rows(pages))
    assert [body(text, model) for text in pages] == [words(story) for story in STORIES]


def test_a_page_that_is_menu_only_has_an_empty_body_and_no_match() -> None:
    pages = [page(story, HEADER, FOOTER) for story in STORIES] + ["\n".join(HEADER + FOOTER)] * 2
    some = rows(pages)
    model = learned(some)
    assert body(pages[-1], model) == ""
    assert clusters(some) == []
    with dedup.scan(some, threads=1) as result:
        assert result.summary["counts"]["too_short"] == 2
        assert result.summary["furniture"]["domains"] == 1
        assert result.summary["furniture"]["blocks"] >= len(HEADER + FOOTER)


def test_stories_that_share_a_frame_only_are_no_pair_and_copies_under_two_frames_are_one() -> None:
    frames = {f"site{s}.example": strategies.sentences_of(f"frame {s}", [14, 11, 17, 12, 16, 13]) for s in "ab"}
    some = [
        row
        for domain, frame in frames.items()
        for row in rows([page(story, frame[:3], frame[3:]) for story in STORIES], domain)
    ]
    expected = [{f"sitea.example-{i}", f"siteb.example-{i}"} for i in range(len(STORIES))]
    with dedup.scan(some, threads=1) as result:
        assert sorted(sorted(m.id for m in c.members) for c in result.clusters) == sorted(map(sorted, expected))
        assert {pair.relation.value for pair in result.pairs} == {"identical"}


# -- the guard ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", [True, False])
@pytest.mark.parametrize("times", [3, 4, 10, 25])
def test_a_wire_story_is_no_furniture_however_often_a_domain_carries_it(times: int, breaks: bool) -> None:
    wire = paragraphs(WIRE, breaks=breaks)
    alone = learned(rows([wire] * times))
    assert not alone
    pages = [page(story, HEADER, FOOTER, breaks=breaks) for story in STORIES]
    framed = page(wire, HEADER, FOOTER, breaks=breaks)
    some = rows(pages + [framed] * times)
    model = learned(some)
    assert model
    told, left = words(wire).split(), body(framed, model).split()
    assert set(told) <= set(left)
    assert len(left) >= len(told)
    assert {f"{DOMAIN}-{i}" for i in range(12, 12 + times)} in clusters(some)


@pytest.mark.parametrize("times", [4, 10])
def test_nor_if_the_furniture_around_it_differs(times: int) -> None:
    wire = paragraphs(WIRE)
    frames = [strategies.sentences_of(f"frame {i}", [12, 9, 15, 11]) for i in range(times)]
    framed = [page(wire, frame[:2], frame[2:]) for frame in frames]
    model = learned(rows([page(story, HEADER, FOOTER) for story in STORIES] + framed))
    for text in framed:
        assert words(wire) in body(text, model)


@pytest.mark.parametrize("times", [4, 10])
@pytest.mark.parametrize("seed", range(3))
def test_nor_if_each_copy_was_edited_a_little(times: int, seed: int) -> None:
    rng = random.Random(seed)
    copies = []
    for i in range(times):
        sentences = list(WIRE)
        sentences[rng.randrange(len(WIRE))] = strategies.sentences_of(f"edit {seed} {i}", [14])[0]
        copies.append(sentences)
    framed = [page(paragraphs(copy), HEADER, FOOTER) for copy in copies]
    some = rows([page(story, HEADER, FOOTER) for story in STORIES] + framed)
    model = learned(some)
    for copy, text in zip(copies, framed, strict=True):
        assert body(text, model) == words(paragraphs(copy))
    assert {f"{DOMAIN}-{i}" for i in range(12, 12 + times)} in clusters(some)


@pytest.mark.parametrize("times", [4, 10])
def test_nor_if_each_version_has_a_new_paragraph_on_top(times: int) -> None:
    fresh = strategies.sentences_of("news", [30] * times)
    versions = ["\n".join([*fresh[:i][::-1], paragraphs(WIRE)]) for i in range(1, times + 1)]
    framed = [page(version, HEADER, FOOTER) for version in versions]
    model = learned(rows([page(story, HEADER, FOOTER) for story in STORIES] + framed))
    assert [body(text, model) for text in framed] == [words(version) for version in versions]


def test_a_standing_paragraph_of_three_stories_in_two_hundred_is_none() -> None:
    standing = "\n".join(WIRE[3:5])
    pages = invented(197) + [f"{story}\n{standing}" for story in STORIES[:3]]
    model = learned(rows(pages))
    assert not model
    assert [body(text, model) for text in pages[197:]] == [words(text) for text in pages[197:]]


def test_a_line_of_a_few_stories_on_two_domains_is_kept() -> None:
    """A licence line or a quote; on one domain alone the same line is taken for its own."""
    line = "Reprinted from the Open Archive of Science under the terms of licence seven"
    pages = [f"{text}\n{line}" if i < 4 else text for i, text in enumerate(invented(60))]
    others = [f"{text}\n{line}" if i < 4 else text for i, text in enumerate(invented(120)[60:])]
    assert words(line) not in body(pages[0], learned(rows(pages)))
    model = learned(rows(pages) + rows(others, "other.example"))
    assert words(line) in body(pages[0], model)
    assert words(line) in body(others[0], model, "other.example")


def test_a_credit_line_that_recurs_still_names_its_agency() -> None:
    pages = [page(story, HEADER, ["(Reporting by Ann Lee; Editing by Tom Fox)", *FOOTER]) for story in STORIES]
    some = rows([f"LONDON (Reuters) - {text}" for text in pages])
    for model in (None, learned(some)):
        with dedup.scan(some, threads=1, furniture=model) as result:
            assert {one["origin"]["name"] for one in result.origins} == {"Reuters"}


@pytest.mark.parametrize("count", [1, 2])
def test_a_domain_with_one_or_two_articles_is_left_to_the_rules(count: int) -> None:
    pages = [page(story, HEADER, [*FOOTER, "Follow us on Twitter and Facebook"]) for story in STORIES[:count]]
    model = learned(rows(pages))
    assert model == BoilerplateModel()
    assert "follow us" not in body(pages[0], model)
    assert words(FOOTER[2]) in body(pages[0], model)


@pytest.mark.parametrize("domain", [None, ""])
def test_articles_without_a_domain_teach_nothing(domain: str | None) -> None:
    pages = [page(story, HEADER, FOOTER) for story in STORIES]
    assert learned(rows(pages, domain)) == BoilerplateModel()


def test_words_that_stories_share_are_cut_only_as_whole_lines_or_sentences() -> None:
    """ "He said on Monday." closes many stories and is a piece of many sentences."""
    pages = [page(story, HEADER, [*FOOTER]) for story in STORIES]
    model = BoilerplateModel.of({DOMAIN: (12, [BoilerplateBlock("he said on monday", 5)])})
    assert "he said on monday" in body(f"{STORIES[0]} He said on Monday. {STORIES[1]}", model)
    assert "he said on monday" not in body(f"{STORIES[0]}\nHe said on Monday\n{STORIES[1]}", model)
    assert body(pages[0], model) == words(pages[0])


# -- the model as a value ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> BoilerplateModel:
    return learned(rows([page(story, HEADER, FOOTER) for story in STORIES]))


def test_people_can_read_the_file(model: BoilerplateModel, tmp_path: Path) -> None:
    model.save(tmp_path / "f.json")
    data = json.loads((tmp_path / "f.json").read_text())
    assert data["version"] == 2
    assert list(data["domains"]) == [DOMAIN]
    assert data["domains"][DOMAIN]["articles"] == 12
    blocks = {block["text"]: block["articles"] for block in data["domains"][DOMAIN]["blocks"]}
    assert blocks == {words(line): 12 for line in HEADER + FOOTER}


def test_a_saved_model_is_the_model(model: BoilerplateModel, tmp_path: Path) -> None:
    model.save(tmp_path / "f.json")
    again = BoilerplateModel.load(tmp_path / "f.json")
    assert again == model
    assert hash(again) == hash(model)
    assert again.digest == model.digest
    assert again.key.tolist() == model.key.tolist()
    assert again.to_bytes() == (tmp_path / "f.json").read_bytes()


def test_the_fingerprint_of_settings_knows_the_model(model: BoilerplateModel) -> None:
    fewer = BoilerplateModel.of({name: (12, blocks[1:]) for name, blocks in model.domains.items()})
    renamed = BoilerplateModel.of({"other.example": (12, model.domains[DOMAIN])})
    marks = [Settings(furniture=f).fingerprint() for f in (None, BoilerplateModel(), model, fewer, renamed)]
    assert len(set(marks)) == 5
    assert (
        Settings(furniture=BoilerplateModel.of({n: (12, b) for n, b in model.domains.items()})).fingerprint()
        == marks[2]
    )


def test_furniture_of_another_type_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"BoilerplateModel\.load"):
        dedup.scan([], furniture="f.json")


def test_compare_uses_the_model(model: BoilerplateModel) -> None:
    a, b = ({"text": page(story, HEADER, FOOTER), "domain": DOMAIN} for story in (STORIES[0], STORIES[1]))
    bare = {"text": STORIES[0], "domain": "other.example"}
    assert dedup.compare(a, b, furniture=model) is None
    match = dedup.compare(a, bare, furniture=model)
    assert match is not None
    assert (match.relation.value, match.resemblance) == ("identical", 1.0)
    (passage,) = match.passages
    assert a["text"][passage.a_start : passage.a_end] == STORIES[0].rstrip(".")
    unaware = dedup.compare(a, bare)
    assert unaware is None or unaware.relation.value != "identical"


def test_signatures_know_the_model(model: BoilerplateModel) -> None:
    text, bare = page(STORIES[0], HEADER, FOOTER), dedup.minhash(STORIES[0])
    assert dedup.minhash({"text": text, "domain": DOMAIN}, furniture=model).jaccard(bare) == 1.0
    assert dedup.minhash({"text": text, "domain": DOMAIN}).jaccard(bare) < 1.0


def test_names_of_one_domain_are_put_together() -> None:
    made = BoilerplateModel.of(
        {
            "WWW.b.example": (3, [BoilerplateBlock("one two", 3)]),
            "b.example:80": (4, [BoilerplateBlock("three four", 4)]),
        }
    )
    assert made.domains == {"b.example": (BoilerplateBlock("three four", 4), BoilerplateBlock("one two", 3))}
    assert made.size.tolist() == [7]


@pytest.mark.parametrize("text", ["", "...", "word " * 32])
def test_what_is_no_block_is_no_block(text: str) -> None:
    with pytest.raises(ValueError, match="1 to 31 words"):
        BoilerplateModel.of({DOMAIN: (3, [BoilerplateBlock("good enough", 3), BoilerplateBlock(text, 3)])})


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"null", b"[]", b"1", b'"x"', b"\xff\xfe", b'{"domains": {}}', b'{"version": 2}',
        b'{"version": 2, "domains": []}', b'{"version": 2, "domains": {"a": 1}}',
        b'{"version": 2, "domains": {"a": {"articles": "x", "blocks": []}}}',
        b'{"version": 2, "domains": {"a": {"articles": 1e999, "blocks": []}}}',
        b'{"version": 2, "domains": {"a": {"articles": 99999999999999999999999, "blocks": []}}}',
        b'{"version": 2, "domains": {"a": {"articles": 3, "blocks": ["x"]}}}',
        b'{"version": 2, "domains": {"a": {"articles": 3, "blocks": [{"text": "", "articles": 3}]}}}',
        b'{"version": 2, "domains": {"a": {"articles": 3, "blocks": [{"text": "a", "articles": 1e30}]}}}',
        b'{"version": 9, "domains": {}}', b'{"version": "new", "future": []}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        BoilerplateModel.load(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    if b'"version": 9' in content or b"new" in content:
        assert "learn it anew" in str(caught.value)


@settings(max_examples=200)
@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["version", "domains", "a.example", "articles", "blocks", "text"]), inner),
    max_leaves=12,
))  # fmt: skip
def test_any_json_is_a_model_or_a_usage_error(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.mktemp("any") / "f.json"
    body = {"version": 2, "domains": {"a.example": value}} if not isinstance(value, dict) else {"version": 2, **value}
    path.write_bytes(orjson.dumps(body))
    try:
        made = BoilerplateModel.load(path)
    except UsageError as error:
        said: Any = str(error)
    else:
        said = None
        assert BoilerplateModel.load(path) == made
    assert said is None or said.startswith(str(path))


def test_missing_files_and_folders(tmp_path: Path, model: BoilerplateModel) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        BoilerplateModel.load(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        BoilerplateModel.load(tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        model.save(tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        model.save(tmp_path / "no" / "f.json")


@settings(max_examples=25)
@given(st.lists(strategies.texts(), min_size=1, max_size=5), st.lists(strategies.texts(), max_size=3))
def test_a_model_of_any_text_can_be_saved(head: list[str], foot: list[str]) -> None:
    """Folded words are read again as what they are, or not learned."""
    pages = ["\n".join([*head, story, *foot]) for story in STORIES]
    made = learned(rows(pages))
    again = BoilerplateModel.of({name: (12, blocks) for name, blocks in made.domains.items()})
    assert again == made
    assert again.key.tolist() == made.key.tolist()


def test_the_name_of_before_still_works() -> None:
    from dedup.text.boilerplate import learning

    with pytest.warns(DeprecationWarning, match="BoilerplateModel"):
        assert learning.Furniture is BoilerplateModel
    with pytest.raises(AttributeError, match="no_such_name"):
        learning.no_such_name  # noqa: B018
