"""Results as columns: clusters, pairs, origins, summary."""
