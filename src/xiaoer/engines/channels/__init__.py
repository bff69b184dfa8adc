"""The channels that ship with the house, and the hook by which others join."""
