"""What is decided about a wish: whether the policy allows it, what follows, and how it is said."""
