"""Who might be copies: shingles, signatures, bands, passages."""
