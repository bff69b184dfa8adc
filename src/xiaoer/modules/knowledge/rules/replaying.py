"""Who would be answered differently, and is that better: pure.

Only a known verdict judges: an editor's or a shopper's word on an earlier first entry, or that the
question is one of the entry's own phrasings. Everything else is shown, and left to the editor.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from xiaoer.modules.knowledge.contracts import Content, EntryId, Found, Label, Verdict
from xiaoer.modules.knowledge.contracts.replays import Outcome
from xiaoer.modules.knowledge.rules.words import tidy

SHOWN = 3  # as many near questions as a customer is shown
OWN = "own"
HELPED, NEARLY, NOTHING, MISLED = 2, 1, 0, -1


def outcome(found: Found) -> Outcome:
    """What a customer is told of what was found."""
    first = found.candidates[:SHOWN]
    words = ""
    if first and found.verdict == "answer":
        words = first[0].answer
    elif first and found.verdict == "suggest":
        words = " / ".join(dict.fromkeys(one.question for one in first))
    return Outcome(found.verdict, tuple(one.entry_id for one in first), words, found.confidence)


def is_changed(before: Outcome, after: Outcome) -> bool:
    """Whether a customer would notice."""
    return (before.verdict, before.words) != (after.verdict, after.words)


def own_phrasings(content: Content | None) -> frozenset[str]:
    """The questions that an entry claims to answer; of one that goes, none."""
    return frozenset(map(tidy, (content.question, *content.similar))) if content else frozenset()


def worth(
    told: Outcome, label: Label | None, wanted: EntryId | None, *, edited: EntryId | None
) -> int:
    """What an outcome is worth to who asked: helped, nearly, nothing, or misled.

    ``wanted`` is the entry that answers the question, where it is known. A label that says wrong or
    unknown condemns what was live then, so not the ``edited`` entry in its new words.
    """
    first = told.entries[0] if told.entries else None
    if told.verdict == "none" or first is None:
        return NOTHING
    if wanted is not None:
        if told.verdict == "suggest":
            return NEARLY if wanted in told.entries else NOTHING
        return HELPED if first == wanted else MISLED
    if label is None or told.verdict != "answer" or first == edited:
        return NOTHING
    is_condemned = label.verdict is Verdict.UNKNOWN or first == label.entry_id
    return MISLED if is_condemned else NOTHING


def judge(
    before: Outcome, after: Outcome, label: Label | None, entry_id: EntryId, *, is_own: bool
) -> str:
    """``better``, ``worse``, or nothing when no verdict is known or it comes to the same."""
    wanted = entry_id if is_own else None
    if wanted is None and label is not None and label.verdict is Verdict.RIGHT:
        wanted = label.entry_id
    was = worth(before, label, wanted, edited=None)
    is_now = worth(after, label, wanted, edited=entry_id)
    return "better" if is_now > was else "worse" if is_now < was else ""


def passes(better: int, worse: int) -> bool:
    """A change may make some questions worse only if it makes as many better."""
    return worse <= better


def digest(entry_id: UUID, content: Content) -> str:
    """The same for the same words of the same entry, whatever its version."""
    return hashlib.sha256(repr((str(entry_id), content)).encode()).hexdigest()
