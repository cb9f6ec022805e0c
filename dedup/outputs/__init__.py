"""Output safety: which files may be replaced, atomic writing, temporary folders. Whatever writes files uses this."""
