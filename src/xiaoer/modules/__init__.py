"""The rooms, on five floors. Enter each by its front door."""
