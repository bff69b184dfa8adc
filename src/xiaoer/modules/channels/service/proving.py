"""Proving who one is without the shop's word: by an order, or by a code to a phone or mailbox.

Whether the order or the customer exists is told to nobody: wording, effort and the counting of
tries are the same. A try is counted before it is made, so that many at once do not get more.
The outcome is a value, not an error, so that the count is kept.
"""

from __future__ import annotations

from uuid import UUID

from xiaoer.modules import customers, orders
from xiaoer.modules.channels.contracts import CodeToSend, Proof, Session
from xiaoer.modules.channels.errors import AlreadyIdentified
from xiaoer.modules.channels.rules import proving as rules
from xiaoer.modules.channels.service.identity import establish
from xiaoer.modules.channels.store import proofs as store
from xiaoer.ports.ctx import Ctx, System


async def prove_order(ctx: Ctx, session: Session, number: str, phone_last4: str) -> Proof:
    """By an order number and the last four digits of its phone number."""
    order = rules.order_number(number)
    digits = rules.last_four(phone_last4)
    subjects = [rules.subject("visitor", session.visitor_id), rules.subject("order", order)]
    wait = await _count(ctx, subjects)
    if wait:
        return Proof(False, wait)
    customer_id = await orders.prove(_as_house(ctx), order, digits)
    if customer_id is None:
        return Proof(False)
    return await _succeeded(ctx, session, customer_id, subjects)


async def ask_code(ctx: Ctx, session: Session, address: str) -> CodeToSend:
    """A one-time code for an address, whoever's it is; the caller sends it after the commit.

    Codes cost the shop money, so that a proof does not forgive what was sent for it.
    """
    to = rules.address(address)
    subjects = [rules.subject("asks", session.visitor_id), rules.subject("address", to)]
    wait = await _count(ctx, subjects)
    if wait:
        return CodeToSend("", "", wait)
    code = rules.code_of(ctx.ports.chance.bits(64))
    hashed = rules.code_hash(session.visitor_id, code)
    await store.keep_code(ctx, session.visitor_id, to, hashed, ctx.now() + rules.CODE_LASTS)
    return CodeToSend(to, code)


async def prove_code(ctx: Ctx, session: Session, code: str) -> Proof:
    """By the code that was sent; good once, for five minutes, for this visitor."""
    subjects = [rules.subject("visitor", session.visitor_id)]
    wait = await _count(ctx, subjects)
    if wait:
        return Proof(False, wait)
    kept = await store.code(ctx, session.visitor_id)
    if kept is None or not rules.code_matches(session.visitor_id, code, kept[1]):
        return Proof(False)
    await store.drop_code(ctx, session.visitor_id)
    return await _succeeded(ctx, session, await _owner_of(ctx, kept[0]), subjects)


async def sweep(ctx: Ctx) -> int:
    """Forget expired codes and old counts; for the clock."""
    return await store.sweep(ctx, ctx.now() - rules.TRIES_LAST)


async def _count(ctx: Ctx, subjects: list[str]) -> int:
    counts = await store.count_try(ctx, subjects, ctx.now() - rules.TRIES_LAST)
    return rules.retry_after(counts, ctx.now())


async def _succeeded(
    ctx: Ctx, session: Session, customer_id: UUID, subjects: list[str]
) -> Proof:
    house = _as_house(ctx)
    customer = await customers.get(house, customer_id)
    if session.proven and session.customer_id not in customer.every_id:
        raise AlreadyIdentified()
    visitor = await establish(house, session.account, session.visitor, customer)
    await store.forgive(ctx, subjects)
    return Proof(True, visitor=visitor)


async def _owner_of(ctx: Ctx, address: str) -> UUID:
    """The customer with this phone or mailbox; someone new when there was none."""
    kinds = customers.contracts.IdentityKind
    kind = kinds.EMAIL if rules.is_email(address) else kinds.PHONE
    identity = customers.contracts.Identity(kind, address)
    newcomer = customers.contracts.Newcomer((identity,))
    known = await customers.identify(ctx, identity) or await customers.identify(
        ctx, identity, newcomer
    )
    assert known is not None, "a newcomer is created"
    return known.id


def _as_house(ctx: Ctx) -> Ctx:
    """Until it is proven the visitor may read nobody; the house looks, and tells only yes or no."""
    return ctx.acting_as(System("proof"))
