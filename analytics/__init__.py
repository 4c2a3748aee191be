"""Job 7, monitoring. Reads the others, and nobody imports it."""
