"""Signing in: ways in, the second step, sessions, the candidate's phone."""
