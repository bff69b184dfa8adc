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
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

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
from xiaoer.ports.outside import CROWDED, AddressRefused, Answer, NoAnswer, Outside

WINDOW_S = 300
MOST_ID = 200
BUSY = (408, 425, 429)
STATES = ("sent", "delivered", "read")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of ``X-Xiaoer-Signature``."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


class WebhookChannel:
    """Signed JSON in, signed JSON out."""

    kind = "webhook"
    carries = True

    def __init__(self, clock: Clock, outside: Outside) -> None:
        self._clock = clock
        self._outside = outside

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
        """POST to the callback; only a 2xx answer says that the other side has the message."""
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
            answer = await self._outside.post(outlet.callback_url, body, headers)
        except AddressRefused as error:
            raise NotDelivered(reason=error.code, again=False) from error
        except NoAnswer as error:
            reason = str(error.fields.get("reason"))
            raise NotDelivered(reason=reason, counts=reason != CROWDED) from error
        if 200 <= answer.status < 300:
            return _external_id_of(answer.body)
        raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> NotDelivered:
        """What an answer that is no yes means: later, or never."""
        status = answer.status
        after = _seconds_of(answer.headers.get("retry-after", ""), self._clock.now())
        if status in BUSY:
            return NotDelivered(reason="busy", status=status, retry_after_s=after)
        if status >= 500:
            return NotDelivered(reason="failing", status=status, retry_after_s=after)
        reason = "redirected" if 300 <= status < 400 else "refused"
        return NotDelivered(reason=reason, status=status, again=False)


def _seconds_of(retry_after: str, now: datetime) -> float | None:
    """``Retry-After`` in seconds or as a date (RFC 9110, 10.2.3); nothing when it is neither."""
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) <= 9:
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp())


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
