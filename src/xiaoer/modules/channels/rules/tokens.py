"""Session tokens, and the signed word of a shop's server about who its customer is.

A customer token is a JWT (RFC 7519) signed with HS256 and a secret of the account:
``sub`` the shop's own id of the customer or a member number, ``aud`` the account's public key,
``exp`` at most an hour ahead, ``nonce`` used once, ``name`` optional.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from xiaoer.kit.ids import TenantId
from xiaoer.kit.text import clean
from xiaoer.modules.channels.errors import BadCustomerToken

SESSION = timedelta(days=30)
RENEWED_AFTER = timedelta(days=1)
RESUMABLE = timedelta(days=400)
LONGEST = timedelta(hours=1)
LEEWAY = timedelta(seconds=60)
MOST_TOKEN = 4096
MOST_SUBJECT = 200
_TENANT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a customer token says, believed."""

    subject: str
    name: str
    nonce: str


def token_hash(secret: str) -> bytes:
    """Tokens carry 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def session_token(tenant: UUID, secret: str) -> str:
    """The token as the widget keeps it: whose it is, and the secret."""
    return f"{tenant.hex}.{secret}"


def split(token: str) -> tuple[TenantId | None, str]:
    """Whose token it says it is, and its secret; nobody's when it cannot be one."""
    owner, _, secret = token.partition(".")
    if not secret or len(token) > MOST_TOKEN or not _TENANT.fullmatch(owner):
        return None, ""
    return TenantId(UUID(hex=owner)), secret


def secret_of(token: str, tenant: UUID) -> str:
    """The secret in a token of this tenant; empty when it is none."""
    owner, secret = split(token)
    return secret if owner == tenant else ""


def sign(secret: str, claims: Mapping[str, Any]) -> str:
    """What a shop's server does; here for the demo shop and for tests."""
    return jwt.encode(dict(claims), secret, algorithm="HS256")


def read_customer_token(
    token: str, secrets: Iterable[str], audience: str, now: datetime
) -> Claims:
    """Believe a customer token; raises :class:`BadCustomerToken`. The nonce is the caller's."""
    if len(token) > MOST_TOKEN:
        raise BadCustomerToken()
    for secret in secrets:
        try:
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=audience,
                options={
                    "require": ["sub", "aud", "exp", "nonce"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError:
            break
        return _believed(claims, now)
    raise BadCustomerToken()


def _believed(claims: Mapping[str, Any], now: datetime) -> Claims:
    subject, nonce, name = claims["sub"], claims["nonce"], claims.get("name", "")
    texts = (subject, nonce, name)
    if not all(isinstance(text, str) and len(text) <= MOST_SUBJECT for text in texts):
        raise BadCustomerToken()
    if not clean(subject) or not nonce or not _in_time(claims["exp"], now):
        raise BadCustomerToken()
    return Claims(clean(subject), clean(name), nonce)


def _in_time(expires: Any, now: datetime) -> bool:
    """Judged by the house's clock, with a minute for the shop's."""
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return False
    left = expires - now.timestamp()
    return -LEEWAY.total_seconds() < left <= (LONGEST + LEEWAY).total_seconds()
