"""Measured figures: one command each, run from the project's root."""
