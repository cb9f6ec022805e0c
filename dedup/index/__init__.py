"""The incremental index: add, query and remove articles one at a time, with the answers of a scan."""
