"""Parameters against the truth: a sample compared exhaustively, and what each setting finds of it at what cost."""
