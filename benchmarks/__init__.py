"""Measures `dedup` against the least that can be done, and against its peers: `python -m benchmarks`."""
