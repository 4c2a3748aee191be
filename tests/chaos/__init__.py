"""Kills processes and counts what is left. The truth is the receiver's own log."""
