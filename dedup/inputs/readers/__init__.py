"""Readers: one module for each input format (`dedup.inputs.formats` is the table)."""
