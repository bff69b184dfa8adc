"""Decisions of the knowledge room: pure, quick, and tested by table."""
