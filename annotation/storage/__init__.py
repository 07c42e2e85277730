"""Blobs by content hash, and the safe reading of uploaded archives."""
