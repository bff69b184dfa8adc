"""A browser becomes a visitor with a session, and perhaps a customer whom the shop names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.modules import catalog, customers
from xiaoer.modules.channels.contracts import (
    Account,
    Entered,
    Entry,
    Session,
    Visitor,
    VisitorId,
)
from xiaoer.modules.channels.errors import BadCustomerToken
from xiaoer.modules.channels.rules import accounts as account_rules
from xiaoer.modules.channels.rules import origins, sessions, tokens
from xiaoer.modules.channels.service.accounts import MANAGE, account
from xiaoer.modules.channels.service.identity import establish
from xiaoer.modules.channels.store import accounts as account_store
from xiaoer.modules.channels.store import visitors as store
from xiaoer.ports.ctx import Ctx


async def begin(ctx: Ctx, account_id: UUID, entry: Entry) -> Entered:
    """Open a session, or go on with an earlier one.

    Raises ``NotFound`` for an account that is switched off, and :class:`BadCustomerToken`.
    """
    place = await account(ctx, account_id)
    if not place.profile.active:
        raise NotFound()
    secret = tokens.secret_of(entry.visitor_token, ctx.scope.tenant)
    previous = await _previous(ctx, place, secret)
    customer = None
    if entry.customer_token:
        customer = await _customer_named(ctx, place, entry.customer_token, previous)
    same = sessions.goes_on(previous, customer.id if customer else None, ctx.now())
    visitor = previous.visitor if same and previous else await _new_visitor(ctx, place)
    if customer is not None:
        visitor = await establish(ctx, place, visitor, customer)
    opened = await _session(ctx, place, visitor, entry)
    if same:
        await store.resume(ctx, tokens.token_hash(secret), opened)
    else:
        secret = ctx.ports.chance.token()
        await store.open_session(ctx, tokens.token_hash(secret), opened)
    return Entered(tokens.session_token(ctx.scope.tenant, secret), opened)


async def shopper(ctx: Ctx, account_key: str, secret: str) -> Session | None:
    """The session behind a token's secret, on this account; using it keeps it alive."""
    if not secret or len(secret) > tokens.MOST_TOKEN:
        return None
    hashed, now = tokens.token_hash(secret), ctx.now()
    session = await store.session(ctx, hashed, account_key, now)
    if session is None or not session.account.profile.active:
        return None
    if session.expires_at - now < tokens.SESSION - tokens.RENEWED_AFTER:
        session = replace(session, expires_at=now + tokens.SESSION)
        await store.renew(ctx, hashed, session.expires_at)
    return session


def check_origin(account: Account, origin: str | None) -> None:
    """Raise :class:`OriginRefused` for a page that the account does not list."""
    origins.check(account.profile, origin)


async def customer_token(
    ctx: Ctx, account_id: UUID, subject: str, name: str = ""
) -> str:
    """What a shop's server would sign for its customer; for the demo's "shop as …" switch."""
    ctx.require(MANAGE)
    place = await account(ctx, account_id)
    secrets = await account_store.secrets(ctx, account_id)
    claims = {
        "sub": subject,
        "name": name,
        "aud": place.key,
        "exp": int((ctx.now() + tokens.LONGEST).timestamp()),
        "nonce": ctx.ports.chance.token(),
    }
    return tokens.sign(secrets[0].value, claims)


async def sweep(ctx: Ctx) -> int:
    """Forget sessions that nobody will resume; for the clock."""
    return await store.sweep(ctx, ctx.now() - tokens.RESUMABLE)


async def _previous(ctx: Ctx, place: Account, secret: str) -> Session | None:
    if not secret:
        return None
    since = ctx.now() - tokens.RESUMABLE
    return await store.session(ctx, tokens.token_hash(secret), place.key, since)


async def _new_visitor(ctx: Ctx, place: Account) -> Visitor:
    visitor = Visitor(VisitorId(ctx.new_id()), place.id)
    await store.add_visitor(ctx, visitor)
    return visitor


async def _session(ctx: Ctx, place: Account, visitor: Visitor, entry: Entry) -> Session:
    page = account_rules.page_of(entry.page)
    return Session(
        visitor,
        place,
        ctx.now() + tokens.SESSION,
        account_rules.locale_of(entry.locale),
        await _unit_path(ctx, place, page),
        page,
    )


async def _unit_path(ctx: Ctx, place: Account, page: Mapping[str, str]) -> str:
    """The store that the page is about, when it lies within the account's place."""
    own = place.profile.unit_path
    if "store" not in page:
        return own
    below = {store.code: store.unit_path for store in await catalog.stores(ctx, own)}
    return below.get(page["store"], own)


async def _customer_named(
    ctx: Ctx, place: Account, token: str, previous: Session | None
) -> customers.contracts.Customer:
    """Whom the shop's server names; each token opens one session, but for who is there already."""
    secrets = await account_store.secrets(ctx, place.id)
    claims = tokens.read_customer_token(
        token, [s.value for s in secrets], place.key, ctx.now()
    )
    known = await _known_customer(ctx, claims.subject)
    there = previous is not None and previous.proven and previous.expires_at > ctx.now()
    if not (there and known and previous and previous.customer_id == known.id):
        nonce = hashlib.sha256(claims.nonce.encode()).hexdigest()
        if not await ctx.uow.once(f"channels.nonce:{place.id.hex}:{nonce}"):
            raise BadCustomerToken()
    if known is not None:
        return known
    kinds = customers.contracts.IdentityKind
    external = customers.contracts.Identity(kinds.EXTERNAL, claims.subject)
    newcomer = customers.contracts.Newcomer((external,), name=claims.name)
    created = await customers.identify(ctx, external, newcomer)
    assert created is not None, "a newcomer is created"
    return created


async def _known_customer(ctx: Ctx, subject: str) -> customers.contracts.Customer | None:
    """By the shop's own id, else by member number."""
    kinds = customers.contracts.IdentityKind
    for kind in (kinds.EXTERNAL, kinds.MEMBER_NO):
        found = await customers.identify(ctx, customers.contracts.Identity(kind, subject))
        if found is not None:
            return found
    return None
