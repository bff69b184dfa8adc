"""Using a tool: look at the arguments, at who asks, at the policy; propose, and do after a yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from xiaoer.ladder.tools import arguments, lookups, shop_lookups
from xiaoer.ladder.tools.contracts import Done, Found, Outcome, Refused, Session, Used, Yes
from xiaoer.ladder.tools.specs import BY_NAME, SHOP_TOOLS
from xiaoer.modules import aftersales
from xiaoer.ports.ctx import Ctx

Line = aftersales.contracts.AuditLine
Verb = aftersales.contracts.Verb
VERIFY = "verify_identity"
IDENTIFYING = {**lookups.IDENTIFYING, VERIFY: shop_lookups.who}
PERSONAL = {**lookups.PERSONAL, **shop_lookups.PERSONAL}
PUBLIC = {**lookups.PUBLIC, **shop_lookups.PUBLIC}


async def use(ctx: Ctx, session: Session, name: str, given: object) -> Used:
    """Use a tool for the session's customer, in one unit of work; ``ctx`` is the machine's.

    A look-up answers at once; a deed comes back as a proposal, or as the policy's refusal, and
    has changed nothing. Looking somebody up makes the session theirs.
    """
    spec = BY_NAME.get(name)
    if spec is None or (session.offered is not None and name not in session.offered):
        return Used(await _noted(ctx, session, "unknown", arguments.UNKNOWN_TOOL), session)
    refused = arguments.problem(spec, given)
    if refused is not None or not isinstance(given, Mapping):
        return Used(await _noted(ctx, session, name, refused or arguments.UNKNOWN_TOOL), session)
    if name in IDENTIFYING:
        return await _identified(ctx, session, name, given)
    if name in PUBLIC:
        return Used(await PUBLIC[name](ctx, session, given), session)
    if session.customer_id is None:
        return Used(await _noted(ctx, session, name, _unknown(name)), session)
    if name in PERSONAL:
        outcome = await PERSONAL[name](ctx, session, given)
        return Used(await _noted(ctx, session, name, outcome, given), session)
    return Used(await _proposed(ctx, session, name, given), session)


async def confirm(ctx: Ctx, session: Session, verb: Verb, number: str, yes: Yes) -> Done | Refused:
    """Do what the session's customer said yes to, in one unit of work. ``verb`` and ``number``
    name what they were asked."""
    if session.customer_id is None:
        return aftersales.UNAUTHENTICATED
    mine = ctx.acting_as(session.shopper())
    numbers = () if verb is Verb.MOVE_HOME else (number,)
    capability = await aftersales.grant(mine, session.customer_id, (verb,), numbers)
    if isinstance(capability, Refused):
        return capability
    return await aftersales.confirm(mine, capability, yes)


async def withdraw(ctx: Ctx, session: Session, verb: Verb, number: str, proposal_id: UUID) -> bool:
    """The session's customer said no: the proposal can no longer be done. False when it was not
    open, or not theirs."""
    if session.customer_id is None:
        return False
    mine = ctx.acting_as(session.shopper())
    capability = await aftersales.grant(mine, session.customer_id, (verb,), (number,))
    if isinstance(capability, Refused):
        return False
    return await aftersales.withdraw(mine, capability, proposal_id)


async def _proposed(ctx: Ctx, session: Session, name: str, given: Mapping[str, Any]) -> Outcome:
    assert session.customer_id is not None, "only used for somebody who is known"
    wish = arguments.wish(name, given)
    if "user_id" in given and (
        await lookups.customer_of(ctx, given["user_id"]) != session.customer_id
    ):
        return await _noted(ctx, session, name, aftersales.NOT_FOUND)
    mine = ctx.acting_as(session.shopper())
    numbers = (wish.order,) if wish.order else ()
    capability = await aftersales.grant(mine, session.customer_id, (wish.verb,), numbers)
    if isinstance(capability, Refused):
        return await _noted(ctx, session, name, capability, given)
    return await aftersales.propose(mine, capability, wish)


async def _identified(ctx: Ctx, session: Session, name: str, given: Mapping[str, Any]) -> Used:
    """Somebody who was looked up is served; somebody else is not, for the rest of the session.

    Two identities that do not fit end the shop's own check, right ones after that too.
    """
    if name == VERIFY and session.misses >= shop_lookups.MOST_MISSES:
        return Used(await _noted(ctx, session, name, shop_lookups.NO_MORE_TRIES), session)
    customer = await IDENTIFYING[name](ctx, given)
    if name == VERIFY and customer is None:
        return await _missed(ctx, session)
    if session.customer_id is not None and (
        customer is None or customer.id != session.customer_id
    ):
        refused = lookups.NOBODY if customer is None else lookups.OTHER_CUSTOMER
        return Used(await _noted(ctx, session, name, refused), session)
    if customer is None:
        return Used(await _noted(ctx, session, name, lookups.NOBODY), session)
    known = replace(session, customer_id=customer.id)
    found = Found(await lookups.public_id(ctx, customer))
    return Used(await _noted(ctx, known, name, found), known)


async def _missed(ctx: Ctx, session: Session) -> Used:
    """An identity that does not fit is counted; the second ends it."""
    counted = replace(session, misses=session.misses + 1)
    over = counted.misses >= shop_lookups.MOST_MISSES
    refused = shop_lookups.NO_MORE_TRIES if over else shop_lookups.NOT_VERIFIED
    return Used(await _noted(ctx, counted, VERIFY, refused), counted)


def _unknown(name: str) -> Refused:
    return shop_lookups.UNVERIFIED if name in SHOP_TOOLS else aftersales.UNAUTHENTICATED


async def _noted(
    ctx: Ctx, session: Session, name: str, outcome: Outcome,
    given: Mapping[str, Any] | None = None,
) -> Outcome:  # fmt: skip
    """Leave an audit line: what was told about whom, or why not."""
    refused = isinstance(outcome, Refused)
    await aftersales.record(ctx, Line(
        name, "refused" if refused else "told", session.customer_id,
        str(given.get("order_id", ""))[:80] if given else "",
        outcome.code if isinstance(outcome, Refused) else "",
    ))  # fmt: skip
    return outcome
