"""Measures whether requests are told apart, and whether foreign ones are recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.labs.evals import peers
from xiaoer.labs.evals.looking import Lookup, Plain, Product, second
from xiaoer.labs.evals.options import File, MaybeFile, Output
from xiaoer.labs.evals.readers import BadInput, rows
from xiaoer.labs.evals.scores import auroc, risk_coverage, threshold
from xiaoer.modules.knowledge import ranking

STRANGER = "oos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents(Output):
    """What the command is asked."""

    train: File
    test: File
    tune: MaybeFile = None
    oos_tune: MaybeFile = None
    oos: MaybeFile = None
    peer: peers.Wanted = False


@dataclass(frozen=True, slots=True)
class Request:
    """A text and its intent, where known."""

    text: str
    gold: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a look-up says about a list of texts."""

    labels: list[str | None]
    scores: npt.NDArray[np.float64]


async def evaluate(asked: Intents, tell: Callable[[str], None]) -> tuple[dict[str, Any], list[Any]]:
    """The keys of the command; predictions for the rows of test, then those of oos."""
    other = peers.peer(asked.peer, peers.FastText)
    known = [a for a in _requests(asked.train) if a.gold != STRANGER]
    if any(a.gold is None for a in known):
        raise BadInput(f"{asked.train}:1: every row needs intent or kb_id")
    phrasings = [ranking.Phrasing(str(a.gold), a.text) for a in known]
    if not phrasings:
        raise BadInput(f"{asked.train}:1: holds no intent to learn")
    parts = {
        "test": _requests(asked.test),
        "oos": _requests(asked.oos),
        "oos_tune": _requests(asked.oos_tune),
        "tune": [a for a in _requests(asked.tune) if a.gold != STRANGER],
    }
    tell(f"{len(phrasings)} texts of {len({p.entry for p in phrasings})} intents")
    memory = RememberingEmbedder(BundledEmbedder())
    ours = await _tell_apart(Product(memory, second()), phrasings, parts)
    tell("told apart; now the baseline")
    plain = await _tell_apart(Plain(), phrasings, parts)
    report = {**_keys(ours, parts), "baseline": _keys(plain, parts)}
    if other is not None:
        beside = await _tell_apart(other, phrasings, parts)
        report["peer"] = {**peers.named(other), **_keys(beside, parts)}
    predictions = [
        {"label": label, "score": float(score), "from": part}
        for part in ("test", "oos")
        for label, score in zip(ours[part].labels, ours[part].scores, strict=True)
    ]
    return report, predictions


async def _tell_apart(
    lookup: Lookup, phrasings: Sequence[ranking.Phrasing], parts: dict[str, list[Request]]
) -> dict[str, Told]:
    await lookup.index(phrasings)
    told = {}
    for part, asked in parts.items():
        seen = [await lookup.look_up(a.text) for a in asked]
        labels = [s.ids[0] if s.ids else None for s in seen]
        told[part] = Told(labels, np.array([s.confidence for s in seen], np.float64))
    return told


def _keys(told: dict[str, Told], parts: dict[str, list[Request]]) -> dict[str, Any]:
    test, strangers = told["test"], told["oos"].scores
    gold = [a.gold for a in parts["test"]]
    scored = all(gold) and bool(gold)
    right = np.array([a == b for a, b in zip(test.labels, gold, strict=True)], bool)
    keys: dict[str, Any] = {
        "n": len(gold),
        "accuracy": float(right.mean()) if scored else None,
        "auroc": auroc(test.scores, strangers),
    }
    for percent in (90, 95):
        limit = threshold(told["oos_tune"].scores, percent / 100)
        keys[f"in_scope_acc_at_oos{percent}"] = (
            float((right & (test.scores >= limit)).mean()) if scored and limit is not None else None
        )
        keys[f"oos_recall_at_oos{percent}"] = (
            float((strangers < limit).mean()) if len(strangers) and limit is not None else None
        )
        keys[f"threshold_at_oos{percent}"] = limit
    keys["risk_coverage"] = risk_coverage(test.scores, right) if scored else []
    return keys


def _requests(file: Path | None) -> list[Request]:
    if file is None:
        return []
    return [
        Request(row.text("text", "utterance"), row.optional("intent", "kb_id"))
        for row in rows(file)
    ]
