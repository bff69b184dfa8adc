"""What we need from the world: one Protocol a file; and ``ctx``, which carries them."""
