"""A deterministic news corpus of any size, with the truth about its copies.

`stream` writes it, chunk by chunk (`chunk`); `writer` writes the stories from the patterns of `grammar` and
the words of `lexicon`; `copies` prints them again; `negatives` makes what must not be taken for a copy;
`sites` wraps. `hard` is another corpus: pages that look alike and are not copies.
"""
