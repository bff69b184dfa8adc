"""The bot's decisions: pure."""
