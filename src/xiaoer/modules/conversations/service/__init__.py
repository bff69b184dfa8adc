"""The verbs of a conversation: load, decide, save, tell."""
