"""What the customers' side knows by itself: every message sent, acknowledged, seen and answered.

A server that counted its own losses would prove nothing. The ledger is kept by the simulated
shoppers from what crosses their sockets, and is compared at the end with what the product reads
back to them. Times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Any

Frame = Mapping[str, Any]


@dataclass(slots=True)
class Said:
    """One message of a shopper and what became of it; ``turn`` is its place in their writing."""

    client_id: str
    turn: int
    text: str
    due: float
    counted: bool = True
    sent_at: float | None = None
    accepted_at: float | None = None
    answered_at: float | None = None
    answered_by: str = ""
    message_id: str = ""
    seq: int = 0

    def answer(self, at: float, by: str) -> None:
        """The first answer counts."""
        if self.answered_at is None:
            self.answered_at, self.answered_by = at, by


@dataclass(slots=True)
class Verdict:
    """What went wrong in one or many conversations; zero everywhere is what we promise."""

    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    answered_twice: int = 0
    details: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Sum up."""
        self.lost += other.lost
        self.doubled += other.doubled
        self.reordered += other.reordered
        self.answered_twice += other.answered_twice
        self.details += other.details


class Thread:
    """One shopper's conversation, as the shopper sees it."""

    def __init__(self, shopper: str) -> None:
        self.shopper = shopper
        self.said: list[Said] = []
        self.last_seq = 0
        self.owner = "assistant"
        self.has_place = False
        self.live_disorder = 0
        self._by_client: dict[str, Said] = {}
        self._by_seq: dict[int, Said] = {}
        self._ids: dict[str, set[str]] = {}
        self._seen: dict[str, int] = {}
        self._covered: dict[int, tuple[float, str]] = {}
        self._person_spoke: tuple[int, float] = (0, 0.0)

    def write(self, text: str, due: float, *, counted: bool = True) -> Said:
        """A message that the shopper is about to send."""
        turn = len(self.said)
        one = Said(f"{self.shopper}-{turn:05d}", turn, text, due, counted)
        self.said.append(one)
        self._by_client[one.client_id] = one
        return one

    def acknowledged(self, frame: Frame, at: float) -> Said | None:
        """The server says that it has the message on disk."""
        one = self._by_client.get(str(frame.get("client_id")))
        if one is None:
            return None
        self._ids.setdefault(one.client_id, set()).add(str(frame["id"]))
        if one.accepted_at is None:
            one.accepted_at = at
            self._place(one, str(frame["id"]), int(frame["seq"]))
            if self.has_place:
                one.answer(at, "queue")
        return one

    def heard(self, message: Frame, at: float) -> None:
        """A message came over the socket; the same one may come again."""
        seq, message_id = int(message["seq"]), str(message["id"])
        if message_id not in self._seen:
            self.live_disorder += seq < self.last_seq
            self._seen[message_id] = seq
            self.last_seq = max(self.last_seq, seq)
        kind = message["author"]["kind"]
        if kind == "customer":
            self._heard_own(message, message_id, seq)
            return
        for covered in message["covers"]:
            self._cover(int(covered), at, str(message.get("tier") or kind))
        if kind == "agent":
            self._person_spoke = (seq, at)
            for one in self.waiting():
                if 0 < one.seq < seq:
                    one.answer(at, "agent")

    def queued(self, at: float) -> None:
        """The shopper is told a place in the queue, which answers what waits."""
        self.has_place = True
        for one in self.waiting():
            if one.accepted_at is not None:
                one.answer(at, "queue")

    def owned_by(self, kind: str) -> None:
        """Who has the conversation now."""
        self.owner = kind
        self.has_place = self.has_place and kind == "queue"

    def waiting(self) -> list[Said]:
        """What has no answer yet, oldest first."""
        return [one for one in self.said if one.answered_at is None]

    def settle(self, stored: Sequence[Frame]) -> Verdict:
        """Compare with the conversation as the product reads it back, oldest first."""
        verdict = Verdict(reordered=self.live_disorder)
        own = [m for m in stored if m["author"]["kind"] == "customer" and m.get("client_id")]
        copies = Counter(str(m["client_id"]) for m in own)
        for one in self.said:
            self._settle_one(one, copies[one.client_id], verdict)
        self._settle_answers(stored, verdict)
        turns = [self._by_client[c].turn for c in copies if c in self._by_client]
        verdict.reordered += sum(b < a for a, b in pairwise(turns))
        return verdict

    def _settle_answers(self, stored: Sequence[Frame], verdict: Verdict) -> None:
        covered = Counter(
            seq for m in stored if m["author"]["kind"] == "assistant" for seq in m["covers"]
        )
        twice = [seq for seq, count in covered.items() if count > 1]
        verdict.answered_twice += len(twice)
        verdict.details += [f"{self.shopper}: {seq} answered twice" for seq in twice]
        spoken = Counter(
            str(m["client_id"])
            for m in stored
            if m["author"]["kind"] == "agent" and m.get("client_id")
        )
        again = [client_id for client_id, count in spoken.items() if count > 1]
        verdict.doubled += len(again)
        verdict.details += [f"{client_id}: said {spoken[client_id]} times" for client_id in again]

    def _settle_one(self, one: Said, copies: int, verdict: Verdict) -> None:
        if one.accepted_at is not None and copies == 0:
            verdict.lost += 1
            verdict.details.append(f"{one.client_id}: acknowledged, not there")
        if copies > 1 or len(self._ids.get(one.client_id, ())) > 1:
            verdict.doubled += 1
            verdict.details.append(f"{one.client_id}: {copies} copies")

    def _heard_own(self, message: Frame, message_id: str, seq: int) -> None:
        one = self._by_client.get(str(message.get("client_id")))
        if one is not None:
            self._ids.setdefault(one.client_id, set()).add(message_id)
            self._place(one, message_id, seq)

    def _place(self, one: Said, message_id: str, seq: int) -> None:
        """An answer may arrive before the acknowledgement that tells the place it covers."""
        if one.seq:
            return
        one.seq, one.message_id = seq, message_id
        self._by_seq[seq] = one
        if seq in self._covered:
            one.answer(*self._covered.pop(seq))
        spoken_seq, spoken_at = self._person_spoke
        if seq < spoken_seq:
            one.answer(spoken_at, "agent")

    def _cover(self, seq: int, at: float, by: str) -> None:
        one = self._by_seq.get(seq)
        if one is None:
            self._covered.setdefault(seq, (at, by))
        else:
            one.answer(at, by)


def delays_ms(said: Iterable[Said], until: str) -> list[float]:
    """Sorted milliseconds from the due time to ``accepted_at`` or ``answered_at``."""
    ends = ((one.due, getattr(one, until)) for one in said)
    return sorted((end - due) * 1000 for due, end in ends if end is not None)


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value that at least that share does not exceed."""
    if not ordered:
        return None
    return round(ordered[max(0, ceil(share * len(ordered)) - 1)], 1)
