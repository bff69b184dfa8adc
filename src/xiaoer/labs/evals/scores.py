"""Scores of rankings and of rejections, from their textbook definitions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
DEPTH = 50  # ranks that are looked at; the right entry below them counts as not found


def hits(ranked: Sequence[Sequence[str]], gold: Sequence[str | None]) -> dict[str, float | None]:
    """``hit@1``, ``hit@3``, ``hit@5`` and ``mrr`` over the rows that have a gold id."""
    places = [_place(ids, right) for ids, right in zip(ranked, gold, strict=True) if right]
    if not places:
        return {"hit@1": None, "hit@3": None, "hit@5": None, "mrr": None}
    found = {f"hit@{k}": float(np.mean([p <= k for p in places])) for k in (1, 3, 5)}
    return {**found, "mrr": float(np.mean([1 / p for p in places]))}


def recalls(
    ranked: Sequence[Sequence[str]], gold: Sequence[frozenset[str]]
) -> dict[str, float | None]:
    """``recall@5``, ``@10``, ``@20``: the share of a row's gold ids among its first, averaged over
    the rows that have any; ``mrr`` of the first gold id."""
    pairs = [(ids, right) for ids, right in zip(ranked, gold, strict=True) if right]
    if not pairs:
        return {"recall@5": None, "recall@10": None, "recall@20": None, "mrr": None}
    found: dict[str, float | None] = {
        f"recall@{k}": float(np.mean([len(right & set(ids[:k])) / len(right) for ids, right in pairs]))
        for k in (5, 10, 20)
    }
    firsts = (next((i for i, name in enumerate(ids, 1) if name in right), 0) for ids, right in pairs)
    return {**found, "mrr": float(np.mean([1 / first if first else 0.0 for first in firsts]))}


def milliseconds(times: Sequence[float], percent: float) -> float | None:
    """A percentile of times in ms; None without any."""
    return round(float(np.percentile(times, percent)), 3) if len(times) else None


def auroc(inside: Doubles, outside: Doubles) -> float | None:
    """Probability that a row in scope scores above one out of scope (Mann-Whitney, ties half)."""
    if not len(inside) or not len(outside):
        return None
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, "left")
    level = np.searchsorted(ordered, inside, "right") - below
    return float((below + level / 2).mean() / len(outside))


def threshold(strangers: Doubles, recall: float) -> float | None:
    """The least score to accept so that ``recall`` of the strangers are rejected."""
    if not len(strangers):
        return None
    rejected = int(np.ceil(recall * len(strangers) - 1e-9))
    ordered = np.sort(strangers)
    return float(np.nextafter(ordered[rejected - 1], np.inf)) if rejected else float(ordered[0])


def risk_coverage(scores: Doubles, right: npt.NDArray[np.bool_]) -> list[list[float]]:
    """Share of errors among the most confident rows, at coverages of 5 % to 100 %."""
    if not len(scores):
        return []
    ordered = right[np.argsort(-scores, kind="stable")]
    curve = []
    for percent in range(5, 101, 5):
        taken = max(1, round(len(ordered) * percent / 100))
        curve.append([percent / 100, float(1 - ordered[:taken].mean())])
    return curve


def _place(ids: Sequence[str], right: str) -> float:
    return ids.index(right) + 1 if right in ids[:DEPTH] else float("inf")
