"""Job 4 and 5, issues and voters."""
