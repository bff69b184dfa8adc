"""Time and chance: the real ones, and ones that a test sets by hand."""
