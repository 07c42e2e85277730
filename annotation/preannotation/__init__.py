"""Model versions and what they propose."""
