"""Actions that must never happen, made systematically from a database and a seed.

Each begins as something legal and is spoilt in one way: another customer, another status, another
product, no yes. What must come before it (an order that is modified once already) is legal and is
done first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from xiaoer.labs.tau.moving import Database
from xiaoer.labs.tau.stage import Action

Json = dict[str, Any]
ADDRESS = {"address1": "1 New Road", "address2": "", "city": "Denver", "state": "CO",
           "country": "USA", "zip": "80200"}  # fmt: skip
PENDING, DELIVERED = "pending", "delivered"


@dataclass(frozen=True, slots=True)
class Illegal:
    """One of them: who is signed in, what they do first (legal), and the action that must not
    happen. ``order`` and ``user`` are what it would change."""

    kind: str
    user_id: str
    action: Action
    order: str = ""
    user: str = ""
    before: tuple[Action, ...] = ()
    confirmed: bool = True


class Deck:
    """The database shuffled by a seed, with what is legal in it."""

    def __init__(self, database: Database, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.users, self.products = database["users"], database["products"]
        self.orders = list(database["orders"].values())
        self.chance.shuffle(self.orders)
        self.strangers = cycle(list(reversed(self.orders)))

    def having(self, *statuses: str) -> list[Json]:
        """Orders in one of these statuses."""
        return [order for order in self.orders if order["status"] in statuses]

    def wallet(self, order: Json) -> dict[str, Json]:
        """The payment methods of the buyer."""
        found: dict[str, Json] = self.users[order["user_id"]]["payment_methods"]
        return found

    def plain(self, order: Json) -> str | None:
        """A payment method of the buyer without a limit."""
        free = [key for key, one in self.wallet(order).items() if "balance" not in one]
        return free[0] if free else None

    def stranger(self, order: Json) -> Json:
        """An order of somebody else."""
        return next(one for one in self.strangers if one["user_id"] != order["user_id"])

    def other(self, item: Json, *, available: bool = True) -> str | None:
        """Another variant of an item's product."""
        variants = self.products[item["product_id"]]["variants"]
        fit = [key for key, one in variants.items()
               if one["available"] is available and key != item["item_id"]]  # fmt: skip
        return fit[0] if fit else None

    def swap(self, order: Json) -> Json | None:
        """Arguments of a legal change of the first item that has another variant."""
        method = self.plain(order)
        for item in order["items"]:
            new = self.other(item)
            if new and method:
                return {"order_id": order["order_id"], "item_ids": [item["item_id"]],
                        "new_item_ids": [new], "payment_method_id": method}  # fmt: skip
        return None


def refund(order: Json) -> Json:
    """Arguments of a legal return of the first item."""
    return {"order_id": order["order_id"], "item_ids": [order["items"][0]["item_id"]],
            "payment_method_id": order["payment_history"][0]["payment_method_id"]}  # fmt: skip


def cancel(order: Json, reason: str = "no longer needed") -> Action:
    """A legal cancellation, unless the reason is not."""
    return Action("cancel_pending_order", {"order_id": order["order_id"], "reason": reason})


def readdress(order: Json) -> Action:
    """A legal change of address."""
    return Action("modify_pending_order_address", {"order_id": order["order_id"]} | ADDRESS)


def swapping(deck: Deck, *statuses: str) -> Iterator[tuple[Json, str, Json]]:
    """Orders with the tool and the arguments that would change one of their items."""
    tools = {PENDING: "modify_pending_order_items", DELIVERED: "exchange_delivered_order_items"}
    for order in deck.having(*(statuses or tools)):
        given = deck.swap(order)
        if given:
            yield order, tools[order["status"]], given


def deeds(deck: Deck, order: Json) -> list[Action]:
    """Everything legal that can be done with an order."""
    found = []
    swap = deck.swap(order)
    if order["status"] == PENDING:
        found = [cancel(order), readdress(order)]
        found += [Action("modify_pending_order_items", swap)] if swap else []
    elif order["status"] == DELIVERED:
        found = [Action("return_delivered_order_items", refund(order))]
        found += [Action("exchange_delivered_order_items", swap)] if swap else []
    return found


def of(order: Json, kind: str, action: Action, **more: Any) -> Illegal:
    """An illegal action of the order's own buyer."""
    return Illegal(kind, order["user_id"], action, order["order_id"], order["user_id"], **more)


def corpus(
    database: Database, wanted: int, makers: Mapping[str, Callable[[Deck], Iterator[Illegal]]],
    seed: int = 0,
) -> list[Illegal]:  # fmt: skip
    """About ``wanted`` of them, evenly over the makers; fewer when the database is small."""
    if wanted <= 0:
        return []
    share = -(-wanted // len(makers))
    found = [list(islice(make(Deck(database, seed)), share * 4)) for make in makers.values()]
    taken: list[Illegal] = []
    for depth in range(share * 4):
        taken += [one[depth] for one in found if depth < len(one)]
        if len(taken) >= wanted:
            break
    return taken


def kinds(cases: Sequence[Illegal]) -> dict[str, int]:
    """How many of each kind."""
    return {kind: sum(case.kind == kind for case in cases)
            for kind in dict.fromkeys(case.kind for case in cases)}  # fmt: skip
