"""Tools that only look: who the customer is, what is theirs, and what the shop has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from xiaoer.kit.problem import NotFound, Problem
from xiaoer.ladder.tools.arguments import calculated
from xiaoer.ladder.tools.contracts import Found, HandOff, Outcome, Profile, Refused, Session
from xiaoer.modules import aftersales, catalog, customers, orders
from xiaoer.ports.ctx import Ctx

Identity = customers.contracts.Identity
Kind = customers.contracts.IdentityKind
Customer = customers.contracts.Customer
Given = Mapping[str, Any]
NAMESAKES = 200
PAGE = 200
NOBODY = Refused(
    "no_such_customer",
    "没有找到对应的客户，请核对邮箱，或姓名和邮编。",
    "I cannot find that customer. Please check the e-mail, or the name and zip code.",
)
OTHER_CUSTOMER = Refused(
    "other_customer",
    "一次对话只能为一位客户服务，已验证身份的客户之外的资料不能查看或办理。",
    "I can only help one customer in a conversation, the one whose identity was verified.",
)
NO_SUCH_PRODUCT = Refused(
    "no_such_product", "没有这个商品。", "There is no product with this id."
)


async def who_by_email(ctx: Ctx, given: Given) -> Customer | None:
    """The customer with an e-mail address."""
    try:
        return await customers.identify(ctx, Identity(Kind.EMAIL, given["email"]))
    except Problem:
        return None


async def who_by_name_zip(ctx: Ctx, given: Given) -> Customer | None:
    """The customer with a name and a zip code; nobody when two would fit."""
    name = f"{given['first_name']} {given['last_name']}"
    found = [one for one in await customers.find(ctx, name, NAMESAKES)
             if one.name.casefold() == name.casefold()
             and str(one.address.get("zip", "")) == given["zip"]]  # fmt: skip
    return found[0] if len(found) == 1 else None


async def public_id(ctx: Ctx, customer: Customer) -> str:
    """The id under which the shop knows a customer."""
    for identity in await customers.identities(ctx, customer.id):
        if identity.kind is Kind.EXTERNAL:
            return identity.value
    return str(customer.id)


async def customer_of(ctx: Ctx, user_id: str) -> UUID | None:
    """The customer behind an id of the shop, or of ours."""
    try:
        found = await customers.identify(ctx, Identity(Kind.EXTERNAL, user_id))
        return found.id if found else (await customers.get(ctx, UUID(user_id))).id
    except (Problem, ValueError):
        return None


async def user_details(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """The profile of the session's customer."""
    if await customer_of(ctx, given["user_id"]) != session.customer_id:
        return aftersales.NOT_FOUND
    return Found(await profile(ctx, session))


async def profile(ctx: Ctx, session: Session) -> Profile:
    """The session's customer, with how they pay and what they have ordered."""
    assert session.customer_id is not None, "only used for somebody who is known"
    mine = ctx.acting_as(session.shopper())
    customer = await customers.get(mine, session.customer_id)
    wallets = await customers.wallets(ctx, *customer.every_id)
    placed = await orders.of_customer(ctx, *customer.every_id, limit=PAGE)
    owned = tuple(one for wallet in wallets.values() for one in wallet)
    return Profile(customer, owned, tuple(order.number for order in placed))


async def order_details(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """An order of the session's customer; anything else does not exist."""
    assert session.customer_id is not None, "only used for somebody who is known"
    try:
        order = await orders.get(ctx, given["order_id"])
        customer = await customers.get(ctx, session.customer_id)
    except NotFound:
        return aftersales.NOT_FOUND
    is_theirs = order.customer_id in customer.every_id
    if order.number != given["order_id"] or not is_theirs:
        return aftersales.NOT_FOUND
    return Found(order)


async def product_details(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """A product by its own id."""
    found = await catalog.products(ctx, given["product_id"])
    return Found(found[0]) if found else NO_SUCH_PRODUCT


async def item_details(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """A variant by its id."""
    try:
        product = await catalog.product(ctx, given["item_id"])
    except NotFound:
        return NO_SUCH_PRODUCT
    found = [one for one in product.variants if one.sku == given["item_id"]]
    return Found(found[0]) if found else NO_SUCH_PRODUCT


async def product_types(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """Every product's id by its name."""
    named: dict[str, str] = {}
    cursor: str | None = None
    while True:
        search = catalog.contracts.ProductSearch(cursor=cursor, limit=PAGE)
        page = await catalog.page(ctx, search)
        named |= {one.title: one.code for one in page.items}
        if page.next is None:
            return Found(dict(sorted(named.items())))
        cursor = page.next


async def calculate(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """Arithmetic."""
    value = calculated(given["expression"])
    return value if isinstance(value, Refused) else Found(value)


async def think(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """Nothing at all."""
    return Found("")


async def transfer(ctx: Ctx, session: Session, given: Given) -> Outcome:
    """To a person; the caller hands the conversation over."""
    return HandOff(given["summary"])


Who = Callable[[Ctx, Given], Awaitable[Customer | None]]
Look = Callable[[Ctx, Session, Given], Awaitable[Outcome]]

IDENTIFYING: Mapping[str, Who] = {
    "find_user_id_by_email": who_by_email,
    "find_user_id_by_name_zip": who_by_name_zip,
}
PERSONAL: Mapping[str, Look] = {
    "get_user_details": user_details,
    "get_order_details": order_details,
}
PUBLIC: Mapping[str, Look] = {
    "get_product_details": product_details,
    "get_item_details": item_details,
    "list_all_product_types": product_types,
    "calculate": calculate,
    "think": think,
    "transfer_to_human_agents": transfer,
}
