"""Words and phrases of each language, one JSON file a language, and the patterns that are made of them."""
