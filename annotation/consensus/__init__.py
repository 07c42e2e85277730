"""Disagreements between readings and how they were settled."""
