"""Boilerplate: find what a page wraps around an article, and set it aside with its zone."""
