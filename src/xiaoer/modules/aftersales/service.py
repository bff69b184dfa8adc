"""The verbs of the room aftersales: load, decide, save, tell."""
