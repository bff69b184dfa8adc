"""Tables of the room channels."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
