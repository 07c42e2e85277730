"""Datasets, people, patients, images and cases; intake and the one writer of stages."""
