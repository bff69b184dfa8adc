"""Roles, permissions, back-off: tables and pure functions."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from pwdlib import PasswordHash

from xiaoer.kit.problem import Invalid
from xiaoer.modules.org.contracts import Role
from xiaoer.modules.org.errors import WeakPassword

_HASHER = PasswordHash.recommended()

LEAST_PASSWORD = 10
FREE_TRIES = 5
LONGEST_WAIT_S = 900

_READ = frozenset({"org.read", "catalog.read", "knowledge.read", "numbers.read"})
_SERVE = _READ | {"desk.serve", "customers.read", "orders.read"}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: _SERVE | {"customers.read_private"},
    Role.GUIDE: _SERVE,
    Role.LEAD: _SERVE
    | {
        "customers.read_private",
        "customers.manage",
        "desk.reassign",
        "desk.macros",
    },
    Role.EDITOR: _READ | {"knowledge.edit", "knowledge.publish", "catalog.manage"},
    Role.OWNER: _READ | {"customers.read", "orders.read"},
    Role.EXECUTIVE: _READ | {"customers.read", "orders.read", "desk.observe"},
    Role.ADMINISTRATOR: _SERVE
    | {
        "customers.read_private",
        "customers.manage",
        "desk.reassign",
        "desk.macros",
        "desk.observe",
        "knowledge.edit",
        "knowledge.publish",
        "knowledge.override",
        "catalog.manage",
        "orders.manage",
        "org.manage",
        "channels.manage",
        "operations.read",
        "operations.manage",
    },
}
"""What each role may do, within its place in the tree."""


def permissions_of(roles: Iterable[Role]) -> frozenset[str]:
    """The union over the roles."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures are free; then the wait doubles from one second to ``longest_s``.

    A count begins anew when its first failure is ``lasts`` old.
    """

    free: int
    longest_s: int
    lasts: timedelta


OF_LOGIN = Limit(FREE_TRIES, LONGEST_WAIT_S, timedelta(hours=24))
OF_ADDRESS = Limit(50, 60, timedelta(hours=1))
"""Wider, and never long: a whole store sits behind one address."""


def subjects(tenant: UUID, login: str, address: str) -> dict[str, Limit]:
    """What a try is counted under, existing or not. Neither login nor address is kept in clear."""
    counted = {_subject(tenant, "login", login): OF_LOGIN}
    if address:
        counted[_subject(tenant, "address", network(address))] = OF_ADDRESS
    return counted


def network(address: str) -> str:
    """Who tries, as far as an address can tell: of IPv6 the first half, which one home has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    bits = 64 if parsed.version == 6 else 32
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))


def _subject(tenant: UUID, kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(f'{tenant.hex}:{value}'.encode()).hexdigest()}"


def wait_after(failures: int, limit: Limit = OF_LOGIN) -> timedelta:
    """How long to wait after so many failures."""
    beyond = failures - limit.free
    if beyond < 0:
        return timedelta(0)
    return timedelta(seconds=min(limit.longest_s, 2 ** min(beyond, 16)))


def wait_left(retry_at: datetime | None, now: datetime) -> int:
    """Whole seconds until the next try is heard; 0 when it is heard now."""
    if retry_at is None or retry_at <= now:
        return 0
    return int((retry_at - now).total_seconds()) + 1


def check_password(password: str) -> None:
    """Length is what counts (NIST SP 800-63B, section 3.1.1.2)."""
    if len(password) < LEAST_PASSWORD:
        raise WeakPassword(least=LEAST_PASSWORD)


def check_login(login: str) -> str:
    """Lower case, without spaces; letters, digits and ``._-@``."""
    folded = login.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@-]{1,63}", folded):
        raise Invalid(reason="账号只能用字母、数字和 . _ - @，2 到 64 位", field="login")
    return folded


def check_path(path: str) -> str:
    """``/`` or ``/code/code/``."""
    if not re.fullmatch(r"/([a-z0-9_-]+/)*", path):
        raise Invalid(reason="组织路径格式不对", field="unit_path")
    return path


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended cost; about 0.2 s of a core."""
    return _HASHER.hash(password)


def verify_password(password: str, hashed: str) -> bool:
    """Costs the same whether or not it matches; an empty hash stands for nobody's."""
    return _HASHER.verify(password, hashed or _nobody()) and bool(hashed)


@cache
def _nobody() -> str:
    """What an unknown login is compared with, so that it takes as long as a known one."""
    return _HASHER.hash("nobody has this password")


def token_hash(token: str) -> bytes:
    """Tokens carry 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()
