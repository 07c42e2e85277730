"""Blind readings and their findings."""
