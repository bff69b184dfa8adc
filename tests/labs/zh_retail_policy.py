"""The published rules of the Chinese retail bench, written a second time, from their text alone.

``violated`` names the clauses that forbid a call; ``apply`` does what `tools.json` says it does. Nothing of the
product is used, so that bench and product cannot be wrong in the same way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Record = dict[str, Any]

OURS = ("quality", "not_as_described", "wrong_item")
"""Reasons for which the shop answers."""
OUTSIDE = ("香港", "澳门", "台湾")
PRICE_STATES = ("pending", "ready", "shipped", "delivered")

BEYOND = {
    "contradiction": "2.4",
    "authority": "2.6",
    "items": "6.2",
    "account": "9.3",
    "before_inspection": "9.4",
    "elsewhere": "10.5",
    "content": "12.6",
    "whole_parcel": "13.6",
    "back_to_express": "14.4",
}
"""Wishes that no argument of a tool can hold, and the clause against each."""


@dataclass(frozen=True)
class Call:
    """What somebody asks for, and how: ``demand`` goes beyond the arguments of the tool."""

    name: str
    arguments: Record
    demand: Record | None = None
    stranger: bool = False
    no_consent: bool = False


class Shop:
    """The records of one task, and who is speaking."""

    def __init__(self, db: Record, user_id: str) -> None:
        self.db, self.user_id = db, user_id
        self.now = datetime.fromisoformat(db["now"])

    def violated(self, call: Call) -> set[str]:
        """The clauses that forbid this call now; empty when it is allowed."""
        order = self.db["orders"].get(call.arguments["order_id"])
        if order is None or order["user_id"] != self.user_id:
            return {"1.3"}
        found = {"1.1", "1.4"} if call.stranger else set()
        if call.no_consent:
            found.add("2.3")
        found.update(beyond(call))
        rules = getattr(self, f"_{call.name}")
        return found | set(rules(order, call.arguments))

    def days(self, since: str) -> int:
        return (self.now.date() - datetime.fromisoformat(since).date()).days

    def hours(self, since: str) -> float:
        return (self.now - datetime.fromisoformat(since)).total_seconds() / 3600

    def variant(self, item_id: str) -> Record:
        product = self.db["products"][item_id.split("-")[0]]
        variant: Record = product["variants"][item_id]
        return variant

    def _urge_dispatch(self, order: Record, _: Record) -> Iterator[str]:
        if order["status"] != "pending" or order["delivery"] != "express":
            yield "4.1"
            return
        if self.hours(order["paid_at"]) < 24:
            yield "4.2"
        if order["presale"] and self.now < datetime.fromisoformat(order["ship_by"]):
            yield "4.3"
        if any(self.hours(urged) < 24 for urged in order["urges"]):
            yield "4.4"

    def _change_address(self, order: Record, asked: Record) -> Iterator[str]:
        address = asked["address"]
        if order["delivery"] != "express":
            yield "5.5"
        elif order["status"] != "pending":
            yield "5.1"
        if order["address_changes"] >= 1:
            yield "5.2"
        if address.get("province") in OUTSIDE or address.get("country", "中国") != "中国":
            yield "5.3"
        elif not all(address.get(key) for key in ("province", "city", "district", "street")):
            yield "5.4"
        if not re.fullmatch("1[0-9]{10}", address.get("phone", "10000000000")):
            yield "5.4"

    def _cancel_order(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] == "shipped" and self.stalled(order):
            yield "3.4"
            return
        if order["status"] not in ("pending", "ready"):
            yield "6.1"
        if "reason" not in asked:
            yield "2.7"
        elif asked["reason"] not in (
            "no_longer_needed", "ordered_by_mistake", "too_slow", "cheaper_elsewhere"
        ):  # fmt: skip
            yield "6.3"

    def stalled(self, order: Record) -> bool:
        return any(self.hours(parcel["last_event_at"]) > 5 * 24 for parcel in order["parcels"])

    def _return_items(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] == "shipped" and self.stalled(order):
            yield "3.4"
            return
        if order["status"] != "delivered":
            yield "2.10" if order["status"].endswith("_requested") else "7.1"
            return
        reason = asked.get("reason")
        if reason is None:
            yield "2.7"
            return
        if self.days(order["signed_at"]) > (15 if reason in OURS else 7):
            yield "7.2"
        if reason not in OURS and self.quality_only(asked["items"]):
            yield "7.3"
        if beyond_lines(order, asked["items"], free_of_reports=True):
            yield "7.5"
            return
        if asked.get("refund_to", "original") not in ("original", "balance"):
            yield "9.3"
        if self.refund_of(order, asked) > 300000:
            yield "7.8"

    def quality_only(self, items: list[str]) -> bool:
        products = self.db["products"]
        return any(products[item.split("-")[0]]["returns"] == "quality" for item in items)

    def refund_of(self, order: Record, asked: Record) -> int:
        total = sum(line["paid_fen"] for line in picked(order, asked["items"]))
        whole = len(asked["items"]) == len(order["items"])
        fee: int = order["shipping_fee_fen"] if whole and asked["reason"] in OURS else 0
        return total + fee

    def _exchange_items(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] != "delivered":
            yield "2.10" if order["status"].endswith("_requested") else "8.1"
            return
        if self.days(order["signed_at"]) > 15:
            yield "8.2"
        pairs = list(zip(asked["items"], asked["new_items"], strict=False))
        if len(asked["items"]) != len(asked["new_items"]) or not all(
            new != old and new.split("-")[0] == old.split("-")[0] and self.variant(new)["available"]
            for old, new in pairs
        ):
            yield "8.3"
        reason = asked.get("reason")
        if reason is None:
            yield "2.7"
        if reason not in ("quality", "wrong_item") and self.quality_only(asked["items"]):
            yield "8.5"
        if beyond_lines(order, asked["items"], free_of_reports=True):
            yield "8.6"

    def _report_missing_or_damaged(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] != "delivered":
            yield "13.1"
            return
        if self.days(order["signed_at"]) > {"missing": 7, "damaged": 3}[asked["kind"]]:
            yield "13.2"
        if beyond_lines(order, asked["items"], free_of_reports=True):
            yield "13.3"
            return
        goods = all(self.variant(item)["available"] for item in asked["items"])
        if asked["solution"] == "resend" and not goods:
            yield "13.4"
        if sum(line["paid_fen"] for line in picked(order, asked["items"])) > 50000:
            yield "13.5"

    def _price_protect(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] not in PRICE_STATES or self.days(order["paid_at"]) > 15:
            yield "10.1"
        lines = picked(order, asked["items"], unprotected=True)
        if len(lines) != len(asked["items"]):
            yield "10.4"
            return
        falls = [line["paid_fen"] - self.variant(line["item_id"])["price_fen"] for line in lines]
        if min(falls) <= 0:
            yield "10.2"
        if any(self.variant(item)["price_kind"] == "flash" for item in asked["items"]):
            yield "10.3"
        if sum(falls) > 30000:
            yield "10.6"

    def _claim_freight_insurance(self, order: Record, _: Record) -> Iterator[str]:
        insurance, returned = order["freight_insurance"], order["return"]
        if insurance is None or insurance["status"] != "active":
            yield "11.1"
        if order["status"] != "return_requested" or returned["tracking_no"] is None:
            yield "11.2"
            return
        if returned["shipping_by"] != "buyer":
            yield "11.3"
        if self.days(returned["mailed_at"]) > 15:
            yield "11.4"

    def _issue_invoice(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] != "delivered":
            yield "12.1"
            return
        if self.days(order["signed_at"]) > 90:
            yield "12.2"
        if order["invoice"] is not None:
            yield "12.3"
        number = asked.get("tax_number")
        owner = self.db["users"][self.user_id]["name"]
        if asked["type"] == "personal" and (asked["title"] != owner or number is not None):
            yield "12.4"
        if asked["type"] == "company" and not re.fullmatch("[0-9A-Z]{18}", number or ""):
            yield "12.5"

    def _change_to_pickup(self, order: Record, asked: Record) -> Iterator[str]:
        if order["status"] != "pending" or order["delivery"] != "express" or order["presale"]:
            yield "14.1"
        store = self.db["stores"][asked["store_id"]]
        if not store["pickup"] or store["city"] != order["address"]["city"]:
            yield "14.2"
        products = self.db["products"]
        if not all(products[line["product_id"]]["pickup"] for line in order["items"]):
            yield "14.3"


def beyond(call: Call) -> Iterator[str]:
    """The clauses against what is wanted beyond the arguments."""
    demand = call.demand or {}
    if "amount_fen" in demand:
        yield "2.5"
        special = {"issue_invoice": "12.6", "claim_freight_insurance": "11.5"}
        yield special.get(call.name, "2.5")
    yield from (clause for wish, clause in BEYOND.items() if wish in demand)


def picked(order: Record, items: list[str], *, unprotected: bool = False) -> list[Record]:
    """The order's lines that the items name, one for each, in the order's sequence."""
    wanted = Counter(items)
    found = []
    for line in order["items"]:
        if wanted[line["item_id"]] and not (unprotected and line["price_protected"]):
            wanted[line["item_id"]] -= 1
            found.append(line)
    return found


def beyond_lines(order: Record, items: list[str], *, free_of_reports: bool) -> bool:
    """Whether the items name more than the order holds and has not seen reported."""
    have = Counter(line["item_id"] for line in order["items"])
    if free_of_reports:
        have.subtract(item for report in order["reports"] for item in report["items"])
    return bool(+(Counter(items) - +have))
