"""Fit the weights of the evidence (`dedup/attribution/weights.json`) on labelled stories.

`labels` scans the labelled sets and joins the labels to the clusters; `pages` adds the metadata of the raw pages;
`fit` fits the weights and writes the file. `python -m benchmarks origin` measures the fit on stories that it has not
seen, and `--fit` writes it.
"""
