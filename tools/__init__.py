"""What builds and checks the house, and never ships with it."""
