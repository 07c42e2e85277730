"""Frozen, published snapshots in VerSe layout."""
