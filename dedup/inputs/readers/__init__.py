"""Readers: the modules of the formats in `dedup.inputs.formats`, and what they share."""
