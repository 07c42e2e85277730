"""Synthetic spines whose labels, heights and fractures are known exactly."""
