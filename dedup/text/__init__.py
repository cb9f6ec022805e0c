"""Text becomes tokens, blocks and bodies."""
