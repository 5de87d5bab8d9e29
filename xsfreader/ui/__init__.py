"""The app: Textual and nothing of the data behind it."""
