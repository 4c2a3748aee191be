"""Small programs for those who work on Posko; nothing of it runs in production."""
