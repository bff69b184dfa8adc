"""The verbs: load, decide, save, tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound, Stale
from xiaoer.modules.customers import rules
from xiaoer.modules.customers.contracts import (
    ConsentLine,
    Customer,
    CustomerId,
    Identity,
    Loaded,
    Merge,
    MergeId,
    Newcomer,
    PaymentMethod,
    Purpose,
    Search,
)
from xiaoer.modules.customers.errors import BalanceTooSmall, IdentityTaken, MergeSettled
from xiaoer.modules.customers.events import ConsentChanged, Merged, Unmerged
from xiaoer.modules.customers.store import customers as store
from xiaoer.modules.customers.store import wallets as wallet_store
from xiaoer.ports.ctx import Assistant, Ctx, Member, Shopper, System

READ, MANAGE = "customers.read", "customers.manage"
_RACES = 5


class _Raced(Exception):
    """Somebody else claimed one of the identities in the same instant."""


async def identify(
    ctx: Ctx, identity: Identity, newcomer: Newcomer | None = None
) -> Customer | None:
    """The customer behind an identity.

    With ``newcomer`` an unknown one is created, and what it says is learnt about a known one;
    identities of it that belong to somebody else stay there. Fifty at once make one customer.
    """
    known = rules.normalised(identity)
    if newcomer is not None:
        loaded = await load(
            ctx, [replace(newcomer, identities=(known, *newcomer.identities))]
        )
        return await _current(ctx, loaded.ids[0])
    owner = await store.owner(ctx, known)
    return await _current(ctx, owner) if owner else None


async def load(ctx: Ctx, newcomers: Sequence[Newcomer]) -> Loaded:
    """Create or complete many customers in a few statements; about 2,000 a call is best.

    Raises :class:`BadIdentity` or :class:`NoIdentity`. Identities of somebody else stay there
    and are named in ``conflicts``.
    """
    rows = [rules.prepared(newcomer) for newcomer in newcomers]
    for _ in range(_RACES):
        try:
            async with ctx.uow.savepoint():
                return await _load(ctx, rows)
        except _Raced:
            continue
    raise Stale()


async def _load(ctx: Ctx, rows: Sequence[Newcomer]) -> Loaded:
    owners = await store.owners(ctx, {one for row in rows for one in row.identities})
    doubtful = rules.doubtful(rows, owners)
    seating = rules.Seating(owners, await store.known_ids(ctx, doubtful) if doubtful else {})
    seats = [
        seating.seat(place, row.identities, CustomerId(ctx.new_id()))
        for place, row in enumerate(rows)
    ]
    claims = [(one, seat.customer_id) for seat in seats for one in seat.claims]
    if claims and not await store.claim(ctx, claims):
        raise _Raced()
    pairs = list(zip(rows, seats, strict=True))
    new = [rules.as_row(row, seat.customer_id) for row, seat in pairs if seat.new]
    if new:
        await store.insert(ctx, new)
    more = rules.folded(rules.as_row(row, s.customer_id) for row, s in pairs if not s.new)
    updated = await store.update(ctx, more) if more else 0
    known = {s.customer_id: row.wallet for row, s in pairs if row.wallet is not None}
    if known:
        await wallet_store.put(ctx, known)
    ids = tuple(seat.customer_id for seat in seats)
    return Loaded(ids, len(new), updated, tuple(seating.conflicts))


async def resolve(ctx: Ctx, identities: Iterable[Identity]) -> dict[Identity, CustomerId]:
    """Who stands behind many identities at once, for loads of other rooms; unknown and
    malformed ones lack."""
    asked = rules.readable(identities)
    owners = await store.owners(ctx, set(asked.values()))
    return {one: owners[known] for one, known in asked.items() if known in owners}


async def get(ctx: Ctx, customer_id: UUID) -> Customer:
    """One customer; an absorbed one's id leads to who absorbed it.

    Customers belong to the whole group, so that any store can serve whoever comes; lists show
    those whose home is within reach. A shopper sees nobody but their proven self.
    """
    _may_read(ctx, customer_id)
    found = await _current(ctx, customer_id)
    if found is None:
        raise NotFound()
    return found


async def identities(ctx: Ctx, customer_id: UUID) -> tuple[Identity, ...]:
    """Under which names a customer is known."""
    customer = await get(ctx, customer_id)
    return await store.identities(ctx, customer.id)


async def find(ctx: Ctx, text: str, limit: int = 20) -> tuple[Customer, ...]:
    """Customers by name, phone or its last digits, member number, e-mail or external number."""
    ctx.require(READ)
    wanted = rules.wanted(text)
    if not (wanted.identities or wanted.digits or wanted.name):
        return ()
    return await store.find(ctx, wanted, limit)


async def page(ctx: Ctx, search: Search) -> Page[Customer]:
    """Customers whose home is within reach; with a text, those that it can mean."""
    ctx.require(READ)
    if search.text:
        return Page(await find(ctx, search.text, search.limit))
    return await store.page(ctx, search)


async def change(
    ctx: Ctx, customer_id: UUID, version: int, changes: Mapping[str, Any]
) -> Customer:
    """Correct a profile by compare-and-set; raises ``Stale`` when it has moved on."""
    ctx.require(MANAGE)
    customer = await get(ctx, customer_id)
    columns = rules.changed(customer, changes)
    if not columns:
        return customer
    if not await store.change(ctx, customer.id, version, columns):
        raise Stale()
    await store.audit(ctx, customer.id, _who(ctx), "change", sorted(changes))
    ctx.uow.wake(f"customer:{customer.id}")
    return await get(ctx, customer.id)


async def wallets(
    ctx: Ctx, *customer_ids: CustomerId
) -> dict[CustomerId, tuple[PaymentMethod, ...]]:
    """How customers can pay and be paid back, by the ids asked for; give ``every_id`` of one who
    absorbed others. A shopper sees nobody's but their proven own."""
    for customer_id in customer_ids if isinstance(ctx.actor, Shopper) else customer_ids[:1]:
        _may_read(ctx, customer_id)
    return await wallet_store.of(ctx, customer_ids)


async def move_balance(ctx: Ctx, customer: Customer, method: str, more: Money) -> None:
    """Add to what a gift card holds, or take from it when ``more`` is negative.

    Raises :class:`BalanceTooSmall`. The caller's policy has decided that it is due, and the
    caller keeps it from happening twice.
    """
    ctx.require(MANAGE)
    if not await wallet_store.move(ctx, customer.every_id, method, more):
        raise BalanceTooSmall(method=method)
    details = {"method": method, "minor": more.minor, "currency": more.currency}
    await store.audit(ctx, customer.id, _who(ctx), "move_balance", details)


async def link(ctx: Ctx, customer_id: UUID, identity: Identity) -> None:
    """Give a customer one more identity; raises :class:`IdentityTaken` when it is another's."""
    customer = await _current(ctx, customer_id)
    if customer is None:
        raise NotFound()
    known = rules.normalised(identity)
    rules.may_merge(await store.identities(ctx, customer.id), [known])
    if await store.claim(ctx, [(known, customer.id)]):
        return
    if await store.owner(ctx, known) != customer.id:
        raise IdentityTaken(kind=rules.WORDS[known.kind])


async def merge(ctx: Ctx, keep: UUID, absorb: UUID, reason: str = "") -> Merge:
    """Make two records one person; ``absorb`` lives on inside ``keep``. Tells ``Merged``.

    Raises :class:`TwoKnownCustomers` when known ids say that they are two people.
    """
    ctx.require(MANAGE)
    kept, absorbed = await _both(ctx, keep, absorb)
    mine, theirs = [await store.identities(ctx, one.id) for one in (kept, absorbed)]
    rules.may_merge(mine, theirs)
    gained = rules.filled(kept, absorbed)
    done = Merge(MergeId(ctx.new_id()), kept.id, absorbed.id, _who(ctx), reason[:500], ctx.now())
    await store.keep_merge(ctx, done, theirs, gained)
    columns = rules.gains(kept, gained) | {"absorbed": [*kept.absorbed, *absorbed.every_id]}
    await store.change(ctx, kept.id, None, columns)
    await store.audit(ctx, kept.id, done.by, "merge",
                      {"absorbed": str(absorbed.id), "reason": done.reason})
    ctx.uow.tell(Merged(key=kept.id, absorbed_id=absorbed.id, merge_id=done.id))
    ctx.uow.wake(f"customer:{kept.id}")
    return done


async def undo_merge(ctx: Ctx, merge_id: UUID) -> Merge:
    """Take a merge back: identities and filled-in fields return. Tells ``Unmerged``.

    Raises :class:`MergeSettled` when it was undone before or a later merge stands on it.
    """
    ctx.require(MANAGE)
    found = await store.get_merge(ctx, merge_id)
    if found is None:
        raise NotFound()
    done, moved, gained = found
    kept = await store.get(ctx, done.kept, lock=True)
    absorbed = await store.get(ctx, done.absorbed, lock=True)
    if kept is None or absorbed is None:
        raise NotFound()
    if done.undone_at or kept[1] is not None or absorbed[1] != done.kept:
        raise MergeSettled()
    await store.move(ctx, done.kept, done.absorbed, moved)
    await store.mark(ctx, done.absorbed, None)
    await store.change(ctx, done.kept, None, rules.undone(kept[0], absorbed[0], gained))
    await store.undone(ctx, done.id, _who(ctx))
    await store.audit(ctx, done.kept, _who(ctx), "undo_merge", {"restored": str(done.absorbed)})
    ctx.uow.tell(Unmerged(key=done.kept, restored_id=done.absorbed, merge_id=done.id))
    ctx.uow.wake(f"customer:{done.kept}")
    return replace(done, undone_at=ctx.now())


async def merges(ctx: Ctx, customer_id: UUID) -> tuple[Merge, ...]:
    """The merges that a customer had part in, newest first."""
    ctx.require(READ)
    return await store.merges(ctx, customer_id)


async def consent(
    ctx: Ctx, customer_id: UUID, purpose: Purpose, granted: bool, source: str
) -> None:
    """Keep a customer's yes or no, with where it was said. Tells ``ConsentChanged``."""
    if isinstance(ctx.actor, Member):
        ctx.require(MANAGE)
    customer = await get(ctx, customer_id)
    line = ConsentLine(purpose, granted, source[:200], ctx.now())
    if await store.set_consent(ctx, customer.id, line):
        ctx.uow.tell(ConsentChanged(key=customer.id, purpose=purpose, granted=granted))


async def consents(ctx: Ctx, customer_id: UUID) -> tuple[ConsentLine, ...]:
    """Everything that a customer said yes or no to, newest first."""
    customer = await get(ctx, customer_id)
    return await store.consents(ctx, customer.id)


def shown(ctx: Ctx, customer: Customer) -> Customer:
    """The customer as the actor may see them: masked without ``customers.read_private``."""
    return customer if ctx.can("customers.read_private") else rules.masked(customer)


async def _current(ctx: Ctx, customer_id: UUID) -> Customer | None:
    found = await store.get(ctx, customer_id)
    while found is not None and found[1] is not None:
        found = await store.get(ctx, found[1])
    return found[0] if found else None


async def _both(ctx: Ctx, keep: UUID, absorb: UUID) -> tuple[Customer, Customer]:
    """Both records, locked in the order of their ids so that two merges never wait in a ring."""
    found = {}
    for customer_id in sorted({keep, absorb}):
        row = await store.get(ctx, customer_id, lock=True)
        if row is None or row[1] is not None:
            raise NotFound()
        found[customer_id] = row[0]
    if len(found) < 2:
        raise NotFound()
    return found[keep], found[absorb]


def _may_read(ctx: Ctx, customer_id: UUID) -> None:
    match ctx.actor:
        case Member():
            ctx.require(READ)
        case Shopper(customer_id=own, proven=proven):
            if not proven or own != customer_id:
                raise NotFound()
        case _:
            return


def _who(ctx: Ctx) -> str:
    match ctx.actor:
        case Member(id=member_id, name=name):
            return f"{name} ({member_id})"
        case System(name=name):
            return name
        case Assistant():
            return "assistant"
        case _:
            return "shopper"


