"""Bodies without the chunks that were marked: words, folded bytes and places are those of a body cut at once."""

from __future__ import annotations

import numpy as np
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.articles.batch import text_array
from dedup.articles.chunks import CHUNK_LENGTH, chunk_kernel, repeated_head
from dedup.articles.fold import SINGLE_RANGES
from dedup.articles.recut import pack_kernel, recut_kernel
from dedup.articles.tokens import tokenise


@settings(max_examples=150)
@given(st.lists(strategies.texts() | strategies.long_texts(), min_size=1, max_size=5), st.data())
def test_recut_is_the_tokens_that_stay(texts: list[str], data: st.DataObject) -> None:
    tokens = tokenise(text_array(texts))
    n = len(texts)
    low, high = tokens.folded_start[tokens.first], tokens.folded_start[tokens.last]
    folded = pack_kernel(tokens.folded, low, high)
    assert folded.tobytes() == b"".join(tokens.folded[a:b].tobytes() for a, b in zip(low, high, strict=True))
    folded = np.append(folded, np.zeros(64, np.uint8))
    folded_first = np.append(0, np.cumsum(high - low))
    word_first = np.append(tokens.first, tokens.last[-1:])
    chunks, chunk_first = chunk_kernel(tokens.word, tokens.first, tokens.last)
    zone = np.array(data.draw(st.lists(st.sampled_from([0, 0, 1, 2, 4]), min_size=len(chunks), max_size=len(chunks))))
    zone = zone.astype(np.uint8)
    row = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1)))), np.int64)
    word, begin, end, text, starts, single, shift = recut_kernel(
        row, tokens.word, word_first, folded, folded_first, chunks, chunk_first, zone
    )
    assert len(starts) == len(word) + 1
    stays = np.repeat(zone == 0, chunks & CHUNK_LENGTH)
    for x, i in enumerate(row.tolist()):
        kept = stays[tokens.first[i] : tokens.last[i]]
        whole = [w for w, keep in zip(tokens.text(i).split(), kept, strict=True) if keep]
        body = tokens.words(i)[kept]
        skip = repeated_head(body, 0, len(body))
        expected = whole[skip:]
        assert word[begin[x] : end[x]].tolist() == body[skip:].tolist()
        got = text[starts[begin[x]] : starts[end[x]]].tobytes().decode()
        assert got == "".join(f"{w} " for w in expected)
        sizes = [starts[t + 1] - starts[t] for t in range(begin[x], end[x])]
        assert sizes == [len(w.encode()) + 1 for w in expected]
        assert single[x] == sum(any(low <= ord(w[0]) <= high for low, high in SINGLE_RANGES) for w in whole)
        pieces = int(np.diff(np.append(0, kept.astype(int))).clip(0).sum())
        assert shift[x] == (-1 if pieces > 1 else int(np.argmax(kept)) + skip if pieces else 0)
