"""Phases of a pipeline, one a file: arrays in, dataclasses out."""
