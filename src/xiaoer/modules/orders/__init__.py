"""What customers bought, how they paid, and where the parcels are."""

from xiaoer.modules.orders import contracts, errors, events
from xiaoer.modules.orders.rules import card, masked, parcel_card, parcel_text, status_text
from xiaoer.modules.orders.rules.rows import number_in, read_rows
from xiaoer.modules.orders.service import (
    amend,
    get,
    latest_parcel,
    load,
    of_customer,
    page,
    parcel,
    prove,
    shown,
    track,
)

__all__ = [
    "amend",
    "card",
    "contracts",
    "errors",
    "events",
    "get",
    "latest_parcel",
    "load",
    "masked",
    "number_in",
    "of_customer",
    "page",
    "parcel",
    "parcel_card",
    "parcel_text",
    "prove",
    "read_rows",
    "shown",
    "status_text",
    "track",
]
