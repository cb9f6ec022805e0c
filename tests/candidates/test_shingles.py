"""Shingle ids, signatures, fingerprints and passages: bit for bit those of the reference."""

from __future__ import annotations

import itertools

import numba as nb
import numpy as np
import pyarrow as pa
import pytest
import reference
import xxhash
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ALPHABETS, long_texts

import dedup
from dedup.candidates.digest import digest, fingerprints, shingle_ids
from dedup.candidates.minhash import permutations, signature_kernel, to_datasketch
from dedup.candidates.passages import _sample, sketch_kernel
from dedup.candidates.shingles import shingle_sizes, xxh64, xxh64_lanes
from dedup.kernels.simd import load_lanes, store_lanes
from dedup.settings import Settings
from dedup.text.boilerplate.headlines import Headlines
from dedup.text.boilerplate.zones import Bodies, strip
from dedup.text.tokens import tokenise

SENTENCE = "The council voted on Tuesday to close the old bridge for repairs that may take until next spring"
WORDS = SENTENCE.split()
STORY = " ".join(f"{word}{i}" for i, word in enumerate(WORDS * 6))


def whole(texts: list[str]) -> Bodies:
    """Texts as bodies, nothing cut."""
    tokens = tokenise(pa.array(texts, pa.large_string()), repair=False)
    return Bodies(tokens, np.zeros((0, 4), np.int64), Headlines.of(None, None, len(tokens)), tokens)


def integers(fingerprint: np.ndarray) -> list[int]:
    return [high << 64 | low for high, low in fingerprint.tolist()]


def check(texts: list[str], k: int = 5, num_perm: int = 128, seed: int = 1, rate: int = 8) -> None:
    bodies = whole(texts)
    ids, id_first, sizes = shingle_ids(bodies, k)
    signatures = signature_kernel(ids, id_first[:-1], id_first[1:], *permutations(num_perm, seed))
    expected = [reference.shingle_ids(text, k) for text in texts]
    assert sizes.tolist() == [reference.shingle_size(text, k) for text in texts]
    assert [ids[a:b].tolist() for a, b in itertools.pairwise(id_first)] == expected
    for signature, own in zip(signatures, expected, strict=True):
        made = reference.minhash(own, num_perm, seed)
        assert signature.tolist() == made.hashvalues.tolist()
        assert to_datasketch(signature, seed).jaccard(made) == 1.0
    assert integers(fingerprints(bodies)) == [reference.fingerprint(reference.tokens(text)[0]) for text in texts]
    tokens = bodies.tokens
    *_, passages = sketch_kernel(tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes, 0, rate)
    assert passages.tolist() == sample(expected, rate)


def sample(ids: list[list[int]], rate: int) -> list[int]:
    """The passages of bodies with these shingle ids."""
    return [(key << 32) | row for row, own in enumerate(ids) for key in reference.passages(own, rate)]


@settings(max_examples=300)
@given(st.lists(long_texts(), max_size=3), st.integers(1, 8), st.integers(1, 9))
def test_everything_equals_the_reference(texts: list[str], k: int, rate: int) -> None:
    check(texts, k=k, rate=rate, num_perm=32)


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_each_script_equals_the_reference(alphabet: list[str]) -> None:
    check(["".join(alphabet * 3), " ".join(alphabet * 3), STORY + "".join(alphabet)])


@pytest.mark.parametrize(("k", "num_perm", "seed"), [(1, 16, 0), (5, 128, 1), (5, 126, 42), (32, 1024, 2**32 - 1)])
def test_settings_reach_the_numbers(k: int, num_perm: int, seed: int) -> None:
    check(
        [STORY, "seven words are not quite enough here", "eight words are quite enough here for once", ""],
        k,
        num_perm,
        seed,
    )


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 2048, 5000])
def test_bodies_around_the_size_of_a_block(count: int) -> None:
    check([" ".join(f"w{i}" for i in range(count)), STORY], num_perm=16)


@settings(max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 9))
def test_xxh64(data: bytes, at: int) -> None:
    padded = np.frombuffer(bytes(at) + data + bytes(40), np.uint8)
    assert int(xxh64(padded, at, len(data))) == xxhash.xxh64_intdigest(data)


@nb.njit
def _eight(folded, start, stop, out):
    store_lanes(out, 0, xxh64_lanes(folded, load_lanes(start, 0), load_lanes(stop, 0)))


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=200), min_size=8, max_size=8))
def test_xxh64_of_eight_texts_at_once(values: list[bytes]) -> None:
    stop = np.cumsum([len(value) for value in values])
    out = np.zeros(8, np.uint64)
    padded = np.frombuffer(b"".join(values) + bytes(40), np.uint8)
    _eight(padded, stop - [len(value) for value in values], stop, out)
    assert out.tolist() == [xxhash.xxh64_intdigest(value) for value in values]


@settings(max_examples=100)
@given(st.lists(long_texts(), max_size=4), st.integers(1, 8), st.integers(1, 9), st.integers(0, 60))
def test_a_sketch_is_the_ids_of_short_bodies_and_the_passages_of_all(
    texts: list[str], k: int, rate: int, longest: int
) -> None:
    bodies = whole(texts)
    tokens = bodies.tokens
    ids, id_first, sizes = shingle_ids(bodies, k)
    made, made_first, passages = sketch_kernel(
        tokens.folded, tokens.folded_start, tokens.first, tokens.last, sizes, longest, rate
    )
    own = [ids[a:b].tolist() for a, b in itertools.pairwise(id_first)]
    assert [made[a:b].tolist() for a, b in itertools.pairwise(made_first)] == [
        values if len(values) <= longest else [] for values in own
    ]
    assert len(made) == made_first[-1]
    assert passages.tolist() == sample(own, rate)


@pytest.mark.parametrize("rate", [1, 2, 3, 6, 7, 8, 48, 2**31, 2**32 - 1])
def test_passages_are_the_ids_whose_high_half_the_rate_divides(rate: int) -> None:
    high = sorted({0, 1, rate - 1, rate, rate + 1, 3 * rate, 2**32 - 1, 2**32 // rate * rate, 2**31})
    high = [value for value in high if value < 2**32]
    ids = np.array([value << 32 | 5 for value in high], np.uint64)
    expected = [5 << 32 | 3 for value in high if value % rate == 0]
    out = np.empty(len(ids) + 1, np.uint64)
    assert out[: _sample(ids, 3, rate, out, 0)].tolist() == expected


def test_k_doubles_where_most_tokens_are_single_characters() -> None:
    half, most = np.array([10, 11]), np.array([5, 6])
    assert shingle_sizes(half, most, 5).tolist() == [5, 10]
    assert shingle_sizes(np.array([0]), np.array([0]), 5).tolist() == [5]
    bodies = whole(["中国新华社北京电记者昨日报道", "the 中 and 国 are the only ones among words"])
    assert shingle_ids(bodies, 5)[2].tolist() == [10, 5]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("كِتَابٌ جَدِيدٌ ", "كتاب جديد "),
        ("שָׁלוֹם לְכֻלָּם ", "שלום לכולם ".replace("לכולם", "לכלם")),
        ("Straße und Kli\u00adma ", "STRASSE UND KLIMA "),
        ("Kim’s \u200djob ", "Kim's job "),
        ("ﬁnal Ⅷ ", "final viii "),
        ("e\u0301cole ", "école "),
    ],
    ids=["arabic points", "hebrew points", "sharp s", "apostrophe", "ligature", "accents"],
)
def test_spellings_of_one_text_are_one_body(left: str, right: str) -> None:
    one, other = dedup.minhash(left * 8), dedup.minhash(right * 8)
    assert one.jaccard(other) == 1.0
    assert np.array_equal(*fingerprints(whole([left * 8, right * 8])))


@pytest.mark.parametrize(("left", "right"), [("कुल ", "कल "), ("ปี ", "ปู "), ("ば ", "は ")])
def test_words_that_differ_in_a_mark_are_two_bodies(left: str, right: str) -> None:
    assert dedup.minhash(left * 24).jaccard(dedup.minhash(right * 24)) == 0.0


# -- bodies after furniture ---------------------------------------------------------------------------------------

FRAMED = (
    "Share this @example.com\n\n{}\n\nShare this @example.com\nYou May Also Like\nCats of the week\n\nDogs of the week"
)


@settings(max_examples=100)
@given(st.lists(long_texts(), min_size=1, max_size=4))
def test_digest_equals_the_reference_on_bodies(texts: list[str]) -> None:
    """Whatever furniture takes, ids and fingerprint are those of the body's tokens."""
    values = [FRAMED.format(text) for text in texts] + [STORY]
    chosen = Settings(num_perm=32)
    made = digest(pa.array(values, pa.large_string()), None, chosen)
    tokens = made.bodies.tokens
    ids, id_first, sizes = shingle_ids(made.bodies, 5)
    assert made.count.tolist() == (tokens.last - tokens.first).tolist()
    assert made.size.tolist() == sizes.tolist()
    for i in range(len(values)):
        words = tokens.text(i).split()
        assert len(words) == made.count[i]
        assert integers(made.fingerprint[i : i + 1]) == [reference.fingerprint(words)]
        own = [xxhash.xxh64_intdigest(s.encode()) for s in reference.shingles(words, int(sizes[i]))]
        assert ids[id_first[i] : id_first[i + 1]].tolist() == own


def test_digest_is_the_same_in_any_batch() -> None:
    values = [STORY, FRAMED.format(STORY), "中国新华社" * 20, "", None, "short one", STORY.upper()]
    together = digest(pa.array(values, pa.large_string()), None, Settings())
    rank = (together.passage & np.uint64(0xFFFFFFFF)).astype(int)
    for i, value in enumerate(values):
        alone = digest(pa.array([value], pa.large_string()), None, Settings())
        assert alone.count[0] == together.count[i]
        assert alone.size[0] == together.size[i]
        assert alone.fingerprint[0].tolist() == together.fingerprint[i].tolist()
        assert (together.banded == i).any() == len(alone.banded)
        assert alone.band.tolist() == together.band[:, together.banded == i].tolist()
        assert (alone.passage >> np.uint64(32)).tolist() == (together.passage[rank == i] >> np.uint64(32)).tolist()


def test_furniture_leaves_no_trace_in_the_numbers() -> None:
    story = " ".join(f"{word}{i // len(WORDS)}" for i, word in enumerate(WORDS * 3)) + "."
    made = digest(pa.array([story, FRAMED.format(story)]), None, Settings())
    assert made.fingerprint[0].tolist() == made.fingerprint[1].tolist()
    assert made.banded.tolist() == [0, 1]
    assert made.band[:, 0].tolist() == made.band[:, 1].tolist()


# -- hand-over to datasketch --------------------------------------------------------------------------------------


def test_minhash_is_the_one_of_the_reference() -> None:
    made = dedup.minhash(STORY)
    assert isinstance(made, MinHash)
    expected = reference.minhash(reference.shingle_ids(STORY))
    assert made.jaccard(expected) == 1.0
    assert made == expected
    assert made.scheme == "affine32"


@pytest.mark.parametrize(("num_perm", "seed", "shingle_size"), [(64, 7, 3), (256, 1, 5)])
def test_minhash_takes_settings(num_perm: int, seed: int, shingle_size: int) -> None:
    made = dedup.minhash({"text": STORY}, num_perm=num_perm, seed=seed, shingle_size=shingle_size)
    assert made == reference.minhash(reference.shingle_ids(STORY, shingle_size), num_perm, seed)


def test_a_signature_can_be_updated_merged_and_copied() -> None:
    """It is a whole MinHash: its permutations are there, not only its hash values."""
    made = dedup.minhash(STORY)
    same = reference.minhash(reference.shingle_ids(STORY))
    for minhash in (made, same):
        minhash.hashfunc = lambda value: value
        minhash.update(12345)
    assert made == same
    other = dedup.minhash(STORY.replace("council", "parish"))
    union = made.copy()
    union.merge(other)
    assert union.hashvalues.tolist() == np.minimum(made.hashvalues, other.hashvalues).tolist()


def test_a_lsh_that_is_filled_with_our_signatures_finds_what_it_should() -> None:
    stories = {f"s{n}": " ".join(f"{word}{n}" for word in WORDS * 6 + [str(i) for i in range(90)]) for n in range(20)}
    index = MinHashLSH(threshold=0.7, num_perm=128)
    with index.insertion_session() as session:
        for name, text in stories.items():
            session.insert(name, dedup.minhash(text))
    for name, text in stories.items():
        assert index.query(dedup.minhash(text)) == [name]
        assert index.query(dedup.minhash("Share this @example.com\n\n" + text + " Something new at its end.")) == [name]
        # A signature that somebody else computed, from the specification, finds them too.
        assert index.query(reference.minhash(reference.shingle_ids(text))) == [name]
    assert index.query(dedup.minhash("Nothing of all this is in the index, not even a little piece of it.")) == []


def test_furniture_of_a_lone_article_is_cut_before_hashing() -> None:
    bodies = strip(pa.array([FRAMED.format(" ".join(WORDS * 3) + ".")]))
    assert dedup.minhash(FRAMED.format(" ".join(WORDS * 3) + ".")) == reference.minhash(
        reference.shingle_ids(bodies.tokens.text(0))
    )
