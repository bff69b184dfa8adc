"""Calls of the shop's tools, made from its records: any of them, most of them illegal."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Call = tuple[str, str, Json]
"""Who is speaking, the tool, the arguments."""
HOME = {"province": "浙江", "city": "杭州", "district": "西湖区", "street": "桂雨路1号"}
RETURNS = ("no_longer_needed", "wrong_size", "quality", "not_as_described", "wrong_item")
EXCHANGES = ("wrong_size", "other_style", "quality", "wrong_item")
CANCELS = ("no_longer_needed", "ordered_by_mistake", "too_slow", "cheaper_elsewhere")


def calls(db: Json, seed: int = 0) -> Iterator[Call]:
    """About fifteen for every order: each deed, with arguments that may or may not be right."""
    dice = random.Random(seed)
    for number, order in db["orders"].items():
        user = order["user_id"]
        for name, given in _about(db, order, dice):
            yield user, name, {"order_id": number} | given


def _about(db: Json, order: Json, dice: random.Random) -> Iterator[tuple[str, Json]]:
    yield "urge_dispatch", {}
    yield "change_address", {"address": dict(HOME)}
    yield "change_address", {"address": HOME | dice.choice((
        {"province": "香港", "city": "香港"}, {"district": ""}, {"phone": "12345"},
        {"phone": "13800001111", "receiver": "王芳"}, {"street": ""}))}  # fmt: skip
    yield "cancel_order", {"reason": dice.choice(CANCELS)}
    for reason in dice.sample(RETURNS, 2):
        yield "return_items", {"items": some(order, dice), "reason": reason,
                               "refund_to": dice.choice(("original", "balance"))}  # fmt: skip
    yield "return_items", {"items": whole(order), "reason": "quality", "refund_to": "original"}
    items = some(order, dice)
    yield "exchange_items", {"items": items, "new_items": [other(db, one, dice) for one in items],
                             "reason": dice.choice(EXCHANGES)}  # fmt: skip
    for kind in ("missing", "damaged"):
        yield "report_missing_or_damaged", {
            "items": some(order, dice, 1), "kind": kind,
            "solution": dice.choice(("resend", "refund"))}  # fmt: skip
    yield "price_protect", {"items": some(order, dice)}
    yield "claim_freight_insurance", {}
    owner = db["users"][order["user_id"]]["name"]
    yield "issue_invoice", {"type": "personal", "title": owner}
    yield "issue_invoice", {"type": "company", "title": "云岭商贸有限公司", "email": "a@example.com",
                            "tax_number": dice.choice(("91310000MA1K000000", "9131", "")),
                            }  # fmt: skip
    yield "change_to_pickup", {"store_id": dice.choice(sorted(db["stores"]))}


def some(order: Json, dice: random.Random, most: int = 9) -> list[str]:
    """One or more of the order's pieces, in any order."""
    every = whole(order)
    return dice.sample(every, dice.randint(1, min(len(every), most)))


def whole(order: Json) -> list[str]:
    """Every piece of the order."""
    return [line["item_id"] for line in order["items"]]


def other(db: Json, item: str, dice: random.Random) -> str:
    """Any variant of the item's product."""
    return dice.choice(sorted(db["products"][item.split("-")[0]]["variants"]))


def malformed(db: Json, seed: int = 0) -> Iterator[Call]:
    """Calls that nobody may make: of somebody else, of nothing, with arguments that cannot be."""
    dice = random.Random(seed)
    users, numbers = sorted(db["users"]), sorted(db["orders"])
    for user, name, given in calls(db, seed + 1):
        stranger = dice.choice([one for one in users if one != user])
        yield stranger, name, given
        yield user, name, given | {"order_id": dice.choice((
            "HT0", "", given["order_id"].lower(), f"#{given['order_id']}", f"{given['order_id']} ",
            dice.choice([n for n in numbers if db["orders"][n]["user_id"] != user])))}  # fmt: skip
        yield user, name, given | dice.choice((
            {"amount_fen": 1}, {"user_id": user}, {"order_id": None}, {"order_id": [numbers[0]]}))
        if "items" in given:
            yield user, name, given | {"items": dice.choice((
                [], [""], given["items"] * 9, ["P99-01"], "P01-01", [None]))}  # fmt: skip
        for enum in ("reason", "kind", "solution", "refund_to", "type"):
            if enum in given:
                yield user, name, given | {enum: dice.choice(("", "because", "QUALITY", "cash"))}
