"""Repair damaged texts before they are cut into tokens: markup, entities, wrong encodings, spaced letters."""
