"""Ways for a one-time code: the console of a demo, or the shop's own gateway."""
