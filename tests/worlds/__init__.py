"""A second world: copies and look-alikes of news whose truth is known by construction."""
