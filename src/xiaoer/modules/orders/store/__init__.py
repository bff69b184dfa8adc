"""Queries and their shapes."""
