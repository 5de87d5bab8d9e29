"""The screens that open over the reader's: dialogs, search, help, palette, an image."""
