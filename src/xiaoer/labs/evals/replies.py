"""Measures whether the right reply is found among candidates, given what was said before.

The product's search does it: the candidates are answers, the dialogue's end is the question. With
earlier dialogues (``--train``) it also looks up what people replied in the nearest situations, and
asks how near each candidate comes to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.labs.evals.looking import embed_all
from xiaoer.labs.evals.options import File, MaybeFile, Output
from xiaoer.labs.evals.readers import Row, rows
from xiaoer.labs.evals.scores import milliseconds
from xiaoer.modules.knowledge import ranking

Doubles = npt.NDArray[np.float64]

MOST = 10_000  # earlier situations that are remembered
NEAREST = 30
AS_REPLIED = 20.0  # log-odds a cosine, as the ranking gives the nearness of meanings
LAST = 200  # letters of the dialogue's end that are searched with


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies(Output):
    """What the command is asked."""

    file: File
    train: MaybeFile = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A dialogue's turns, the replies to choose from, and the right one where known."""

    context: tuple[str, ...]
    candidates: tuple[str, ...]
    label: int | None


async def evaluate(asked: Replies, tell: Callable[[str], None]) -> tuple[dict[str, Any], list[Any]]:
    """The keys of the command, and one prediction a row, in order."""
    choices = [_choice(row) for row in rows(asked.file)]
    memory = RememberingEmbedder(BundledEmbedder())
    product = Product(memory)
    await product.remember(_situations(asked.train))
    tell(f"{len(choices)} rows, {product.size} earlier replies")
    scores, times = [], []
    for choice in choices:
        memory.forget()
        begun = time.perf_counter()
        scores.append(await product.judge(choice))
        times.append((time.perf_counter() - begun) * 1000)
    report = {
        **_keys(choices, scores),
        "p50_ms": milliseconds(times, 50),
        "p99_ms": milliseconds(times, 99),
        "baseline": _keys(choices, [_plain(choice) for choice in choices]),
    }
    return report, [_prediction(found) for found in scores]


class Product:
    """The search of the knowledge room over candidates, and over earlier replies."""

    def __init__(self, embedder: RememberingEmbedder) -> None:
        self._embedder = embedder
        self._past: ranking.Index | None = None

    @property
    def size(self) -> int:
        """Earlier replies that are remembered."""
        return len(self._past.entries) if self._past else 0

    async def remember(self, situations: Sequence[tuple[str, str]]) -> None:
        """Index what was said before a reply, and embed the replies."""
        if not situations:
            return
        phrasings = [ranking.Phrasing(str(i), said) for i, (said, _) in enumerate(situations)]
        self._past = await self._index(phrasings)
        self._replies = await embed_all(self._embedder, [reply for _, reply in situations])

    async def judge(self, choice: Choice) -> Doubles:
        """One score a candidate."""
        said = _end(choice.context)
        offered = [
            ranking.Phrasing(str(i), text, asked=False) for i, text in enumerate(choice.candidates)
        ]
        index = await self._index(offered)
        scores = np.full(len(choice.candidates), -50.0)
        rows_ = await self._embedder.embed(index.question_texts(said))
        for found in index.rank(said, rows_, limit=len(offered)).candidates:
            scores[int(found.entry)] = found.score
        if self._past is None:
            return scores
        rows_ = await self._embedder.embed(self._past.question_texts(said))
        nearest = self._past.rank(said, rows_, limit=NEAREST).candidates
        if not nearest:
            return scores
        shares = np.array([near.share for near in nearest])
        replies = self._replies[[int(near.entry) for near in nearest]]
        offers = await self._embedder.embed([ranking.tidy(text) for text in choice.candidates])
        # A reply counts for its share among the nearest, smoothed: many situations have many replies.
        weights = np.sqrt(shares) / np.sqrt(shares).sum()
        judged: Doubles = scores + AS_REPLIED * (offers @ replies.T) @ weights
        return judged

    async def _index(self, phrasings: Sequence[ranking.Phrasing]) -> ranking.Index:
        wanted = ranking.to_embed(phrasings)
        vectors = await embed_all(self._embedder, wanted)
        return ranking.build(phrasings, dict(zip(wanted, vectors, strict=True)), learnt=False)


def _plain(choice: Choice) -> Doubles:
    """The plain method: TF-IDF of characters 1-3 between the dialogue's end and each candidate."""
    lexicon = ranking.gather([ranking.tidy(text) for text in choice.candidates])
    return lexicon.likeness(ranking.tidy(_end(choice.context))).astype(np.float64)


def _keys(choices: Sequence[Choice], scores: Sequence[Doubles]) -> dict[str, Any]:
    """``R10@1`` and ``mrr`` over the rows with a label; equal scores stand in the order given."""
    places = [
        int(np.flatnonzero(np.argsort(-found, kind="stable") == choice.label)[0]) + 1
        for choice, found in zip(choices, scores, strict=True)
        if choice.label is not None
    ]
    return {
        "n": len(choices),
        "R10@1": float(np.mean([place == 1 for place in places])) if places else None,
        "mrr": float(np.mean([1 / place for place in places])) if places else None,
    }


def _prediction(scores: Doubles) -> dict[str, Any]:
    order = np.argsort(-scores, kind="stable")
    return {"ranked": [{"index": int(i), "score": float(scores[i])} for i in order]}


def _situations(file: Path | None) -> list[tuple[str, str]]:
    found = [_choice(row) for row in rows(file)] if file else []
    known = [(_end(c.context), c.candidates[c.label]) for c in found if c.label is not None]
    return [(said, reply) for said, reply in known if said and ranking.tidy(reply)][:MOST]


def _end(context: Sequence[str]) -> str:
    """The last turn, with the one before it when it is short."""
    last = ranking.tidy(context[-1]) if context else ""
    if len(last) < 8 and len(context) > 1:
        last = ranking.tidy(f"{context[-2]} {last}")
    return last[-LAST:]


def _choice(row: Row) -> Choice:
    context, candidates = row.fields.get("context"), row.fields.get("candidates")
    label = row.fields.get("label")
    turns = [context] if isinstance(context, str) else context
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise row.bad("context must be a list of texts")
    if not isinstance(candidates, list) or not all(isinstance(text, str) for text in candidates):
        raise row.bad("candidates must be a list of texts")
    if label is not None and (not isinstance(label, int) or not 0 <= label < len(candidates)):
        raise row.bad("label must be the place of a candidate, counted from 0")
    return Choice(tuple(turns), tuple(candidates), label)
