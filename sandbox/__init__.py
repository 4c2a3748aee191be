"""The social networks in one local process: for a first run, training (*mode latihan*), tests and attacks.

Speaks the HTTP dialects of Mastodon, Bluesky and Telegram on one port and imports nothing of Posko's, so that a
connector and the dialect it is tried against cannot be wrong in the same way.

Start: `python -m sandbox --port 4800 --state DIR`.
"""
