"""How the networks learn: examples from phantoms and cases, losses, fitting, evaluation."""
