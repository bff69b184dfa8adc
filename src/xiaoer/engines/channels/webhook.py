"""Any other system: JSON both ways, signed with HMAC-SHA-256 over timestamp and raw body.

``X-Xiaoer-Timestamp`` is in Unix seconds and at most 300 s off; ``X-Xiaoer-Signature`` is
``v1=hex(hmac_sha256(secret, timestamp + "." + body))``. A request that is replayed within the
window changes nothing: messages are known by their external id, and states only advance.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import orjson

from xiaoer.ports.channel import (
    Arrived,
    BadBody,
    BadSignature,
    Call,
    NotDelivered,
    Outgoing,
    Outlet,
    Reported,
)
from xiaoer.ports.clock import Clock

WINDOW_S = 300
TIMEOUT_S = 5.0
MOST_ID = 200
STATES = ("sent", "delivered", "read")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Xiaoer-Signature``."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


class WebhookChannel:
    """Signed JSON in, signed JSON out."""

    kind = "webhook"
    carries = True

    def __init__(self, clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._clock = clock
        self._timeout_s = timeout_s

    def read(self, call: Call, secrets: Sequence[str], now: datetime) -> tuple[Arrived, ...]:
        """One message: ``{external_id, sender: {id, name?}, text | parts, at?}``."""
        body = _verified(call, secrets, now)
        sender = body.get("sender")
        if not isinstance(sender, dict):
            raise BadBody(reason="sender")
        name = sender.get("name") or ""
        if not isinstance(name, str):
            raise BadBody(reason="sender.name")
        arrived = Arrived(
            external_id=_identifier(body, "external_id"),
            sender_id=_identifier(sender, "id"),
            sender_name=name,
            parts=_parts(body),
        )
        return (arrived,)

    def read_receipts(
        self, call: Call, secrets: Sequence[str], now: datetime
    ) -> tuple[Reported, ...]:
        """One receipt: ``{message_id | external_id, state: sent|delivered|read}``."""
        body = _verified(call, secrets, now)
        if body.get("state") not in STATES:
            raise BadBody(reason="state: sent | delivered | read")
        if "message_id" not in body:
            external_id = _identifier(body, "external_id")
            return (Reported(body["state"], external_id=external_id),)
        try:
            return (Reported(body["state"], UUID(body["message_id"])),)
        except (ValueError, TypeError, AttributeError):
            raise BadBody(reason="message_id") from None

    async def send(self, outlet: Outlet, message: Outgoing) -> str:
        """POST to the callback; anything but a 2xx answer is tried again later."""
        body = orjson.dumps({
            "message_id": message.message_id,
            "conversation_id": message.conversation_id,
            "to": message.to,
            "author": message.author,
            "parts": message.parts,
            "at": message.at,
        })
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": str(message.message_id),
            "X-Xiaoer-Account": outlet.key,
            "X-Xiaoer-Timestamp": timestamp,
            "X-Xiaoer-Signature": signature(outlet.secret, timestamp, body),
        }
        try:
            async with httpx.AsyncClient(
                timeout=self._timeout_s, follow_redirects=False
            ) as client:
                answer = await client.post(outlet.callback_url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotDelivered(reason=type(error).__name__) from error
        if not answer.is_success:
            raise NotDelivered(reason=f"HTTP {answer.status_code}")
        return _external_id_of(answer.content)


def _verified(call: Call, secrets: Sequence[str], now: datetime) -> dict[str, Any]:
    """The JSON object of a call whose signature holds."""
    timestamp = call.headers.get("x-xiaoer-timestamp", "")
    claimed = call.headers.get("x-xiaoer-signature", "").encode()
    matches = [
        hmac.compare_digest(signature(secret, timestamp, call.body).encode(), claimed)
        for secret in secrets
    ]
    if not any(matches) or not _is_fresh(timestamp, now):
        raise BadSignature()
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise BadBody(reason="JSON") from None
    if not isinstance(body, dict):
        raise BadBody(reason="JSON object")
    return body


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW_S


def _identifier(fields: Mapping[str, Any], name: str) -> str:
    """An id of the other system; a number will do."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_ID:
        raise BadBody(reason=f"{name}: 1-{MOST_ID}")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise BadBody(reason=name)
    return value


def _parts(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if "parts" not in body:
        return ({"kind": "text", "text": body.get("text")},)
    parts = body["parts"]
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise BadBody(reason="parts")
    return parts


def _external_id_of(answer: bytes) -> str:
    """The other system may name the message; what cannot be read is no name."""
    try:
        named = orjson.loads(answer)
        return _identifier(named, "external_id") if isinstance(named, dict) else ""
    except (orjson.JSONDecodeError, BadBody):
        return ""
