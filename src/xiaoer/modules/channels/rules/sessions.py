"""Who a returning browser may still be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from xiaoer.modules.channels.contracts import Session


def goes_on(previous: Session | None, customer_id: UUID | None, now: datetime) -> bool:
    """Whether the visitor of an earlier session is the one who enters now.

    Someone proven as one customer never becomes another: whom the shop names otherwise starts
    anew. An expired session of a proven visitor opens nothing by itself.
    """
    if previous is None:
        return False
    if not previous.proven:
        return True
    if customer_id is not None:
        return previous.customer_id == customer_id
    return previous.expires_at > now
