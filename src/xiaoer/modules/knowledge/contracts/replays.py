"""What past questions say of a change before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xiaoer.modules.knowledge.contracts import Asked, EntryId


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a customer is told: ``verdict`` is ``answer``, ``suggest`` or ``none``.

    ``entries`` are the first candidates, best first; ``words`` the answer, or the questions that
    are suggested; ``confidence`` in 0..1.
    """

    verdict: str
    entries: tuple[EntryId, ...]
    words: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is met otherwise. ``label``: ``right``, ``wrong``, ``unknown``, ``own`` (it is a
    phrasing of the entry), or nothing; ``judged``: ``better``, ``worse``, or nothing."""

    asked: Asked
    before: Outcome
    after: Outcome
    label: str
    judged: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A change held against past questions: how many ``asked``, how many ``changed``, and how many of
    those with a known verdict are ``better`` or ``worse``. One that has not ``passed`` blocks."""

    id: UUID
    entry_id: EntryId
    asked: int
    changed: int
    better: int
    worse: int
    passed: bool
    at: datetime
    by: str
    overridden_at: datetime | None = None
    overridden_by: str | None = None
    reason: str | None = None
