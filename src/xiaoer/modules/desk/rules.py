"""What is decided at the desk: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean
from xiaoer.modules.desk.contracts import Presence, PresenceState
from xiaoer.modules.desk.errors import AtCapacity

DEFAULT_CAPACITY = 8
GONE_AFTER = timedelta(seconds=90)
LONGEST_PERIOD = timedelta(days=92)


def state_now(state: str, seen_at: datetime | None, now: datetime) -> PresenceState:
    """A desk that has not been heard of for a while is offline, whatever it said last."""
    if seen_at is None or now - seen_at > GONE_AFTER:
        return PresenceState.OFFLINE
    return PresenceState(state)


def read_state(state: str) -> PresenceState:
    """What an agent sets; raises :class:`Invalid`."""
    try:
        return PresenceState(state)
    except ValueError:
        raise Invalid(reason="state: online | busy | away | offline") from None


def admit(presence: Presence) -> None:
    """One more conversation, or :class:`AtCapacity`."""
    if presence.holding >= presence.capacity:
        raise AtCapacity(holding=presence.holding, capacity=presence.capacity)


def read_macro(shortcut: str, title: str, text: str) -> tuple[str, str, str]:
    """Cleaned texts; a shortcut is one word."""
    shortcut, title, text = clean(shortcut).lstrip("/"), clean(title), clean(text)
    if not shortcut or " " in shortcut or len(shortcut) > 30:
        raise Invalid(reason="快捷词应为 1 到 30 个字，不含空格", field="shortcut")
    if not text or len(text) > 2000:
        raise Invalid(reason="内容应为 1 到 2000 字", field="text")
    return shortcut, title[:60] or text[:20], text


def read_period(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """The last seven days unless said otherwise; at most a quarter."""
    end = end or now + timedelta(minutes=1)
    start = start or end - timedelta(days=7)
    if not timedelta(0) < end - start <= LONGEST_PERIOD:
        raise Invalid(reason="时间范围应大于 0 且不超过 92 天", field="from")
    return start, end
