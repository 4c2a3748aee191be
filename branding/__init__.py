"""Job 2, personal branding."""
