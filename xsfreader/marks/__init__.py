"""Marks on every machine: they travel through the reader's own XMPP account."""
