"""Counting what happens, for Prometheus to read."""
