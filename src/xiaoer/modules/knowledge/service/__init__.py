"""The verbs of knowledge: edit, publish, search."""
