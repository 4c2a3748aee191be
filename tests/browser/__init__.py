"""A whole Posko from an empty folder, used by a real browser. The truth is the sandbox's own log."""
