"""Evals, benches, the torture test and the demo: they use the house as a user does."""
