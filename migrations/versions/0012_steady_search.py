"""New messages are merged into the search index a little at a time.

At the default of 4 MB one writer in some thousands waits half a second for the merge.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER INDEX conversations_message_words SET (gin_pending_list_limit = 256)")
