"""`dedup tune`: measure recall and cost of each setting on a sample that is compared exactly, and recommend one."""
