"""Tables of the room org."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
