"""The look-ups of a Chinese shop: who the customer is, what is theirs, and what the shop has."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from xiaoer.ladder.tools.contracts import Found, HandOff, Outcome, Refused, Rules, Session
from xiaoer.ladder.tools.lookups import (
    NO_SUCH_PRODUCT,
    Customer,
    Given,
    Look,
    order_details,
    profile,
)
from xiaoer.modules import aftersales, catalog, customers, orders
from xiaoer.ports.ctx import Ctx

Status = orders.contracts.Status
MOST_MISSES = 2
FOUND, NAMESAKES, ORDERS = 10, 200, 200
STATUSES: Mapping[str, frozenset[Status]] = {
    "pending": frozenset({Status.PAID, Status.PACKING}),
    "ready": frozenset({Status.READY_FOR_PICKUP}),
    "shipped": frozenset({Status.SHIPPED}),
    "delivered": frozenset({Status.DELIVERED, Status.COMPLETED}),
    "cancelled": frozenset({Status.CANCELLED}),
    "return_requested": frozenset({Status.RETURNING}),
    "exchange_requested": frozenset({Status.EXCHANGING}),
}
"""The published words for the statuses of an order."""
NOT_VERIFIED = Refused(
    "identity_wrong",
    "您提供的信息和账户不一致，请核对姓名和手机号后四位，或姓名和注册邮箱。",
    "That does not fit an account. Please check your name and the last four digits of your phone, "
    "or your name and your registered e-mail.",
    "1.1",
)
NO_MORE_TRIES = Refused(
    "identity_failed",
    "身份信息连续 2 次核验不符，不能再核验，我为您转接人工。",
    "The identity did not fit twice, so there is no further try. I will hand you over.",
    "1.4",
    to_person=True,
)
UNVERIFIED = Refused(
    "unauthenticated",
    "请先核验身份：告诉我您的姓名和手机号后四位，或姓名和注册邮箱。",
    "Please verify who you are first: your name and the last four digits of your phone, or your "
    "name and your registered e-mail.",
    "1.1",
)
NO_SUCH_CLAUSE = Refused("no_such_clause", "没有这一条规则。", "There is no such clause.")


async def who(ctx: Ctx, given: Given) -> Customer | None:
    """The customer with this name and these digits or this e-mail; nobody when two would fit.

    What is given must fit, all of it; a name alone proves nothing.
    """
    if "phone_last4" not in given and "email" not in given:
        return None
    name = given["name"].strip()
    named = [one for one in await customers.find(ctx, name, NAMESAKES) if one.name == name]
    right = [one for one in named if _proves(one, given)]
    return right[0] if len(right) == 1 else None


def _proves(customer: Customer, given: Given) -> bool:
    pairs = (("phone_last4", customer.phone_last4), ("email", customer.email.casefold()))
    return all(
        known and hmac.compare_digest(given[name].strip().casefold().encode(), known.encode())
        for name, known in pairs if name in given
    )  # fmt: skip


async def user(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """The profile of the session's customer."""
    return Found(await profile(ctx, session))


async def placed(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """The orders of the session's customer, newest first."""
    assert session.customer_id is not None, "only used for somebody who is known"
    customer = await customers.get(ctx, session.customer_id)
    found = await orders.of_customer(ctx, *customer.every_id, limit=ORDERS)
    wanted = STATUSES.get(given.get("status", ""))
    return Found(tuple(one for one in found if wanted is None or one.status in wanted))


async def parcels(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """The parcels of an order of the session's customer."""
    found = await order_details(ctx, session, given)
    if isinstance(found, Found) and isinstance(found.value, orders.contracts.Order):
        return Found(found.value.parcels)
    return found


async def products(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """Products whose name the text means, best first."""
    return Found(await catalog.find_products(ctx, given["query"], FOUND))


async def product(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """A product by its code."""
    found = await catalog.products(ctx, given["product_id"])
    return Found(found[0]) if found else NO_SUCH_PRODUCT


async def stores(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """The stores, or those of a city."""
    city = given.get("city", "").strip().removesuffix("市")
    found = await catalog.stores(ctx)
    return Found(tuple(one for one in found if city in ("", one.city.removesuffix("市"))))


async def policy(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """Clauses of the published policy, with the numbers of this group."""
    kept = await aftersales.terms(ctx)
    found = aftersales.published(kept.terms, given["clause"].strip())
    return Found(Rules(found)) if found else NO_SUCH_CLAUSE


async def transfer(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """To a person; the caller hands the conversation over."""
    return HandOff(given["summary"], given["reason"])


PERSONAL: Mapping[str, Look] = {
    "get_user": user, "list_orders": placed, "get_order": order_details, "get_parcels": parcels,
}  # fmt: skip
PUBLIC: Mapping[str, Look] = {
    "search_products": products, "get_product": product, "list_stores": stores,
    "get_policy": policy, "transfer_to_human": transfer,
}  # fmt: skip
