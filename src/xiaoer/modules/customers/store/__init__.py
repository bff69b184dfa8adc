"""Every query of the room, within the tenant of the scope."""
