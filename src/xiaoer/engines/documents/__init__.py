"""Documents in files: Markdown itself, or whatever can be converted to it."""
