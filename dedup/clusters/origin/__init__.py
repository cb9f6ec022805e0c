"""Who wrote the text: evidence from credits, datelines, home domains and dates, and the decision over a cluster."""
