"""Workflows that survive: DBOS in the same PostgreSQL, or in memory for tests and commands."""
