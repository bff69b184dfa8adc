"""What is counted as a look: robots out, addresses stripped, heavy traffic sampled fairly."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from xiaoer.kit.text import clean
from xiaoer.modules.visits.contracts import Count, Happening, Kept, Look, Looker

MOST_AT_ONCE = 100
LONGEST_URL, LONGEST_SUBJECT = 500, 120
KEPT_DAYS = 30
"""Single looks are dropped after this; the daily counts stay."""
LATE = timedelta(hours=24)
EARLY = timedelta(minutes=5)
HOME = ZoneInfo("Asia/Shanghai")
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|phantomjs|python-|curl/|wget/|http-client|go-http|"
    r"lighthouse|pingdom|monitor|preview",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A look as it is stored; ``weight`` is how many looks it stands for."""

    at: datetime
    day: date
    kind: Happening
    subject: str
    url: str
    weight: int


def is_robot(user_agent: str) -> bool:
    """Whether a program looked that says so, or that says nothing at all."""
    return not user_agent.strip() or _ROBOT.search(user_agent) is not None


def counted(
    looker: Looker, looks: Sequence[Look], now: datetime, one_in: int
) -> tuple[list[Line], Kept]:
    """The lines to store, and what was left out.

    Page views are sampled by visitor: of every ``one_in`` visitors one is kept whole, with that
    weight, so that visits stay countable. Cards are rare and always kept.
    """
    if is_robot(looker.user_agent):
        return [], Kept(0, robots=len(looks))
    lines: list[Line] = []
    sampled = refused = 0
    for look in looks[:MOST_AT_ONCE]:
        line = _line(looker, look, now, one_in)
        if line is None:
            refused += 1
        elif line.weight == 0:
            sampled += 1
        else:
            lines.append(line)
    refused += max(0, len(looks) - MOST_AT_ONCE)
    return lines, Kept(len(lines), sampled_out=sampled, refused=refused)


def _line(looker: Looker, look: Look, now: datetime, one_in: int) -> Line | None:
    at = look.at or now
    if at.tzinfo is None or not now - LATE <= at <= now + EARLY:
        return None
    weight = 1
    if look.kind is Happening.PAGE_VIEW and one_in > 1:
        weight = one_in if _drawn(looker, one_in) else 0
    subject = clean(look.subject)[:LONGEST_SUBJECT]
    url = _bare(look.url) if looker.consent else ""
    return Line(at, at.astimezone(HOME).date(), look.kind, subject, url, weight)


def _drawn(looker: Looker, one_in: int) -> bool:
    digest = hashlib.blake2b(looker.visitor_id.bytes, digest_size=8).digest()
    return int.from_bytes(digest) % one_in == 0


def _bare(url: str) -> str:
    """An address without its query and fragment, where shops put names and tokens."""
    try:
        parts = urlsplit(clean(url))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", ""):
        return ""
    return urlunsplit((parts.scheme, parts.hostname or "", parts.path, "", ""))[:LONGEST_URL]


def per_thousand(happened: int, among: Count, *, of_visits: bool = False) -> float | None:
    """A rate per 1,000 looks (or visits); nothing when there is no denominator."""
    denominator = among.visits if of_visits else among.looks
    return 1000 * happened / denominator if denominator else None
