"""What came in: readers, tokens, furniture."""
