"""Doors from the world: HTTP, live sockets, webhooks, the command line, the clock."""
