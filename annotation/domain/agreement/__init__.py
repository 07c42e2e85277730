"""How far readers agree: statistics over ratings with missing values, with cluster intervals."""
