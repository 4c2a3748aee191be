"""Job 3, sharing programmes."""
