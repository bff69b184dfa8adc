"""A visitor turns out to be a customer: what they said before is theirs."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from xiaoer.modules import conversations, customers
from xiaoer.modules.channels.contracts import Account, Visitor
from xiaoer.modules.channels.errors import AlreadyIdentified
from xiaoer.modules.channels.events import Identified
from xiaoer.modules.channels.store import visitors as store
from xiaoer.ports.ctx import Ctx


def person(visitor: Visitor) -> conversations.contracts.Person:
    """The visitor as conversations know the customer's side."""
    return conversations.contracts.Person(
        visitor.id,
        visitor.customer_id,
        visitor.name,
        visitor.level,
        visitor.kind,
        visitor.proven,
    )


async def establish(
    ctx: Ctx, account: Account, visitor: Visitor, customer: customers.contracts.Customer
) -> Visitor:
    """From now on the visitor is proven to be this customer. Tells ``Identified``.

    Raises :class:`AlreadyIdentified` when they are proven as somebody else.
    """
    proven = replace(
        visitor,
        customer_id=customer.id,
        proven=True,
        name=customer.name,
        level=customer.level,
        kind=str(customer.kind),
    )
    if proven == visitor:
        return visitor
    known = {"name": customer.name, "level": customer.level, "kind": str(customer.kind)}
    if not await store.identify(ctx, visitor.id, {"id": customer.id, **known}):
        raise AlreadyIdentified()
    await _link(ctx, customer, visitor)
    await conversations.rekey_demands(ctx, visitor.id, customer.id, person(proven))
    latest = await conversations.reading.latest_of(ctx, account.id, visitor.id)
    ctx.uow.tell(
        Identified(
            key=latest.id if latest else visitor.id,
            visitor_id=visitor.id,
            customer_id=customer.id,
            account_id=account.id,
            conversation_id=latest.id if latest else None,
        )
    )
    ctx.uow.wake(f"visitor:{visitor.id}:proven")
    if latest is not None:
        ctx.uow.wake(f"conversation:{latest.id}")
    return proven


async def _link(ctx: Ctx, customer: customers.contracts.Customer, visitor: Visitor) -> None:
    """So that the desk finds the customer by the visitor; a visitor of another stays theirs."""
    identity = customers.contracts.Identity(
        customers.contracts.IdentityKind.VISITOR, str(visitor.id)
    )
    with contextlib.suppress(customers.errors.IdentityTaken):
        await customers.link(ctx, customer.id, identity)
