"""The nouns of knowledge that cross the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.problem import Why

EntryId = NewType("EntryId", UUID)


class State(StrEnum):
    """Where the newest version of an entry stands. ``LIVE``: it is what customers are told."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says, to whom, in which place, for how long.

    ``scope_path`` is a place of the tree: the entry is about that place and what lies below.
    ``valid_to`` is the last day on which it holds. ``kind`` is ``faq``, or ``article`` for a
    passage of a document.
    """

    question: str
    answer: str
    similar: tuple[str, ...] = ()
    category: str = ""
    scope_path: str = "/"
    lang: str = "zh"
    valid_from: date | None = None
    valid_to: date | None = None
    kind: str = "faq"

    def as_json(self) -> dict[str, Any]:
        """As the interface describes it."""
        return {
            "question": self.question,
            "answer": self.answer,
            "similar": list(self.similar),
            "category": self.category,
            "scope": self.scope_path,
            "lang": self.lang,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its newest version. ``live_version`` is what customers are told, if any."""

    id: EntryId
    kb_id: str
    content: Content
    state: State
    version: int
    live_version: int | None
    updated_at: datetime
    updated_by: str

    def as_json(self) -> dict[str, Any]:
        """As the interface describes it."""
        return {
            "id": self.id,
            "kb_id": self.kb_id,
            **self.content.as_json(),
            "state": self.state,
            "version": self.version,
            "live_version": self.live_version,
            "updated_at": self.updated_at,
            "updated_by": self.updated_by,
        }


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier or the newest version of an entry."""

    version: int
    content: Content
    author: str
    at: datetime
    note: str
    live: bool


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be. ``kb_id`` is the editor's own key; the same key changes the same entry."""

    kb_id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer a question; ``share`` is its probability among the candidates."""

    entry_id: EntryId
    kb_id: str
    question: str
    answer: str
    category: str
    scope_path: str
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Needed:
    """An entry that a story needs; a larger ``score`` is a better fit, within one story."""

    entry_id: EntryId
    kb_id: str
    question: str
    answer: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """Best first. ``verdict``: ``answer``, ``suggest`` or ``none``, from the confidence."""

    candidates: tuple[Candidate, ...]
    confidence: float
    verdict: str


class Verdict(StrEnum):
    """What a person says of the first entry. ``UNKNOWN``: no entry answers the question."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class LabelSource(StrEnum):
    """Who says so: an editor in the box for trying, or the shopper who was answered."""

    EDITOR = "editor"
    SHOPPER = "shopper"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put: its words, the place and the language it was asked in."""

    text: str
    unit_path: str = "/"
    locale: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class Label:
    """A question with the confidence of its first entry, in 0..1, and a verdict on that entry."""

    question: str
    unit_path: str
    locale: str
    source: LabelSource
    verdict: Verdict
    confidence: float
    entry_id: EntryId | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidences in 0..1 from which the assistant answers, and from which it suggests."""

    answer_from: float
    suggest_from: float


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a tenant's dial stands since ``at``. ``number`` counts the changes; 0 is as shipped.

    ``promise`` is the share of wrong answers that was promised; none as shipped. ``bound`` and
    ``coverage`` are what the curve said when it was set; ``rows`` the labels that it rested on.
    """

    number: int
    thresholds: Thresholds
    promise: float | None = None
    bound: float | None = None
    coverage: float | None = None
    rows: int = 0
    at: datetime | None = None
    by: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from a confidence on would have done to the labelled questions.

    ``risk``: wrong among answered. ``bound``: what the risk among such questions does not exceed,
    with 95 % certainty for all points of a curve together.
    """

    answer_from: float
    answered: int
    coverage: float
    wrong: int
    risk: float
    bound: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """The curve of some labelled rows; while rows are ``missing`` it has no points."""

    rows: int
    missing: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Thresholds that keep a promise, and their point of the curve."""

    promise: float
    thresholds: Thresholds
    point: Point


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why a promise cannot be made: rows are ``missing``, or ``least`` is the best that can."""

    promise: float
    missing: int
    least: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """Which entries a list shows."""

    text: str = ""
    state: str = ""
    scope: str = ""
    category: str = ""
    lang: str = ""
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row of an import; ``row`` as a person counts it in the file."""

    row: int
    field: str
    reason: str | Why


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or in a dry run would do."""

    rows: int
    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    dry_run: bool


class MissKind(StrEnum):
    """How it showed that a question is not answered, or badly."""

    NOTHING_KNOWN = "nothing_known"
    LOW_CONFIDENCE = "low_confidence"
    UNSOLVED = "unsolved"
    HANDED_OFF = "handed_off"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that knowledge did not answer, or badly; ``(conversation_id, seq)`` is its place.

    What an editor has marked comes from no conversation: it has no customer, and ``seq`` 0.
    """

    conversation_id: UUID
    seq: int
    question: str
    kind: MissKind
    customer_key: UUID | None
    unit_path: str
    locale: str
    confidence: float | None
    at: datetime


class GapState(StrEnum):
    """``DRAFTED``: an entry was begun for it. ``DISMISSED``: an editor wants no entry."""

    OPEN = "open"
    DRAFTED = "drafted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The live entry nearest to a question now, how sure the search is, and what it would do."""

    entry_id: EntryId
    question: str
    confidence: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Misses that ask the same. ``question`` is the most central; ``customers`` are different ones."""

    id: UUID
    question: str
    lang: str
    state: GapState
    entry_id: EntryId | None
    version: int
    customers: int
    times: int
    newest_at: datetime
    kinds: tuple[str, ...]
    examples: tuple[str, ...] = ()
    nearest: Nearest | None = None


@dataclass(frozen=True, slots=True)
class GapLook:
    """Which gaps a list shows."""

    text: str = ""
    state: str = "open"
    kind: str = ""
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent wrote to a customer after a miss."""

    conversation_id: UUID
    text: str
