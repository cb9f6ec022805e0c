"""What a scan holds of all articles, and texts that are read again."""
