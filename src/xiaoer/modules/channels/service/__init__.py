"""The verbs of a channel: load, decide, save, tell."""
