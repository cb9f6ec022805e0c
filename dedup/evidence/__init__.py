"""Evidence of origin: what an article says of its source."""
