"""Tables of the room conversations."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing yet: the room brings its tables."""
