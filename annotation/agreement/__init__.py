"""How far the readers of a dataset agree, once their readings are in."""
