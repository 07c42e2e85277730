"""Pure rules of the field: no Django, no torch, no files."""
