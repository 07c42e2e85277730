"""A test on cases of known truth that a dataset may ask for before it gives out real ones."""
