"""Stores of an index: what a backend must do, and the two that do it."""
