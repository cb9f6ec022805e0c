"""Web pages become articles: `extract` what one page says, in `worker` processes that `pool` feeds, past a `cache`.

The readers of HTML and WARC files, and JSON lines that carry `html`, hand pages to `flow`, which gives batches back in
the pages' order. Only a worker imports the parsers (lxml, trafilatura, htmldate): a page may hang or crash them, and
then costs a process that holds nothing else. `settings` names what is part of a page's key in the cache.
"""
