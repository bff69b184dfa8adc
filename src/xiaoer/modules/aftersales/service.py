"""The verbs: grant, propose, confirm, withdraw; nothing else changes an order after its sale."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.kit.problem import NotFound, Problem, Stale
from xiaoer.modules import catalog, customers, orders
from xiaoer.modules.aftersales import store
from xiaoer.modules.aftersales.contracts import (
    SHOP_VERBS,
    AftersalesCase,
    AuditLine,
    Capability,
    CaseId,
    Done,
    Effects,
    Facts,
    KeptTerms,
    Proposal,
    ProposalId,
    Refused,
    State,
    Terms,
    Verb,
    Wish,
    Yes,
)
from xiaoer.modules.aftersales.events import CaseOpened, WishRefused
from xiaoer.modules.aftersales.rules import policy, shop, shop_effects, shop_words
from xiaoer.modules.aftersales.rules.effects import digest, effects
from xiaoer.modules.aftersales.rules.shop_terms import check_terms
from xiaoer.modules.aftersales.rules.words import outcome, summary
from xiaoer.ports.ctx import Assistant, Ctx, Member, Shopper, System

MANAGE, READ = "orders.manage", "orders.read"
HOUSE = System("aftersales")
_SWAPPING = frozenset({Verb.CHANGE_ITEMS, Verb.EXCHANGE})
_GOODS = frozenset({Verb.RETURN_ITEMS, Verb.EXCHANGE_ITEMS, Verb.REPORT, Verb.PROTECT_PRICE,
                    Verb.TO_PICKUP})  # fmt: skip
_TO_DO = (Verb.RETURN, Verb.EXCHANGE, Verb.RETURN_ITEMS, Verb.EXCHANGE_ITEMS, Verb.URGE)
AGAIN = shop_words.AGAIN


async def grant(
    ctx: Ctx, customer_id: UUID, verbs: Iterable[Verb], numbers: Iterable[str] = ()
) -> Capability | Refused:
    """A capability for one customer that names verbs and orders of theirs.

    The caller has established who the customer is. An order of somebody else is refused in the
    same words as one that does not exist.
    """
    if not _is_theirs(ctx, customer_id):
        return policy.UNAUTHENTICATED
    granted = Capability(
        customer_id, frozenset(verbs), frozenset(numbers), ctx.now() + policy.YES_WITHIN
    )
    for number in granted.orders:
        if await _facts(ctx, customer_id, Wish(Verb.CANCEL, number)) is None:
            return policy.NOT_FOUND
    return granted


async def propose(ctx: Ctx, capability: Capability, wish: Wish) -> Proposal | Refused:
    """Check a wish against the policy; what passes waits for the customer's yes.

    Nothing is changed. Each outcome leaves an audit line.
    """
    if not _admits(ctx, capability, wish):
        return await _refuse(ctx, capability.customer_id, wish, policy.NOT_GRANTED)
    facts = await _facts(ctx, capability.customer_id, wish)
    if facts is None:
        return await _refuse(ctx, capability.customer_id, wish, policy.NOT_FOUND)
    refused = _check(wish, facts)
    if refused is not None:
        return await _refuse(ctx, capability.customer_id, wish, refused)
    found = _effects(ctx, wish, facts)
    say = shop_words.summary if wish.verb in SHOP_VERBS else summary
    zh, en = say(wish, facts, found)
    proposal = Proposal(
        ProposalId(ctx.new_id()), facts.customer.id, wish,
        digest(ctx.scope.tenant, wish, facts, found), ctx.now(), ctx.now() + policy.YES_WITHIN,
        zh=zh, en=en,
    )  # fmt: skip
    await store.propose(ctx, proposal)
    await record(ctx, _line(wish, "proposed", proposal.customer_id, proposal_id=proposal.id))
    return proposal


async def confirm(ctx: Ctx, capability: Capability, yes: Yes) -> Done | Refused:
    """Do what the customer said yes to: exactly that, within its time, once.

    The policy is looked at again with what is true now; when the effects would differ from those
    that were proposed, nothing happens and a new yes is needed. The same yes again changes
    nothing and says so.
    """
    proposal = await store.get(ctx, yes.proposal_id)
    if proposal is None or proposal.customer_id != capability.customer_id:
        return policy.NOT_FOUND
    wish = proposal.wish
    facts = await _facts(ctx, capability.customer_id, wish)
    refused = _not_now(ctx, capability, proposal, yes)
    if refused is None and facts is None:
        refused = policy.NOT_FOUND
    if refused is not None or facts is None:
        return await _refuse(ctx, proposal.customer_id, wish, refused or policy.NOT_FOUND)
    if proposal.state is State.DONE:
        await record(ctx, _line(wish, "repeated", proposal.customer_id, proposal_id=proposal.id))
        return Done(proposal.id, wish.verb, facts.order, facts.customer, True, *AGAIN)
    return await _confirmed(ctx, proposal, facts)


async def withdraw(ctx: Ctx, capability: Capability, proposal_id: UUID) -> bool:
    """The customer said no; the proposal can no longer be confirmed. False when it was not
    open."""
    proposal = await store.get(ctx, proposal_id)
    if proposal is None or proposal.customer_id != capability.customer_id:
        return False
    if not await store.settle(ctx, proposal.id, State.WITHDRAWN):
        return False
    await record(ctx, _line(proposal.wish, "withdrawn", proposal.customer_id,
                            proposal_id=proposal.id))  # fmt: skip
    return True


async def cases(ctx: Ctx, *customer_ids: UUID, limit: int = 50) -> tuple[AftersalesCase, ...]:
    """A customer's after-sales cases under any of their ids, newest first."""
    if isinstance(ctx.actor, Member):
        ctx.require(READ)
    if not all(_is_theirs(ctx, one) for one in customer_ids):
        raise NotFound()
    return await store.cases(ctx, customer_ids, limit)


async def trail(
    ctx: Ctx, customer_id: UUID | None = None, limit: int = 100
) -> tuple[AuditLine, ...]:
    """Who tried what and what came of it, newest first; of one customer or of all."""
    ctx.require(READ)
    return await store.trail(ctx, customer_id, limit)


async def terms(ctx: Ctx) -> KeptTerms:
    """The numbers of the group's policy, for whoever may read orders, and for the house."""
    ctx.require(READ)
    return await store.terms(ctx)


async def set_terms(ctx: Ctx, new: Terms, version: int) -> KeptTerms:
    """Change the numbers of the group's policy by compare-and-set, with an audit line of what was
    and what is. Raises :class:`BadTerms`, or ``Stale`` when somebody was faster.

    Proposals that wait are checked with the new numbers when they are confirmed.
    """
    ctx.require(MANAGE)
    was, known = await store.terms(ctx), check_terms(new)
    if not await store.put_terms(ctx, known, version, _who(ctx)):
        raise Stale()
    before, now = asdict(was.terms), asdict(known)
    changed = {name: [before[name], now[name]] for name in now if before[name] != now[name]}
    await record(ctx, AuditLine("terms", "changed", details=changed))
    return await store.terms(ctx)


async def record(ctx: Ctx, line: AuditLine) -> None:
    """Keep an audit line; the actor and the time are those of ``ctx``."""
    whole = AuditLine(line.verb, line.outcome, line.customer_id, line.order_number, line.code,
                      line.proposal_id, line.details, _who(ctx))  # fmt: skip
    await store.audit(ctx, whole)


def _not_now(ctx: Ctx, capability: Capability, proposal: Proposal, yes: Yes) -> Refused | None:
    """Why this yes does not count, before the policy is looked at again."""
    if not _admits(ctx, capability, proposal.wish):
        return policy.NOT_GRANTED
    if yes.digest != proposal.digest:
        return policy.CHANGED
    if proposal.state not in (State.OPEN, State.DONE):
        return policy.SETTLED
    if proposal.state is State.OPEN and ctx.now() > proposal.expires_at:
        return policy.EXPIRED
    return None


async def _confirmed(ctx: Ctx, proposal: Proposal, facts: Facts) -> Done | Refused:
    wish = proposal.wish
    refused = _check(wish, facts)
    if refused is None:
        found = _effects(ctx, wish, facts)
        if digest(ctx.scope.tenant, wish, facts, found) == proposal.digest:
            return await _once(ctx, proposal, facts, found)
        refused = policy.CHANGED
    await store.settle(ctx, proposal.id, State.REFUSED)
    return await _refuse(ctx, proposal.customer_id, wish, refused)


async def _once(ctx: Ctx, proposal: Proposal, facts: Facts, found: Effects) -> Done | Refused:
    """The deed, its idempotency key, its case and its audit line are one commit."""
    wish = proposal.wish
    try:
        async with ctx.uow.savepoint():
            if not await ctx.uow.once(f"aftersales:{proposal.id}"):
                return Done(proposal.id, wish.verb, facts.order, facts.customer, True, *AGAIN)
            done = await _do(ctx, proposal, facts, found)
    except Problem as problem:
        refused = Refused(problem.code, problem.sentence("zh-CN"), problem.sentence("en"))
        return await _refuse(ctx, proposal.customer_id, wish, refused)
    await store.settle(ctx, proposal.id, State.DONE)
    await record(ctx, _line(wish, "done", proposal.customer_id, proposal_id=proposal.id,
                            details=_told(found)))  # fmt: skip
    return done


async def _do(ctx: Ctx, proposal: Proposal, facts: Facts, found: Effects) -> Done:
    house, wish, customer = ctx.acting_as(HOUSE), proposal.wish, facts.customer
    told = shop_words.outcome if wish.verb in SHOP_VERBS else outcome
    zh, en = told(wish, facts, found)
    if facts.order is None or found.change is None:
        changes = {"address": dict(wish.address)}
        moved = await customers.change(house, customer.id, customer.version, changes)
        return Done(proposal.id, wish.verb, customer=moved, zh=zh, en=en)
    order = await orders.amend(house, facts.order, found.change)
    for method, more in sorted(found.balances.items()):  # two at once never wait in a ring
        await customers.move_balance(house, customer, method, more)
    case = AftersalesCase(
        CaseId(ctx.new_id()), proposal.id, customer.id, order.number, wish.verb,
        _case_status(wish), wish.items,
        found.amount or Money(0, order.total.currency), wish.method, wish.reason, ctx.now(),
    )  # fmt: skip
    await store.open_case(ctx, case)
    ctx.uow.tell(CaseOpened(key=customer.id, case_id=case.id, order_number=order.number,
                            verb=wish.verb, status=case.status))  # fmt: skip
    return Done(proposal.id, wish.verb, order, customer, zh=zh, en=en)


def _case_status(wish: Wish) -> str:
    """Something is left to do while goods come back, are sent again, or wait for dispatch."""
    left = wish.verb in _TO_DO or wish.details.get("solution") == "resend"
    return "requested" if left else "settled"


async def _facts(ctx: Ctx, customer_id: UUID, wish: Wish) -> Facts | None:
    """What the decision may look at; nothing when the order is not this customer's."""
    house = ctx.acting_as(HOUSE)
    try:
        customer = await customers.get(house, customer_id)
        order = await orders.get(house, wish.order) if wish.verb is not Verb.MOVE_HOME else None
    except NotFound:
        return None
    if order and (order.number != wish.order or order.customer_id not in customer.every_id):
        return None
    wallets = await customers.wallets(house, *customer.every_id)
    wallet = {one.id: one for owned in wallets.values() for one in owned}
    products = {}
    if order and wish.verb in _SWAPPING | _GOODS:
        products = {one.code: one for one in await _products(house, order)}
    return await _with_more(ctx, Facts(customer, wallet, order, products, now=ctx.now()), wish)


async def _products(
    house: Ctx, order: orders.contracts.Order
) -> list[catalog.contracts.Product]:
    """The products of the lines; where a line has no code, by its variant."""
    codes = {item.product for item in order.items if item.product}
    found = list(await catalog.products(house, *sorted(codes)))
    for sku in sorted({item.sku for item in order.items if item.sku and not item.product}):
        with suppress(NotFound):
            found.append(await catalog.product(house, sku))
    return found


async def _with_more(ctx: Ctx, facts: Facts, wish: Wish) -> Facts:
    """What only the shop's policy looks at: the group's terms, and stores for a pickup."""
    if wish.verb not in SHOP_VERBS:
        return facts
    kept = await store.terms(ctx)
    known = await catalog.stores(ctx.acting_as(HOUSE)) if wish.verb is Verb.TO_PICKUP else ()
    return replace(facts, terms=kept.terms, stores={one.code: one for one in known})


def _check(wish: Wish, facts: Facts) -> Refused | None:
    return shop.check(wish, facts) if wish.verb in SHOP_VERBS else policy.check(wish, facts)


def _effects(ctx: Ctx, wish: Wish, facts: Facts) -> Effects:
    if wish.verb in SHOP_VERBS:
        return shop_effects.effects(wish, facts, _who(ctx))
    return effects(wish, facts, ctx.now(), _who(ctx))


def _admits(ctx: Ctx, capability: Capability, wish: Wish) -> bool:
    names_order = wish.verb is Verb.MOVE_HOME or wish.order in capability.orders
    return (
        wish.verb in capability.verbs
        and names_order
        and ctx.now() <= capability.expires_at
        and _is_theirs(ctx, capability.customer_id)
    )


def _is_theirs(ctx: Ctx, customer_id: UUID) -> bool:
    """A shopper acts for nobody but their proven self; a member needs the right."""
    match ctx.actor:
        case Shopper(customer_id=own, proven=proven):
            return proven and own == customer_id
        case Member():
            return ctx.can(MANAGE) or ctx.can(READ)
        case _:
            return True


async def _refuse(ctx: Ctx, customer_id: UUID, wish: Wish, refused: Refused) -> Refused:
    await record(ctx, _line(wish, "refused", customer_id, code=refused.code))
    ctx.uow.tell(WishRefused(key=customer_id, order_number=wish.order, verb=wish.verb,
                             code=refused.code))  # fmt: skip
    return refused


def _line(wish: Wish, outcome: str, customer_id: UUID, **more: Any) -> AuditLine:
    given = {"details": {"items": wish.items, "new_items": wish.new_items, "method": wish.method,
                         "reason": wish.reason, **_kept(wish)}} | more  # fmt: skip
    return AuditLine(wish.verb, outcome, customer_id, wish.order, **given)


def _kept(wish: Wish) -> dict[str, str]:
    """Further arguments for the audit; whom an invoice is made out to is not its business."""
    return {name: value for name, value in wish.details.items()
            if name not in ("title", "tax_number", "email")}  # fmt: skip


def _told(found: Effects) -> dict[str, Any]:
    payments = found.change.payments if found.change else ()
    return {
        "payments": [[one.kind, one.method, one.amount.minor] for one in payments],
        "balances": {method: more.minor for method, more in found.balances.items()},
    }


def _who(ctx: Ctx) -> str:
    match ctx.actor:
        case Member(id=member_id, name=name):
            return f"{name} ({member_id})"
        case System(name=name):
            return name
        case Assistant():
            return "assistant"
        case Shopper():
            return "customer"
