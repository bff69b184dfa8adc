"""Tables of the room customers."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
