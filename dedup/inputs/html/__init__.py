"""Extract articles from web pages.

The readers of HTML and WARC files, and of JSON lines with `html`, give pages to `extraction`. It looks them up in the
`cache` or sends them to `worker` processes (`worker_pool`), and yields batches in the order of the pages. Only workers
import the parsers (lxml, trafilatura, htmldate): a page may hang or crash them, and then ends a process that holds
nothing else. `page_article` extracts one page. `limits` holds all that a result depends on besides the page.
"""
