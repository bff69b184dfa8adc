"""The published τ-bench retail database in our nouns, and back.

What has no home in our nouns (the order of a user's orders) stays in ``extra`` under ``tau``.
Where our form of a record does not give its JSON back to the letter (an amount in thousandths, an
unknown status), ``beside`` keeps the record with what our form makes of it; on the way out each
field that has not changed since is then given as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.ladder import tools
from xiaoer.modules import catalog, customers, orders

CURRENCY = "USD"
STATUSES = {
    "pending": orders.contracts.Status.PAID,
    "processed": orders.contracts.Status.SHIPPED,
    "delivered": orders.contracts.Status.DELIVERED,
    "cancelled": orders.contracts.Status.CANCELLED,
    "return requested": orders.contracts.Status.RETURNING,
    "exchange requested": orders.contracts.Status.EXCHANGING,
}
_WORDS = {ours: theirs for theirs, ours in STATUSES.items()}
_PENDING = "pending"
_MODIFIED = "pending (item modified)"
_PARCELS = {orders.contracts.Status.DELIVERED: "delivered"}

_ITEMS = orders.contracts.ChangeKind.ITEMS_CHANGED

Json = dict[str, Any]
NOTHING: Json = {}


def product(raw: Json, beside: Json = NOTHING) -> catalog.contracts.NewProduct:
    """A product with its variants."""
    variants = tuple(
        catalog.contracts.Variant(
            sku, _label(one["options"]), one["options"], money(one["price"]),
            bool(one["available"]),
        )
        for sku, one in raw["variants"].items()
    )  # fmt: skip
    return catalog.contracts.NewProduct(
        raw["product_id"], raw["name"], variants, extra={"tau": {"kept": {}} | beside}
    )


def product_json(ours: catalog.contracts.NewProduct) -> Json:
    """The product as our form has it; ``restored`` gives it as the database had it."""
    return {"name": ours.title, "product_id": ours.code, "variants": {
        one.sku: variant_json(one) for one in ours.variants
    }}  # fmt: skip


def newcomer(raw: Json, beside: Json = NOTHING) -> customers.contracts.Newcomer:
    """A user as a customer of ours."""
    name = raw["name"]
    kept = {one: raw[one] for one in ("user_id", "name", "email", "orders")}
    return customers.contracts.Newcomer(
        _identities(raw["user_id"], raw["email"]),
        name=f"{name['first_name']} {name['last_name']}", language="en", address=raw["address"],
        city=str(raw["address"].get("city", "")), extra={"tau": {"kept": kept} | beside},
        wallet=tuple(_method(key, one) for key, one in raw["payment_methods"].items()),
    )  # fmt: skip


def _method(key: str, raw: Json) -> customers.contracts.PaymentMethod:
    more = {name: value for name, value in raw.items() if name not in ("source", "id", "balance")}
    balance = money(raw["balance"]) if "balance" in raw else None
    return customers.contracts.PaymentMethod(key, raw["source"], balance, more)


def _method_json(method: customers.contracts.PaymentMethod) -> Json:
    known = {"source": method.kind, "id": method.id, **method.extra}
    return known if method.balance is None else known | {"balance": amount(method.balance)}


def _identities(user_id: str, email: str) -> tuple[customers.contracts.Identity, ...]:
    kinds = customers.contracts.IdentityKind
    known = customers.contracts.Identity(kinds.EXTERNAL, user_id)
    address = customers.contracts.Identity(kinds.EMAIL, email)
    return (known, address) if re.fullmatch(r"[^@\s]+@[^@\s]+", email) else (known,)


def user_json(
    ours: customers.contracts.Customer, wallet: Sequence[customers.contracts.PaymentMethod]
) -> Json:
    """The customer as our form has them."""
    kept = ours.extra["tau"]["kept"]
    parts = kept["name"]
    if ours.name != f"{parts['first_name']} {parts['last_name']}":
        first, _, last = ours.name.partition(" ")
        parts = {"first_name": first, "last_name": last}
    same = ours.email == kept["email"].lower()
    return {"user_id": kept["user_id"], "name": parts, "address": dict(ours.address),
            "email": kept["email"] if same else ours.email,
            "payment_methods": {one.id: _method_json(one) for one in wallet},
            "orders": kept["orders"]}  # fmt: skip


def order(
    raw: Json, customer_id: UUID, now: datetime, beside: Json = NOTHING
) -> orders.contracts.NewOrder:
    """An order; the database has no times, so ``now`` stands for all of them."""
    items = tuple(
        orders.contracts.Item(
            one["item_id"], one["name"], 1, money(one["price"]), product=one["product_id"],
            variant=_label(one["options"]), options=one["options"],
        )
        for one in raw["items"]
    )  # fmt: skip
    payments = tuple(
        orders.contracts.Payment(
            one["payment_method_id"], money(one["amount"]), one["transaction_type"]
        )
        for one in raw["payment_history"]
    )
    status = _status(raw["status"])
    changed = status is orders.contracts.Status.PAID and raw["status"] != _PENDING
    return orders.contracts.NewOrder(
        raw["order_id"], status, now, items,
        Money(sum(item.price.minor for item in items), CURRENCY), customer_id=customer_id,
        updated_at=now, address=raw["address"], payments=payments,
        parcels=tuple(_parcel(one, items, status) for one in raw["fulfillments"]),
        extra={"tau": {"kept": {"user_id": raw["user_id"]}} | beside},
        changes=(orders.contracts.Change(_ITEMS, now, "import"),) if changed else (),
    )  # fmt: skip


def order_json(ours: orders.contracts.Order) -> Json:
    """The order as our form has it."""
    return {
        "order_id": ours.number, "user_id": ours.extra["tau"]["kept"]["user_id"],
        "address": dict(ours.address),
        "items": [
            {"name": one.title, "product_id": one.product, "item_id": one.sku,
             "price": amount(one.price), "options": dict(one.options)}
            for one in ours.items
        ],
        "status": _word(ours),
        "fulfillments": [_fulfillment(one, ours.items) for one in ours.parcels],
        "payment_history": [
            {"transaction_type": one.kind, "amount": dollars, "payment_method_id": one.method}
            for one, dollars in zip(ours.payments, _amounts(ours), strict=True)
        ],
    } | _outcome(ours)  # fmt: skip


def _word(ours: orders.contracts.Order) -> str:
    if ours.status is orders.contracts.Status.PAID and ours.was(_ITEMS):
        return _MODIFIED
    return _WORDS.get(ours.status, str(ours.status))


def _outcome(ours: orders.contracts.Order) -> Json:
    """The fields that a cancelled, returned or exchanged order has besides."""
    found: Json = {}
    for change in ours.changes:
        gone = sorted(swap.old.sku for swap in change.swaps)
        if change.kind is orders.contracts.ChangeKind.CANCELLED:
            found |= {"cancel_reason": change.reason}
        elif change.kind is orders.contracts.ChangeKind.RETURN_REQUESTED:
            found |= {"return_items": gone, "return_payment_method_id": change.method}
        elif change.kind is orders.contracts.ChangeKind.EXCHANGE_REQUESTED:
            found |= {
                "exchange_items": gone,
                "exchange_new_items": sorted(s.new.sku for s in change.swaps if s.new),
                "exchange_payment_method_id": change.method,
                "exchange_price_difference": amount(change.difference or Money(0, CURRENCY)),
            }
    return found


def _amounts(ours: orders.contracts.Order) -> Iterator[float]:
    """Dollars of each payment. The published tools add the differences of prices up as floats
    and do not round, so that what comes of changed items is 8.619999999999976 there."""
    first = len(ours.payments) - sum(len(change.payments) for change in ours.changes)
    yield from (amount(one.amount) for one in ours.payments[:first])
    for change in ours.changes:
        exact = [amount(payment.amount) for payment in change.payments]
        if change.kind is _ITEMS and len(exact) == 1:
            exact = [abs(_difference(change.swaps))]
        yield from exact


def _difference(swaps: Sequence[orders.contracts.Swap]) -> float:
    total = 0.0
    for swap in swaps:
        if swap.new is not None:
            total += amount(swap.new.price) - amount(swap.old.price)
    return total


def _label(options: Mapping[str, Any]) -> str:
    return " ".join(map(str, options.values()))


def _status(word: str) -> orders.contracts.Status:
    """The nearest of our statuses; a longer wording begins with the plain one. An order of which
    we do not know how far it has come counts as being packed, where nothing can be changed."""
    found = [ours for theirs, ours in STATUSES.items() if word.startswith(theirs)]
    return found[0] if found else orders.contracts.Status.PACKING


def _parcel(raw: Json, items: Sequence[orders.contracts.Item], status: orders.contracts.Status) -> orders.contracts.Parcel:
    numbers = raw["tracking_id"]
    free = list(range(len(items)))
    places = []
    for sku in raw["item_ids"]:
        place = next((n for n in free if items[n].sku == sku), None)
        if place is not None:
            free.remove(place)
            places.append(place)
    return orders.contracts.Parcel(numbers[0] if numbers else "", status=_PARCELS.get(status, "in_transit"),
                  items=tuple(places), extra={"tracking_id": numbers} if len(numbers) != 1 else {})


def _fulfillment(parcel: orders.contracts.Parcel, items: Sequence[orders.contracts.Item]) -> Json:
    return {"tracking_id": parcel.extra.get("tracking_id", [parcel.number]),
            "item_ids": [items[place].sku for place in parcel.items]}


def money(dollars: Any) -> Money:
    """Dollars as a float or an integer, to the nearest cent."""
    return Money(round(dollars * 100), CURRENCY)


def amount(value: Money) -> float:
    """Dollars, rounded by the one division to the float nearest to the cents."""
    return value.minor / 100


def restored(made: Json, extra: Mapping[str, Any]) -> Json:
    """What our form makes of a record, with all that has not changed given as it came."""
    tau = extra.get("tau", {})
    if "raw" not in tau:
        return made
    whole: Json = _unchanged(tau["raw"], tau["made"], made)
    return whole


def _unchanged(raw: Any, then: Any, now: Any) -> Any:
    """``now``, with every part that is as it was ``then`` given as it came (``raw``)."""
    if now == then:
        return raw
    if all(isinstance(one, dict) for one in (raw, then, now)):
        same = {key: _unchanged(raw.get(key), then.get(key), value) for key, value in now.items()}
        return {key: value for key, value in raw.items() if key not in then} | same
    return now


def seen(value: tools.Seen) -> Any:
    """What a tool found, as the published tools write it."""
    match value:
        case tools.Profile(customer=customer, wallet=wallet):
            return restored(user_json(customer, wallet), customer.extra)
        case orders.contracts.Order():
            return restored(order_json(value), value.extra)
        case catalog.contracts.Product():
            return restored(product_json(value), value.extra)
        case catalog.contracts.Variant():
            return variant_json(value)
        case _:
            return value


def variant_json(ours: catalog.contracts.Variant) -> Json:
    """One variant of a product."""
    return {"item_id": ours.sku, "options": dict(ours.options), "available": ours.available,
            "price": amount(ours.price)}  # fmt: skip
