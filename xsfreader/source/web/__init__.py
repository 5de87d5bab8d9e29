"""HTTP for the sources: addresses, and requests within bounds."""
