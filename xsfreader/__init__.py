"""The blog of the XMPP Standards Foundation in the terminal."""

__version__ = "1.0.0"
