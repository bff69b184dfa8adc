"""How often an identity may be tried, and what a one-time code is."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean

MOST_TRIES = 5
TRIES_LAST = timedelta(hours=24)
CODE_LASTS = timedelta(minutes=5)
CODE_DIGITS = 6
MOST_TEXT = 100
_PHONE = re.compile(r"\+?\d{5,20}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")


def order_number(text: str) -> str:
    """An order number as people type it; raises ``Invalid`` only for what can be none."""
    number = unicodedata.normalize("NFKC", clean(text))
    if not 0 < len(number) <= MOST_TEXT:
        raise Invalid(reason="请填写订单号", field="order_number")
    return number


def last_four(text: str) -> str:
    """Four digits."""
    digits = unicodedata.normalize("NFKC", clean(text))
    if not re.fullmatch(r"[0-9]{4}", digits):
        raise Invalid(reason="请填写手机号后四位", field="phone_last4")
    return digits


def address(text: str) -> str:
    """A phone number or an e-mail address, in one spelling."""
    given = unicodedata.normalize("NFKC", clean(text))[:200]
    given = given.lower() if "@" in given else re.sub(r"[\s\-().]", "", given)
    if not (_EMAIL.fullmatch(given) or _PHONE.fullmatch(given)):
        raise Invalid(reason="请填写手机号或邮箱", field="send_code_to")
    return given


def is_email(text: str) -> bool:
    """Whether a code went to a mailbox rather than a phone."""
    return "@" in text


def subject(kind: str, value: str | UUID) -> str:
    """The key under which tries are counted; what a visitor typed is not kept in clear.

    Only letters and digits count, so that another spelling of a number is no other number.
    """
    if isinstance(value, UUID):
        return f"{kind}:{value.hex}"
    folded = "".join(c for c in value.upper() if c.isalnum()) or value
    return f"{kind}:{hashlib.sha256(folded.encode()).hexdigest()}"


def retry_after(counts: Sequence[tuple[int, datetime]], now: datetime) -> int:
    """Seconds until all subjects may be tried again; 0 when they may now.

    A count includes the try that is being made.
    """
    waits = [since + TRIES_LAST - now for count, since in counts if count > MOST_TRIES]
    return max((int(wait.total_seconds()) + 1 for wait in waits), default=0)


def code_of(randomness: int) -> str:
    """Six digits from at least 64 random bits."""
    return f"{randomness % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def code_hash(visitor_id: UUID, code: str) -> bytes:
    """A code is good for one visitor only."""
    return hashlib.sha256(visitor_id.bytes + code.encode()).digest()


def code_matches(visitor_id: UUID, typed: str, kept: bytes) -> bool:
    """Compared in the same time, right or wrong."""
    digits = unicodedata.normalize("NFKC", clean(typed))[:MOST_TEXT]
    return hmac.compare_digest(code_hash(visitor_id, digits), kept)
