"""The house: settings and wiring."""
