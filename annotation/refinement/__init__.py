"""Mask tracks, revisions, strokes and leases."""
