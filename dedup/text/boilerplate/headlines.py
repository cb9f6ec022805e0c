"""The titles of articles, by which a headline that is printed in a text is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.inputs.text_buffers import Buffers
from dedup.text.boilerplate import rules
from dedup.text.site_names import without_site_names
from dedup.text.tokens import Tokens, tokenise


class TitleWords(NamedTuple):
    """The titles of n articles for the kernel: of article i they are `word[first[i] : last[i]]`, uint32.

    first, last (n,) int64; is_untitled (n,) bool: a headline may stand in the text alone. must_be_lines: a title at the
    head of a text is one only on its own line.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    word: NDArray[np.uint32]
    is_untitled: NDArray[np.bool_]
    must_be_lines: bool


class Headlines(NamedTuple):
    """The words of the titles of n articles.

    last (n,) int64: where each ends without the name of its site. is_untitled (n,) bool: articles that have none, of
    which the text may begin with one.
    """

    tokens: Tokens
    last: NDArray[np.int64]
    is_untitled: NDArray[np.bool_]
    domains: pa.Array | None

    @classmethod
    def of(cls, titles: pa.Array | Buffers | None, domains: pa.Array | None, n: int) -> Headlines:
        """Those of n articles, of which titles and domains may not be known."""
        tokens = tokenise(titles if titles is not None else pa.nulls(n, pa.large_string()))
        last = tokens.last if domains is None else without_site_names(tokens, domains)
        return cls(tokens, last, tokens.first == tokens.last, domains)

    def without(self, first: NDArray[np.int64], rule: NDArray[np.int16]) -> Headlines:
        """The same, but no text has a second headline; first (n,) int64: of their tokens, rule (t,) int16: of all."""
        if not self.is_untitled.any():
            return self
        is_untitled = self.is_untitled.copy()
        has_headline = (rule == rules.RULE_TITLE) | (rule == rules.RULE_HEADLINE)
        is_untitled[np.searchsorted(first, np.flatnonzero(has_headline), "right") - 1] = False
        return self._replace(is_untitled=is_untitled)
