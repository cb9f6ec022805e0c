"""Clusters of bodies: star clusters, rewrites, site notices."""
