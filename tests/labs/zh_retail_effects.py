"""What the tools of the Chinese retail bench do to its records, written from `tools.json`."""

from __future__ import annotations

from typing import Any

from tests.labs.zh_retail_policy import Record, Shop, picked


def apply(shop: Shop, name: str, asked: Record) -> None:
    """Change the records as the tool's ``effect`` says; whether it is allowed was asked before."""
    order = shop.db["orders"][asked["order_id"]]
    EFFECTS[name](shop, order, asked)


def refund(shop: Shop, order: Record, kind: str, amount: int) -> None:
    """REFUND of `tools.json`."""
    order["refunds"].append({"kind": kind, "amount_fen": amount, "to": "original"})
    if order["payment_method"] == "balance":
        shop.db["users"][order["user_id"]]["balance_fen"] += amount


def kept(order: Record) -> int:
    """What was paid and not given back."""
    amount: int = order["paid_fen"] - sum(given["amount_fen"] for given in order["refunds"])
    return amount


def in_sequence(order: Record, items: list[str]) -> list[str]:
    return [line["item_id"] for line in picked(order, items)]


def urge(shop: Shop, order: Record, _: Record) -> None:
    order["urges"].append(shop.db["now"])
    order["priority"] = "high"


def move(_: Shop, order: Record, asked: Record) -> None:
    order["address"].update(asked["address"])
    order["address_changes"] += 1


def cancel(shop: Shop, order: Record, asked: Record) -> None:
    order["status"], order["cancel_reason"] = "cancelled", asked["reason"]
    refund(shop, order, "cancel", kept(order))


def take_back(shop: Shop, order: Record, asked: Record) -> None:
    ours = asked["reason"] in ("quality", "not_as_described", "wrong_item")
    order["status"] = "return_requested"
    order["return"] = {
        "items": in_sequence(order, asked["items"]),
        "reason": asked["reason"],
        "refund_to": asked["refund_to"],
        "refund_fen": shop.refund_of(order, asked),
        "shipping_by": "seller" if ours else "buyer",
        "tracking_no": None,
        "mailed_at": None,
    }


def swap(shop: Shop, order: Record, asked: Record) -> None:
    place = {line["item_id"]: n for n, line in reversed(list(enumerate(order["items"])))}
    pairs = sorted(
        zip(asked["items"], asked["new_items"], strict=True), key=lambda pair: place[pair[0]]
    )
    new_prices = sum(shop.variant(new)["price_fen"] for _, new in pairs)
    paid = sum(line["paid_fen"] for line in picked(order, asked["items"]))
    order["status"] = "exchange_requested"
    order["exchange"] = {
        "items": [old for old, _ in pairs],
        "new_items": [new for _, new in pairs],
        "reason": asked["reason"],
        "difference_fen": new_prices - paid,
    }


def report(shop: Shop, order: Record, asked: Record) -> None:
    wants_money = asked["solution"] == "refund"
    worth = sum(line["paid_fen"] for line in picked(order, asked["items"]))
    order["reports"].append(
        {
            "kind": asked["kind"],
            "items": in_sequence(order, asked["items"]),
            "solution": asked["solution"],
            "amount_fen": worth if wants_money else 0,
        }
    )
    if wants_money:
        refund(shop, order, "report", worth)


def protect(shop: Shop, order: Record, asked: Record) -> None:
    amount = 0
    for line in picked(order, asked["items"], unprotected=True):
        price = shop.variant(line["item_id"])["price_fen"]
        amount += line["paid_fen"] - price
        line["paid_fen"], line["price_protected"] = price, True
    refund(shop, order, "price_protect", amount)


def claim(shop: Shop, order: Record, _: Record) -> None:
    order["freight_insurance"]["status"] = "claimed"
    shop.db["users"][order["user_id"]]["balance_fen"] += order["freight_insurance"]["cover_fen"]


def invoice(shop: Shop, order: Record, asked: Record) -> None:
    order["invoice"] = {
        "type": asked["type"],
        "title": asked["title"],
        "tax_number": asked.get("tax_number"),
        "email": asked.get("email", shop.db["users"][order["user_id"]]["email"]),
        "amount_fen": kept(order),
        "status": "issued",
    }


def collect(shop: Shop, order: Record, asked: Record) -> None:
    order["delivery"], order["store_id"] = "pickup", asked["store_id"]
    if order["shipping_fee_fen"] > 0:
        refund(shop, order, "shipping", order["shipping_fee_fen"])
    order["shipping_fee_fen"] = 0


EFFECTS: dict[str, Any] = {
    "urge_dispatch": urge,
    "change_address": move,
    "cancel_order": cancel,
    "return_items": take_back,
    "exchange_items": swap,
    "report_missing_or_damaged": report,
    "price_protect": protect,
    "claim_freight_insurance": claim,
    "issue_invoice": invoice,
    "change_to_pickup": collect,
}
