"""HTTP as far as sources need it: addresses, bounded requests, and patience with servers."""
