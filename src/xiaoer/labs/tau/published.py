"""What the published retail tools of τ-bench make of a list of actions, on plain JSON.

It shares nothing with the product: it is what the product's end states are compared with. Rules
from the published policy and tools (Sierra Research, MIT). Where their two editions differ, or the
tools let pass what the policy's text forbids, the text counts: an item is never changed into
itself, an order whose items were modified is never changed again, each modified item gets its own
price and options (the second edition gives all of them those of the last), and what was refunded
when the payment was changed is not refunded again when the order is cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Given = Mapping[str, Any]
ADDRESS = ("address1", "address2", "city", "state", "country", "zip")
REASONS = ("no longer needed", "ordered by mistake")


class Published:
    """The three parts of the database, and the tools that change it; a ``ValueError`` or
    ``KeyError`` is an action that does not happen."""

    def __init__(self, database: Json) -> None:
        self.users, self.orders = database["users"], database["orders"]
        self.products = database["products"]

    def run(self, name: str, given: Given) -> bool:
        """Whether the action happens; looking at what is not there does not."""
        looks: Mapping[str, Callable[[], Any]] = {
            "get_order_details": lambda: self.orders[given["order_id"]],
            "get_user_details": lambda: self.users[given["user_id"]],
            "get_product_details": lambda: self.products[given["product_id"]],
            "get_item_details": lambda: next(
                one for product in self.products.values() for one in product["variants"]
                if one == given["item_id"]),
            "find_user_id_by_email": lambda: next(
                u for u in self.users.values() if u["email"].lower() == given["email"].lower()),
            "find_user_id_by_name_zip": lambda: next(
                u for u in self.users.values() if _is_called(u, given)),
        }  # fmt: skip
        try:
            looks.get(name, lambda: self._tool(name)(given))()
        except (KeyError, ValueError, StopIteration):
            return False
        return True

    def cancel_pending_order(self, given: Given) -> None:
        order = self._order(given, "pending")
        _need(given["reason"] in REASONS)
        history = order["payment_history"]
        back = {one["payment_method_id"] for one in history if one["transaction_type"] == "refund"}
        refunds = [dict(one, transaction_type="refund") for one in history
                   if one["payment_method_id"] not in back]  # fmt: skip
        for one in refunds:
            self._add(order, one["payment_method_id"], one["amount"])
        order["payment_history"] += refunds
        order["status"], order["cancel_reason"] = "cancelled", given["reason"]

    def modify_pending_order_address(self, given: Given) -> None:
        self._order(given, "pending")["address"] = {part: given[part] for part in ADDRESS}

    def modify_user_address(self, given: Given) -> None:
        self.users[given["user_id"]]["address"] = {part: given[part] for part in ADDRESS}

    def modify_pending_order_payment(self, given: Given) -> None:
        order, method = self._order(given, "pending"), given["payment_method_id"]
        _need(len(order["payment_history"]) == 1)
        first = order["payment_history"][0]
        _need(first["payment_method_id"] != method)
        self._covers(order, method, first["amount"])
        order["payment_history"] += [
            dict(first, payment_method_id=method), dict(first, transaction_type="refund"),
        ]  # fmt: skip
        self._add(order, method, -first["amount"])
        self._add(order, first["payment_method_id"], first["amount"])

    def modify_pending_order_items(self, given: Given) -> None:
        order, method = self._order(given, "pending"), given["payment_method_id"]
        pairs, more = self._swaps(order, given)
        self._covers(order, method, more)
        kind = "payment" if more > 0 else "refund"
        order["payment_history"].append(
            {"transaction_type": kind, "amount": abs(more), "payment_method_id": method}
        )
        self._add(order, method, -more)
        for item, variant in pairs:
            item["item_id"] = variant["item_id"]
            item["price"], item["options"] = variant["price"], variant["options"]
        order["status"] = "pending (item modified)"

    def exchange_delivered_order_items(self, given: Given) -> None:
        order, method = self._order(given, "delivered"), given["payment_method_id"]
        more = round(self._swaps(order, given)[1], 2)
        self._covers(order, method, more)
        order |= {
            "status": "exchange requested", "exchange_items": sorted(given["item_ids"]),
            "exchange_new_items": sorted(given["new_item_ids"]),
            "exchange_payment_method_id": method, "exchange_price_difference": more,
        }  # fmt: skip

    def return_delivered_order_items(self, given: Given) -> None:
        order, method = self._order(given, "delivered"), given["payment_method_id"]
        source = self._method(order, method)["source"]
        original = order["payment_history"][0]["payment_method_id"]
        _need(source == "gift_card" or method == original)
        self._items(order, given["item_ids"])
        order |= {"status": "return requested", "return_items": sorted(given["item_ids"]),
                  "return_payment_method_id": method}  # fmt: skip

    def _tool(self, name: str) -> Callable[[Given], None]:
        found: Callable[[Given], None] = getattr(self, name, _nothing)
        return found

    def _order(self, given: Given, status: str) -> Json:
        order: Json = self.orders[given["order_id"]]
        _need(order["status"] == status)
        return order

    def _method(self, order: Json, method: str) -> Json:
        found: Json = self.users[order["user_id"]]["payment_methods"][method]
        return found

    def _covers(self, order: Json, method: str, amount: float) -> None:
        _need(self._method(order, method).get("balance", amount) >= amount)

    def _add(self, order: Json, method: str, amount: float) -> None:
        found = self._method(order, method)
        if "balance" in found:
            found["balance"] = round(found["balance"] + amount, 2)

    def _items(self, order: Json, wanted: Sequence[str]) -> list[Json]:
        """The lines of the order that these ids mean, one line each."""
        left, found = list(order["items"]), []
        _need(len(wanted) > 0)
        for item_id in wanted:
            line = next(one for one in left if one["item_id"] == item_id)
            left = [one for one in left if one is not line]
            found.append(line)
        return found

    def _swaps(self, order: Json, given: Given) -> tuple[list[tuple[Json, Json]], float]:
        _need(len(given["item_ids"]) == len(given["new_item_ids"]))
        lines = self._items(order, given["item_ids"])
        pairs, more = [], 0.0
        for line, wanted in zip(lines, given["new_item_ids"], strict=True):
            variant = self.products[line["product_id"]]["variants"][wanted]
            _need(variant["available"] and wanted != line["item_id"])
            more += variant["price"] - line["price"]
            pairs.append((line, variant))
        return pairs, more


def _is_called(user: Json, given: Given) -> bool:
    name = user["name"]
    spoken = (given["first_name"].lower(), given["last_name"].lower(), given["zip"])
    return spoken == (name["first_name"].lower(), name["last_name"].lower(), user["address"]["zip"])


def _need(holds: bool) -> None:
    if not holds:
        raise ValueError


def _nothing(given: Given) -> None:
    """Tools that change nothing and always answer."""
