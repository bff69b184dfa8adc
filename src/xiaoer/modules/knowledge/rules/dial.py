"""From labelled questions to thresholds that keep a promise: "of what is answered, at most x is wrong".

Questions with a known verdict are put in order of their confidence. Answering from the most to
the less confident, the share that is answered (coverage) grows and so does the share of wrong
answers among them (risk): the risk-coverage curve (El-Yaniv and Wiener 2010). A share seen in a
few hundred rows is not the share among tomorrow's questions, so each point carries the upper bound
of Clopper and Pearson (1934).

An editor looks at the whole curve and then picks, and would pick a lucky point. The error of 5 %
is therefore divided among the points (Bonferroni): with 95 % certainty *all* bounds hold at once,
for questions like the labelled ones, and any promise that the curve shows may be made. The points
are chosen by confidences alone, never by verdicts, which the argument needs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.contracts import Offer, Outlook, Point, Shortfall, Thresholds

Doubles = npt.NDArray[np.float64]

STEPS = 20  # points of the curve, a twentieth of the rows apart
DOUBT = 0.05  # probability that any of the bounds is too low
FEWEST = 100  # labelled rows below which nothing is promised
WORTH_SUGGESTING = 1 / 3  # chance that the first of three near questions is the right one
LEAST, MOST = 0.01, 0.5  # promises that may be asked for

# By `make dial` from development questions (docs/decisions/0022): 30 % answered, 2.8 % of that wrong,
# with 95 % certainty at most 9.0 %.
SHIPPED = Thresholds(answer_from=0.632, suggest_from=0.161)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question's confidence in 0..1, and whether the first entry was the right one.

    A question that the knowledge cannot answer is not right: whatever is said would be wrong.
    """

    confidence: float
    right: bool


def outlook(rows: Sequence[Judged]) -> Outlook:
    """The curve, most confident first; empty with fewer than ``FEWEST`` rows."""
    if len(rows) < FEWEST:
        return Outlook(len(rows), FEWEST - len(rows), ())
    confidence, right = _sorted(rows)
    points = []
    for start in _starts(confidence):
        answered = int((confidence >= start).sum())
        wrong = int((~right[:answered]).sum())
        bound = upper_bound(wrong, answered, DOUBT / STEPS)
        points.append(
            Point(start, answered, answered / len(rows), wrong, wrong / answered, bound)
        )
    return Outlook(len(rows), 0, tuple(points))


def offer(rows: Sequence[Judged], promise: float) -> Offer | Shortfall:
    """The thresholds that answer most while the bound on the risk stays within ``promise``."""
    seen = outlook(rows)
    kept = [point for point in seen.points if point.bound <= promise]
    if not kept:
        return _shortfall(seen, promise)
    best = max(kept, key=lambda point: point.answered)
    suggest = min(_suggest_from(rows), best.answer_from)
    return Offer(promise, Thresholds(best.answer_from, suggest), best)


def upper_bound(wrong: int, of: int, doubt: float) -> float:
    """One-sided Clopper-Pearson: the share that makes ``wrong`` or fewer just ``doubt`` likely."""
    if wrong >= of:
        return 1.0
    low, high = wrong / of, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, of, middle) > doubt else (low, middle)
    return high


def rows_needed(promise: float) -> int:
    """The least rows of which, with none wrong, a point of the curve could keep the promise."""
    return max(FEWEST, math.ceil(math.log(DOUBT / STEPS) / math.log1p(-promise)))


def verdict(confidence: float, thresholds: Thresholds = SHIPPED) -> str:
    """``answer`` from the upper threshold on, ``suggest`` from the lower one, else ``none``."""
    if confidence >= thresholds.answer_from:
        return "answer"
    return "suggest" if confidence >= thresholds.suggest_from else "none"


def _shortfall(seen: Outlook, promise: float) -> Shortfall:
    missing = max(0, rows_needed(promise) - seen.rows)
    return Shortfall(promise, missing, min((p.bound for p in seen.points), default=None))


def _sorted(rows: Sequence[Judged]) -> tuple[Doubles, npt.NDArray[np.bool_]]:
    confidence = np.array([row.confidence for row in rows])
    order = np.argsort(-confidence, kind="stable")
    return confidence[order], np.array([row.right for row in rows])[order]


def _starts(confidence: Doubles) -> list[float]:
    """Confidences of every twentieth row, each once; equal confidences stay together."""
    last = [math.ceil(len(confidence) * step / STEPS) - 1 for step in range(1, STEPS + 1)]
    return list(dict.fromkeys(float(confidence[at]) for at in last))


def _suggest_from(rows: Sequence[Judged]) -> float:
    """The least confidence at which the first near question is worth showing.

    The chance of being right is fitted as a rising function of confidence (isotonic regression by
    pooling adjacent violators, Ayer and others 1955). The shipped value when none is worth it.
    """
    confidence, right = _sorted(rows)
    pools: list[tuple[float, int, float]] = []  # right, rows, least confidence; falling chance
    for at, is_right in zip(confidence, right, strict=True):
        pools.append((float(is_right), 1, float(at)))
        while len(pools) > 1 and pools[-1][0] * pools[-2][1] >= pools[-2][0] * pools[-1][1]:
            good, size, least = pools.pop()
            before = pools.pop()
            pools.append((before[0] + good, before[1] + size, least))
    worth = [least for good, size, least in pools if good / size >= WORTH_SUGGESTING]
    return min(worth, default=SHIPPED.suggest_from)


def _at_most(wrong: int, of: int, share: float) -> float:
    """Probability of ``wrong`` or fewer among ``of``, each with probability ``share``."""
    if not share:
        return 1.0
    counts = np.arange(wrong + 1)
    ways = np.concatenate(([0.0], np.cumsum(np.log(np.arange(of, of - wrong, -1.0)))))
    ways -= np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, wrong + 1)))))
    logs = ways + counts * math.log(share) + (of - counts) * math.log1p(-share)
    return float(np.exp(logs).sum())
