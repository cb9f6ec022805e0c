"""Hypothesis strategies for records."""

from __future__ import annotations

from hypothesis import strategies as st

#: Any text a JSON file can hold, lone surrogates left out.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
usable_texts = texts.filter(lambda text: text and not text.isspace())
#: The same with lone surrogates, which JSON escapes can spell and UTF-8 cannot hold.
wild_texts = st.text(st.characters(), min_size=1, max_size=30).filter(lambda text: not text.isspace())

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=True) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
#: Records whose metadata may be anything.
records = st.fixed_dictionaries(
    {"text": usable_texts},
    optional=dict.fromkeys(("id", "doc_id", "url", "link", "title", "headline", "published", "date"), values)
    | dict.fromkeys(("domain", "source", "authors", "meta", "body", ""), values),
)
