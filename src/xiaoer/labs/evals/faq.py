"""Measures whether customers' questions find their entry."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.labs.evals import peers
from xiaoer.labs.evals.looking import Dense, Lookup, Plain, Product, Seen, second
from xiaoer.labs.evals.options import File, MaybeFile, Output
from xiaoer.labs.evals.overlap import Overlaps, quartiles
from xiaoer.labs.evals.readers import BadInput, names, rows
from xiaoer.labs.evals.scores import hits, milliseconds
from xiaoer.modules.knowledge import ranking

AGAIN = 300  # queries asked a second time, for the time of a repeated text


class Language(StrEnum):
    """Languages that a knowledge base may be in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Query:
    """A question, its entry where known, and whether it counts."""

    text: str
    gold: str | None
    overlap: float
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq(Output):
    """What the command is asked."""

    kb: File
    queries: File
    similar: MaybeFile = None
    ids: MaybeFile = None
    lang: Annotated[
        Language | None, typer.Option(help="Noted only: the ranking sees the language itself.")
    ] = None
    max_overlap: Annotated[
        float | None,
        typer.Option(
            help="Leave out queries whose character-bigram Jaccard similarity with an indexed "
            "text is above this, and list their lines."
        ),
    ] = None
    peer: peers.Wanted = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of looking up: its keys, and what it saw for every query."""

    keys: dict[str, Any]
    seen: list[Seen]


async def evaluate(asked: Faq, tell: Callable[[str], None]) -> tuple[dict[str, Any], list[Any]]:
    """The keys of the command, and one prediction a query row, in order."""
    other = peers.peer(asked.peer, peers.Bm25)
    only = names(asked.ids) if asked.ids else None
    phrasings = _phrasings(asked, only)
    queries = _queries(asked, phrasings, only)
    tell(
        f"{len(phrasings)} texts of {len({p.entry for p in phrasings})} entries, "
        f"{len(queries)} queries"
    )
    memory = RememberingEmbedder(BundledEmbedder())
    closer = second()
    memories = [memory, closer] if closer else [memory]
    for one in memories:
        await one.embed(["warm up"])
    product = await _measure(Product(memory, closer), memories, phrasings, queries)
    tell("ranked; now the baseline and the dense look-up")
    dense = await _measure(Dense(memory), memories, phrasings, queries)
    plain = await _measure(Plain(), memories, phrasings, queries)
    counted = [i for i, query in enumerate(queries) if query.counts and query.gold]
    found = [product.seen[i].ids[:1] == (queries[i].gold,) for i in counted]
    report = {
        **product.keys,
        "baseline": plain.keys,
        "dense": dense.keys,
        "by_overlap": quartiles([queries[i].overlap for i in counted], found),
        "above_overlap": sum(_above(query, asked.max_overlap) for query in queries),
    }
    if other is not None:
        beside = await _measure(other, [], phrasings, queries)
        report["peer"] = {**peers.named(other), **beside.keys}
    return report, [_prediction(q, s) for q, s in zip(queries, product.seen, strict=True)]


async def _measure(
    lookup: Lookup,
    memories: Sequence[RememberingEmbedder],
    phrasings: Sequence[ranking.Phrasing],
    queries: Sequence[Query],
) -> Measured:
    begun = time.perf_counter()
    await lookup.index(phrasings)
    index_s = time.perf_counter() - begun
    seen, fresh = [], []
    for query in queries:
        for memory in memories:
            memory.forget()
        begun = time.perf_counter()
        seen.append(await lookup.look_up(query.text))
        fresh.append((time.perf_counter() - begun) * 1000)
    again = []
    for query in queries[:AGAIN]:
        await lookup.look_up(query.text)
        begun = time.perf_counter()
        await lookup.look_up(query.text)
        again.append((time.perf_counter() - begun) * 1000)
    counted = [(s.ids, q.gold) for s, q in zip(seen, queries, strict=True) if q.counts]
    keys = {
        "n": len(counted),
        **hits([ids for ids, _ in counted], [gold for _, gold in counted]),
        "p50_ms": milliseconds(fresh, 50),
        "p99_ms": milliseconds(fresh, 99),
        "cached_p50_ms": milliseconds(again, 50),
        "index_s": round(index_s, 3),
    }
    return Measured(keys, seen)


def _phrasings(asked: Faq, only: frozenset[str] | None) -> list[ranking.Phrasing]:
    found = []
    for row in rows(asked.kb):
        entry = row.text("kb_id", "id")
        question = row.optional("question", "title")
        listed = [value for value in row.fields.get("similar") or [] if isinstance(value, str)]
        answer = row.fields.get("answer")
        if question is None and not listed and not isinstance(answer, str):
            raise row.bad("needs question or title")
        found += [ranking.Phrasing(entry, text) for text in (question, *listed) if text]
        if isinstance(answer, str):
            found.append(ranking.Phrasing(entry, answer, asked=False))
    entries = {p.entry for p in found}
    for row in rows(asked.similar) if asked.similar else []:
        if (entry := row.text("kb_id")) not in entries:
            raise row.bad(f"names {entry}, which the knowledge base does not have")
        found.append(ranking.Phrasing(entry, row.text("text")))
    kept = [p for p in found if (only is None or p.entry in only) and ranking.tidy(p.text)]
    if not kept:
        raise BadInput(f"{asked.kb}:1: holds no entry to look for")
    return kept


def _queries(
    asked: Faq, phrasings: Sequence[ranking.Phrasing], only: frozenset[str] | None
) -> list[Query]:
    overlaps = Overlaps([p.text for p in phrasings])
    found = []
    for row in rows(asked.queries):
        text, gold = row.text("text", "query"), row.optional("kb_id")
        overlap = overlaps.widest(text)
        near = asked.max_overlap is not None and overlap > asked.max_overlap
        inside = only is None or gold is None or gold in only
        found.append(Query(text, gold, overlap, inside and not near))
    return found


def _above(query: Query, limit: float | None) -> bool:
    return limit is not None and query.overlap > limit


def _prediction(query: Query, seen: Seen) -> dict[str, Any]:
    ranked = [{"kb_id": i, "score": s} for i, s in zip(seen.ids, seen.scores, strict=True)]
    return {
        "ranked": ranked,
        "confidence": seen.confidence,
        "overlap": query.overlap,
        "counted": query.counts,
    }
