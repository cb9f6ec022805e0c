"""The fit of `dedup/comparison/probability.json`."""
