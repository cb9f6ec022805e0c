"""The crawler's index: articles that are known, and what the rooms of a scan say of a few of them at a time."""
