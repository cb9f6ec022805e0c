"""Files, tables and Python objects become batches of articles."""
