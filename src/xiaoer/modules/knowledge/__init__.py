"""What the house knows: entries, their phrasings, and the search over them."""
