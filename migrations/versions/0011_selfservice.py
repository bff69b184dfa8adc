"""Tables of the room selfservice."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
