"""What we say: files and the terminal."""
