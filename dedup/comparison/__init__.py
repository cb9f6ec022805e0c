"""Exact comparison of pairs of bodies, and their relation."""
