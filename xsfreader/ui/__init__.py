"""The app, in Textual; the data comes through xsfreader.library."""
