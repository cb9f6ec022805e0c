"""The words outside quotation marks: they tell a text that was taken over from two reports of one speech.

Two reporters who heard the same words quote them, each between words of their own. An interview that was taken over
has the words between the quotations too, in the same order. So what is counted are the words that stand outside
quotation marks in both bodies.
"""

from __future__ import annotations

from dedup.comparison import align as c
from dedup.kernels.jit import scalar_kernel
from dedup.text.tokens import QUOTED


@scalar_kernel
def narration(word, a_first, b_first, b_last, k_a, k_b, runs, n, out):
    """Fill the features of the words outside quotation marks: OUTSIDE and NARRATION.

    word (m,) uint32: a is `word[a_first:]`, b is `word[b_first:b_last]`; k_a, k_b: words of a shingle. runs (3, room)
    int32: the first n are those of `match_runs`. out (features,) int32: the features of the pair.
    """
    outside = in_order = 0
    for i in range(b_first, b_last):
        outside += word[i] & QUOTED == 0
    end_a = end_b = 0
    for run in range(n):
        i, j, last = runs[0, run], runs[1, run], runs[1, run] + runs[2, run] - 1 + k_b
        if run == 0 or i >= end_a - k_a:
            to_a = a_first + i - j
            for at in range(max(j, end_b), last):
                in_order += (word[b_first + at] | word[to_a + at]) & QUOTED == 0
        end_a, end_b = i + runs[2, run] - 1 + k_a, last
    out[c.OUTSIDE], out[c.NARRATION] = outside, in_order
