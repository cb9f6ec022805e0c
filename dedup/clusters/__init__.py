"""Who is a copy, and of whom: comparison, relations, clusters, origin."""
