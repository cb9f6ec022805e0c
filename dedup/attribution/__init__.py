"""Attribution: from evidence to the origin and the canonical copy of a cluster."""
