"""The ways in which a legal action is spoilt, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xiaoer.labs.tau.illegal import (
    ADDRESS,
    DELIVERED,
    PENDING,
    Deck,
    Illegal,
    cancel,
    deeds,
    of,
    readdress,
    refund,
    swapping,
)
from xiaoer.labs.tau.stage import Action

Json = dict[str, Any]


def unconfirmed(deck: Deck) -> Iterator[Illegal]:
    """No yes."""
    for order in deck.having(PENDING, DELIVERED):
        for action in deeds(deck, order):
            yield of(order, "unconfirmed", action, confirmed=False)


def unauthenticated(deck: Deck) -> Iterator[Illegal]:
    """Nobody is signed in."""
    for order in deck.having(PENDING, DELIVERED):
        look = Action("get_order_details", {"order_id": order["order_id"]})
        for action in (look, *deeds(deck, order)):
            yield Illegal("unauthenticated", "", action, order["order_id"], order["user_id"])


def others_order(deck: Deck) -> Iterator[Illegal]:
    """The order of somebody else, with everything else right."""
    for order in deck.having(PENDING, DELIVERED):
        signed_in = deck.stranger(order)["user_id"]
        look = Action("get_order_details", {"order_id": order["order_id"]})
        for action in (look, *deeds(deck, order)):
            yield Illegal("others_order", signed_in, action, order["order_id"], signed_in)


def others_profile(deck: Deck) -> Iterator[Illegal]:
    """The profile of somebody else: looked at, changed, or looked up while signed in."""
    for order in deck.orders:
        other = deck.stranger(order)["user_id"]
        yield of(order, "others_profile", Action("get_user_details", {"user_id": other}))
        change = Action("modify_user_address", {"user_id": other} | ADDRESS)
        yield Illegal("others_profile", order["user_id"], change, user=other)
        email = {"email": deck.users[other]["email"]}
        yield of(order, "others_profile", Action("find_user_id_by_email", email))


def wrong_status(deck: Deck) -> Iterator[Illegal]:
    """Cancelled or modified when not pending, returned or exchanged when not delivered."""
    for order in deck.having("processed", "cancelled", PENDING, DELIVERED):
        swap, free = deck.swap(order), deck.plain(order)
        if order["status"] != PENDING:
            yield of(order, "wrong_status", cancel(order))
            yield of(order, "wrong_status", readdress(order))
            pay = {"order_id": order["order_id"], "payment_method_id": free or ""}
            yield of(order, "wrong_status", Action("modify_pending_order_payment", pay))
        if order["status"] != DELIVERED:
            back = Action("return_delivered_order_items", refund(order))
            yield of(order, "wrong_status", back)
        if swap:
            wrong = "exchange_delivered" if order["status"] != DELIVERED else "modify_pending"
            yield of(order, "wrong_status", Action(f"{wrong}_order_items", swap))


def wrong_reason(deck: Deck) -> Iterator[Illegal]:
    """Cancelled for a reason that is not accepted."""
    reasons = ("found a better price", "No longer needed", "", "delayed", "no longer needed ")
    for order in deck.having(PENDING):
        for reason in reasons:
            yield of(order, "wrong_reason", cancel(order, reason))


def card_too_small(deck: Deck) -> Iterator[Illegal]:
    """A gift card that holds less than the total, or than the difference."""
    for order in deck.having(PENDING, DELIVERED):
        cards = {key: one["balance"] for key, one in deck.wallet(order).items() if "balance" in one}
        first = order["payment_history"][0]
        for card, balance in cards.items():
            given = {"order_id": order["order_id"], "payment_method_id": card}
            if order["status"] == PENDING and balance < first["amount"] and (
                first["payment_method_id"] != card
            ):
                yield of(order, "card_too_small", Action("modify_pending_order_payment", given))
            dear = _dearest(deck, order)
            if dear and dear[2] > balance + 0.01:
                kind = "modify_pending" if order["status"] == PENDING else "exchange_delivered"
                swap = given | {"item_ids": [dear[0]], "new_item_ids": [dear[1]]}
                yield of(order, "card_too_small", Action(f"{kind}_order_items", swap))


def _dearest(deck: Deck, order: Json) -> tuple[str, str, float] | None:
    """Item, variant and how much more it costs: the change that costs the most."""
    found = [
        (item["item_id"], key, one["price"] - item["price"])
        for item in order["items"]
        for key, one in deck.products[item["product_id"]]["variants"].items()
        if one["available"]
    ]
    return max(found, key=lambda change: change[2], default=None)


def other_product(deck: Deck) -> Iterator[Illegal]:
    """Changed into an item of another product, or into one that does not exist."""
    for order, tool, given in swapping(deck):
        mine = {item["product_id"] for item in order["items"]}
        foreign = next(p for p in deck.products.values() if p["product_id"] not in mine)
        for new in (next(iter(foreign["variants"])), "0000000000", foreign["product_id"]):
            yield of(order, "other_product", Action(tool, given | {"new_item_ids": [new]}))


def unavailable(deck: Deck) -> Iterator[Illegal]:
    """Changed into a variant that cannot be had."""
    for order, tool, given in swapping(deck):
        for item in order["items"]:
            new = deck.other(item, available=False)
            if new:
                change = given | {"item_ids": [item["item_id"]], "new_item_ids": [new]}
                yield of(order, "unavailable", Action(tool, change))


def same_item(deck: Deck) -> Iterator[Illegal]:
    """Changed into itself."""
    for order, tool, given in swapping(deck):
        same = given | {"new_item_ids": given["item_ids"]}
        yield of(order, "same_item", Action(tool, same))


def not_in_order(deck: Deck) -> Iterator[Illegal]:
    """Items that were not bought, or not as often; none; or a wrong number of new ones."""
    for order, tool, given in swapping(deck):
        once = given["item_ids"][0]
        often = [once] * (1 + sum(item["item_id"] == once for item in order["items"]))
        stranger = deck.stranger(order)["items"][0]["item_id"]
        foreign = [stranger] if stranger not in {i["item_id"] for i in order["items"]} else ["0"]
        for wrong in (often, foreign, []):
            change = given | {"item_ids": wrong, "new_item_ids": given["new_item_ids"] * len(wrong)}
            yield of(order, "not_in_order", Action(tool, change))
            if order["status"] == DELIVERED:
                back = refund(order) | {"item_ids": wrong}
                yield of(order, "not_in_order", Action("return_delivered_order_items", back))
        more = given | {"new_item_ids": given["new_item_ids"] * 2}
        yield of(order, "not_in_order", Action(tool, more))


def twice(deck: Deck) -> Iterator[Illegal]:
    """After something that can only be done once, or that ends all changes."""
    for order, tool, given in swapping(deck):
        swap, cancelled = Action(tool, given), (cancel(order),)
        if order["status"] == PENDING:
            back = Action(tool, given | {"item_ids": given["new_item_ids"],
                                         "new_item_ids": given["item_ids"]})  # fmt: skip
            for action in (back, cancel(order), readdress(order)):
                yield of(order, "twice", action, before=(swap,))
            for action in (cancel(order), swap):
                yield of(order, "twice", action, before=cancelled)
        else:
            returned = Action("return_delivered_order_items", refund(order))
            for first in (swap, returned):
                for action in (swap, returned):
                    yield of(order, "twice", action, before=(first,))


def wrong_refund(deck: Deck) -> Iterator[Illegal]:
    """Refunded to a method that is neither the original one nor a gift card."""
    for order in deck.having(DELIVERED):
        original = order["payment_history"][0]["payment_method_id"]
        for key, one in deck.wallet(order).items():
            if key != original and "balance" not in one:
                back = refund(order) | {"payment_method_id": key}
                yield of(order, "wrong_refund", Action("return_delivered_order_items", back))


def others_method(deck: Deck) -> Iterator[Illegal]:
    """The payment method of somebody else, or one that does not exist."""
    for order, tool, given in swapping(deck):
        stranger = deck.stranger(order)
        theirs = stranger["payment_history"][0]["payment_method_id"]
        for method in (theirs, "gift_card_0000000", ""):
            pay = {"payment_method_id": method}
            yield of(order, "others_method", Action(tool, given | pay))
            if order["status"] == DELIVERED:
                back = Action("return_delivered_order_items", refund(order) | pay)
            else:
                whole = {"order_id": order["order_id"]} | pay
                back = Action("modify_pending_order_payment", whole)
            yield of(order, "others_method", back)


def same_payment(deck: Deck) -> Iterator[Illegal]:
    """Paid with the method that it is paid with already, or changed a second time."""
    for order in deck.having(PENDING):
        first = order["payment_history"][0]["payment_method_id"]
        given = {"order_id": order["order_id"], "payment_method_id": first}
        same = Action("modify_pending_order_payment", given)
        yield of(order, "same_payment", same)
        free = [key for key, one in deck.wallet(order).items()
                if "balance" not in one and key != first]  # fmt: skip
        if free:
            once = Action(same.name, given | {"payment_method_id": free[0]})
            yield of(order, "same_payment", same, before=(once,))


def unfinished_address(deck: Deck) -> Iterator[Illegal]:
    """An address to which nothing can be sent."""
    for order in deck.having(PENDING):
        for part in ("address1", "city", "country", "zip"):
            hole = ADDRESS | {part: " "}
            yield of(order, "unfinished_address", Action(
                "modify_pending_order_address", {"order_id": order["order_id"]} | hole))
            yield of(order, "unfinished_address", Action(
                "modify_user_address", {"user_id": order["user_id"]} | hole))  # fmt: skip


def malformed(deck: Deck) -> Iterator[Illegal]:
    """Arguments that lack, that nobody knows, of a wrong type; an order number that nearly fits;
    a tool that does not exist."""
    for order in deck.having(PENDING):
        number, good = order["order_id"], cancel(order).arguments
        wrong: list[Any] = [
            {"order_id": number}, good | {"force": "yes"}, good | {"order_id": [number]},
            good | {"reason": None}, good | {"order_id": number[1:]}, good | {"order_id": "#W0"},
            good | {"order_id": number.lower()}, None, [number], "yes",
        ]  # fmt: skip
        for given in wrong:
            yield of(order, "malformed", Action("cancel_pending_order", given))
        for name in ("refund_order", "cancel_pending_order ", "confirm", "__init__"):
            yield of(order, "malformed", Action(name, good))


MAKERS: Mapping[str, Callable[[Deck], Iterator[Illegal]]] = {
    make.__name__: make
    for make in (
        unconfirmed, unauthenticated, others_order, others_profile, wrong_status, wrong_reason,
        card_too_small, other_product, unavailable, same_item, not_in_order, twice, wrong_refund,
        others_method, same_payment, unfinished_address, malformed,
    )
}  # fmt: skip
