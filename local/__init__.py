"""Posko on one machine with nothing installed but Python: the database, the broker and the supervisor behind `make`.

Nothing here is needed in production, and nothing of Posko imports it.
"""
