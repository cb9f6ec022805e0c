"""Write files safely: ownership of files, seals, atomic commits, temporary folders. All code that writes uses it."""
