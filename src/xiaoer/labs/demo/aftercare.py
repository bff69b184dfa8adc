"""What the after-sales policy looks at, for the invented group: which goods come back only when
something is wrong, which prices have fallen, who bought freight insurance, who has a balance.

All of it follows from the codes and numbers themselves, so that it needs no dice of its own and
the rest of the group stays as it is.
"""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

from xiaoer.labs.demo.shapes import Order, Return

FAULTS_ONLY = frozenset({
    "frozen", "dairy", "seafood", "fruit", "pastry", "underwear", "diaper", "babycare", "cleanser",
    "mask", "hair", "bodycare",
})  # fmt: skip
"""Lines that are fresh, worn next to the skin, or used up."""
BULKY = frozenset({"stroller", "storage"})
FALLEN = {0: (85, "normal"), 1: (90, "normal"), 2: (75, "flash")}
"""Of forty variants three are cheaper now: per cent of the usual price, and the kind of price."""
COVERS = (1_000, 1_200, 1_500)
BALANCES = (0, 0, 1_200, 5_000, 26_000)
SHIP_WITHIN = timedelta(hours=48)
PRESALE = timedelta(days=12)
SENT_BACK = timedelta(days=2)
SELLER_PAYS = ("颜色与页面有差异", "收到时包装破损", "少发了一件", "用后皮肤泛红", "质量有瑕疵",
               "临近保质期")  # fmt: skip


def chosen(text: str, among: int) -> int:
    """A number below ``among`` that is always the same for the text."""
    return zlib.crc32(text.encode()) % among


def of_line(line: str) -> dict[str, Any]:
    """What holds for the goods of a line, under the keys that the catalogue reads."""
    rules: dict[str, Any] = {"returns": "quality"} if line in FAULTS_ONLY else {}
    return rules | ({"pickup": False} if line in BULKY else {})


def price_now(sku: str, usual: int) -> tuple[int, dict[str, Any]]:
    """A variant's present price in fen, and what kind of price it is."""
    share, kind = FALLEN.get(chosen(sku, 40), (100, "normal"))
    now = usual * share // 1_000 * 10 if share < 100 else usual
    return now, {"price_kind": kind} if share < 100 else {}


def in_stock(sku: str) -> bool:
    """Of thirty variants one is sold out."""
    return chosen(f"stock/{sku}", 30) != 0


def balance(number: str) -> int:
    """What the customer of this number has with the shop, in fen."""
    return BALANCES[chosen(number, len(BALANCES))]


def paid_for(one: Order, price: int) -> int:
    """What one piece cost after the order's discount, in fen; never more together than paid."""
    return price * (one.goods - one.discount) // one.goods if one.goods else price


def of_order(one: Order) -> dict[str, Any]:
    """What the policy looks at, under the keys that the orders read."""
    found: dict[str, Any] = {}
    if one.fulfilment in ("delivery", "local") and one.payment:
        presale = one.status == "paid" and chosen(one.number, 12) == 0
        due = one.payment.paid_at + (PRESALE if presale else SHIP_WITHIN)
        found = {"ship_by": due.isoformat()} | ({"presale": True} if presale else {})
        if one.fulfilment == "delivery" and chosen(one.number, 3) == 0:
            found["freight_insurance"] = {"cover": COVERS[chosen(one.number, 9) // 3]}
    if one.fulfilment == "pickup":
        found["pickup_store"] = one.path.strip("/").rpartition("/")[2]
    if one.fulfilment in ("pickup", "counter") and one.status in ("delivered", "completed"):
        signed = one.returned.requested_at if one.returned else one.updated_at
        found["signed_at"] = min(signed, one.updated_at).isoformat()
    return found


def way_back(one: Return) -> dict[str, Any]:
    """The parcel of a return, who pays it, and when it was sent."""
    payer = {"shipping_by": "seller" if one.reason in SELLER_PAYS else "buyer"}
    if one.status in ("requested", "approved"):
        return payer
    return payer | {"parcel": f"TH{one.number[1:]}", "mailed_at": one.requested_at + SENT_BACK}
