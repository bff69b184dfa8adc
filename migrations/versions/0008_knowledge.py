"""Tables of the room knowledge."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
