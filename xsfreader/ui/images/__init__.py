"""Pictures in the terminal: how large, by which protocol, drawn off the screen's own thread."""
