"""One module per area, one function per address."""
