"""An invented Chinese shop in a tenant of its own, whose every deed can be compared to the letter."""
