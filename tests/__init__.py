"""The tests, and the corpora that tests and benchmarks share."""
