"""The published retail tools in their plainest form, on plain JSON, for comparison.

Written from the published policy and tool descriptions, apart from the product and from what the
eval compares with. Returns whether the action happened; the database is changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class No(Exception):
    """The action does not happen."""


def simulate(db: dict[str, Any], name: str, a: dict[str, Any]) -> bool:
    try:
        _run(db, name, a)
    except No:
        return False
    return True


def _run(db: dict[str, Any], name: str, a: dict[str, Any]) -> None:
    if name in LOOKS:
        yes(LOOKS[name](db, a))
    elif name in DEEDS:
        DEEDS[name](db, a)


def address(a: dict[str, Any]) -> dict[str, Any]:
    return {k: a[k] for k in ("address1", "address2", "city", "state", "country", "zip")}


def find(db: dict[str, Any], a: dict[str, Any], status: str) -> tuple[Any, Any, Any]:
    yes(a["order_id"] in db["orders"])
    order = db["orders"][a["order_id"]]
    yes(order["status"] == status)
    return order, db["users"][order["user_id"]]["payment_methods"], order["payment_history"]


def cancel(db: dict[str, Any], a: dict[str, Any]) -> None:
    order, wallet, history = find(db, a, "pending")
    yes(a["reason"] in ("no longer needed", "ordered by mistake"))
    for payment in list(history):
        key = payment["payment_method_id"]
        back = [p for p in history if p["transaction_type"] == "refund"]
        if all(p["payment_method_id"] != key for p in back):
            history.append({"transaction_type": "refund", "amount": payment["amount"],
                            "payment_method_id": key})  # fmt: skip
            put(wallet[key], payment["amount"])
    order["status"] = "cancelled"
    order["cancel_reason"] = a["reason"]


def send_elsewhere(db: dict[str, Any], a: dict[str, Any]) -> None:
    find(db, a, "pending")[0]["address"] = address(a)


def move_home(db: dict[str, Any], a: dict[str, Any]) -> None:
    yes(a["user_id"] in db["users"])
    db["users"][a["user_id"]]["address"] = address(a)


def pay_otherwise(db: dict[str, Any], a: dict[str, Any]) -> None:
    _, wallet, history = find(db, a, "pending")
    yes(a["payment_method_id"] in wallet and len(history) == 1)
    old, amount = history[0]["payment_method_id"], history[0]["amount"]
    method = wallet[a["payment_method_id"]]
    yes(old != a["payment_method_id"])
    yes("balance" not in method or method["balance"] >= amount)
    history.append({"transaction_type": "payment", "amount": amount,
                    "payment_method_id": a["payment_method_id"]})  # fmt: skip
    history.append({"transaction_type": "refund", "amount": amount, "payment_method_id": old})
    put(method, -amount)
    put(wallet[old], amount)


def bring_back(db: dict[str, Any], a: dict[str, Any]) -> None:
    order, wallet, history = find(db, a, "delivered")
    key = a["payment_method_id"]
    yes(key in wallet)
    yes("balance" in wallet[key] or key == history[0]["payment_method_id"])
    bought(order, a)
    order["status"] = "return requested"
    order["return_items"] = sorted(a["item_ids"])
    order["return_payment_method_id"] = key


def swap_delivered(db: dict[str, Any], a: dict[str, Any]) -> None:
    order, wallet, _ = find(db, a, "delivered")
    difference = round(swapped(db, order, a)[1], 2)
    affordable(wallet, a, difference)
    order["status"] = "exchange requested"
    order["exchange_items"] = sorted(a["item_ids"])
    order["exchange_new_items"] = sorted(a["new_item_ids"])
    order["exchange_payment_method_id"] = a["payment_method_id"]
    order["exchange_price_difference"] = difference


def swap_pending(db: dict[str, Any], a: dict[str, Any]) -> None:
    order, wallet, history = find(db, a, "pending")
    lines, difference = swapped(db, order, a)
    affordable(wallet, a, difference)
    history.append({"transaction_type": "payment" if difference > 0 else "refund",
                    "amount": abs(difference),
                    "payment_method_id": a["payment_method_id"]})  # fmt: skip
    put(wallet[a["payment_method_id"]], -difference)
    for line, new_id in zip(lines, a["new_item_ids"], strict=True):
        variant = db["products"][line["product_id"]]["variants"][new_id]
        line["item_id"], line["price"] = new_id, variant["price"]
        line["options"] = variant["options"]
    order["status"] = "pending (item modified)"


def bought(order: dict[str, Any], a: dict[str, Any]) -> None:
    owned = [item["item_id"] for item in order["items"]]
    yes(len(a["item_ids"]) > 0)
    for item_id in a["item_ids"]:
        yes(a["item_ids"].count(item_id) <= owned.count(item_id))


def affordable(wallet: dict[str, Any], a: dict[str, Any], difference: float) -> None:
    yes(a["payment_method_id"] in wallet)
    method = wallet[a["payment_method_id"]]
    yes("balance" not in method or method["balance"] >= difference)


def swapped(db: dict[str, Any], order: dict[str, Any], a: dict[str, Any]) -> tuple[Any, float]:
    bought(order, a)
    yes(len(a["item_ids"]) == len(a["new_item_ids"]))
    lines: list[Any] = []
    difference = 0.0
    for item_id, new_id in zip(a["item_ids"], a["new_item_ids"], strict=True):
        line = next(i for i in order["items"] if i["item_id"] == item_id
                    and not any(i is one for one in lines))  # fmt: skip
        variants = db["products"][line["product_id"]]["variants"]
        yes(new_id in variants and variants[new_id]["available"] and new_id != item_id)
        difference += variants[new_id]["price"] - line["price"]
        lines.append(line)
    return lines, difference


def called(user: dict[str, Any], a: dict[str, Any]) -> bool:
    name = user["name"]
    return bool(
        name["first_name"].lower() == a["first_name"].lower()
        and name["last_name"].lower() == a["last_name"].lower()
        and user["address"]["zip"] == a["zip"]
    )


def yes(holds: bool) -> None:
    if not holds:
        raise No


def put(method: dict[str, Any], amount: float) -> None:
    if "balance" in method:
        method["balance"] = round(method["balance"] + amount, 2)


LOOKS: dict[str, Callable[[Any, Any], bool]] = {
    "get_order_details": lambda db, a: a["order_id"] in db["orders"],
    "get_user_details": lambda db, a: a["user_id"] in db["users"],
    "get_product_details": lambda db, a: a["product_id"] in db["products"],
    "get_item_details": lambda db, a: any(
        a["item_id"] in p["variants"] for p in db["products"].values()),
    "find_user_id_by_email": lambda db, a: any(
        u["email"].lower() == a["email"].lower() for u in db["users"].values()),
    "find_user_id_by_name_zip": lambda db, a: any(called(u, a) for u in db["users"].values()),
}  # fmt: skip
DEEDS: dict[str, Callable[[Any, Any], None]] = {
    "cancel_pending_order": cancel, "modify_user_address": move_home,
    "modify_pending_order_address": send_elsewhere, "modify_pending_order_items": swap_pending,
    "modify_pending_order_payment": pay_otherwise, "return_delivered_order_items": bring_back,
    "exchange_delivered_order_items": swap_delivered,
}  # fmt: skip
