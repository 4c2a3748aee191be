"""Connectors: what Posko knows of each social network. Plain Python; knows no Django."""
