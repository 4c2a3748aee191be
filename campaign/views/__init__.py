"""One function per address, one module per kind of page."""
