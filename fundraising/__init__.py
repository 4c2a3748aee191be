"""Job 6, fundraising: what was given and what was spent. So far the ads that were bought."""
