"""Who stands at the door: sessions of members, tokens of shoppers.

A resolved session is remembered for a few seconds, so that a busy desk does not ask the database
for every click; signing out anywhere clears the memory of every process.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection

from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Unauthenticated
from xiaoer.modules import channels, org
from xiaoer.modules.org.http import SESSION_COOKIE
from xiaoer.ports.ctx import Actor, Member, Scope, Shopper, System
from xiaoer.ports.house import House

REMEMBERED_S = 5.0
MOST_REMEMBERED = 20_000


class SessionDoorkeeper:
    """Implements the ``Doorkeeper`` port over the rooms ``org`` and ``channels``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self.close = house.ports.bus.listen("", self._hear)

    async def member(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        """The member behind the session cookie."""
        token = connection.cookies.get(SESSION_COOKIE, "")
        tenant, secret = split_token(token)
        session = self._remembered(token)
        if session is None:
            async with self._house.unit(System("door"), Scope(tenant)) as ctx:
                session = await org.session(ctx, secret)
            if session is None:
                raise Unauthenticated()
            self._remember(token, session)
        if session.expires_at <= self._house.ports.clock.now():
            raise Unauthenticated()
        profile = session.member
        actor = Member(
            profile.id, profile.name, frozenset(map(str, profile.roles)), session.permissions
        )
        return actor, Scope(tenant, profile.unit_path)

    async def shopper(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        """The visitor or customer behind a widget token."""
        session = await self.widget_session(connection)
        actor = Shopper(session.visitor_id, session.account.id, session.customer_id, session.proven)
        return actor, Scope(session.account.tenant)

    async def widget_session(self, connection: HTTPConnection) -> channels.contracts.Session:
        """The widget's session, by the token in the header or, for sockets, in the query."""
        header = connection.headers.get("authorization", "")
        token = header[7:] if header.startswith("Bearer ") else ""
        token = token or connection.query_params.get("token", "")
        tenant, secret = split_token(token)
        account = connection.path_params.get("account", "")
        async with self._house.unit(System("door"), Scope(tenant)) as ctx:
            session = await channels.shopper(ctx, account, secret)
        if session is None:
            raise Unauthenticated()
        return session

    def _remembered(self, token: str) -> Any | None:
        entry = self._known.get(token)
        if entry is None or entry[0] < self._house.ports.clock.monotonic():
            return None
        return entry[1]

    def _remember(self, token: str, session: Any) -> None:
        self._known[token] = (self._house.ports.clock.monotonic() + REMEMBERED_S, session)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _hear(self, topic: str) -> None:
        if topic == "*" or ":sessions:" in topic:
            self._known.clear()


def split_token(token: str) -> tuple[TenantId, str]:
    """A token is the tenant's id and a secret; anything else is nobody's."""
    tenant, _, secret = token.partition(".")
    try:
        return TenantId(UUID(hex=tenant)), secret
    except ValueError:
        raise Unauthenticated() from None
