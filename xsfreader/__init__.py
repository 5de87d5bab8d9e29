"""The blog of the XMPP Standards Foundation in the terminal."""

__version__ = "0.1.0"
