"""Job 6, fundraising."""
