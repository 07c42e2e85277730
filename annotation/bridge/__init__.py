"""Server half of the Cornerstone bridge: slices, previews, label maps and strokes as bytes."""
