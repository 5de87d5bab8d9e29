"""Images in the terminal: their size, the protocols, and loading in a thread."""
