"""Keeping Posko at work: what its operators see, what is at risk, backups and coming back from one."""

VERSION = "0.1.0"  # as in pyproject.toml, which is not in the production image
