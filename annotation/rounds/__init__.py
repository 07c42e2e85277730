"""Training rounds on frozen cases."""
