"""Measures whether a story finds every document that it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import rjieba

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.labs.evals.looking import embed_all
from xiaoer.labs.evals.options import File, Output
from xiaoer.labs.evals.readers import BadInput, Row, rows
from xiaoer.labs.evals.scores import DEPTH, milliseconds, recalls
from xiaoer.labs.evals.tfidf import TfIdf
from xiaoer.modules.knowledge import library
from xiaoer.ports.embedder import Embedder

_WORD_AT_LEAST = 2  # letters, as the common tokenizer of TF-IDF has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents(Output):
    """What the command is asked."""

    docs: File
    tasks: File


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its id."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """A story, and the documents it needs, where known."""

    query: str
    needed: frozenset[str]


Ranked = list[tuple[str, float]]


class Shelf(Protocol):
    """Something that ranks documents for a story."""

    async def index(self, documents: Sequence[Document]) -> None:
        """Take what is to be found."""
        ...

    async def look_up(self, story: str) -> Ranked:
        """Documents best first."""
        ...


class Product:
    """The library of the knowledge room."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._library = library.shelve((), {})

    async def index(self, documents: Sequence[Document]) -> None:
        """Split into passages, embed, shelve."""
        shelved = [p for d in documents for p in library.split(d.name, d.title, d.text)]
        wanted = library.to_embed(shelved)
        vectors = await embed_all(self._embedder, wanted)
        self._library = library.shelve(shelved, dict(zip(wanted, vectors, strict=True)))

    async def look_up(self, story: str) -> Ranked:
        """Embed the parts of the story and find."""
        parts = self._library.parts(story)
        found = self._library.find(parts, await self._embedder.embed(parts), limit=DEPTH)
        return [(hit.document, hit.score) for hit in found]


class Plain:
    """The plain method: TF-IDF of words 1-2 over whole documents, cosine."""

    async def index(self, documents: Sequence[Document]) -> None:
        """Count words and pairs of words."""
        self._names = [d.name for d in documents]
        self._model = TfIdf([_grams(f"{d.title}\n{d.text}") for d in documents])

    async def look_up(self, story: str) -> Ranked:
        """Documents by likeness; those that share no word are not ranked."""
        likeness = self._model.likeness(_grams(story))
        order = np.argsort(-likeness, kind="stable")[:DEPTH]
        return [(self._names[i], float(likeness[i])) for i in order if likeness[i] > 0]


async def evaluate(
    asked: Documents, tell: Callable[[str], None]
) -> tuple[dict[str, Any], list[Any]]:
    """The keys of the command, and one prediction a task, in order."""
    documents, tasks = _documents(asked), _tasks(asked)
    tell(f"{len(documents)} documents, {len(tasks)} tasks")
    memory = RememberingEmbedder(BundledEmbedder())
    await memory.embed(["warm up"])
    keys, ranked = await _measure(Product(memory), memory, documents, tasks)
    plain, _ = await _measure(Plain(), memory, documents, tasks)
    predictions = [
        {"ranked": [{"id": name, "score": score} for name, score in found]} for found in ranked
    ]
    return {**keys, "baseline": plain}, predictions


async def _measure(
    shelf: Shelf,
    memory: RememberingEmbedder,
    documents: Sequence[Document],
    tasks: Sequence[Task],
) -> tuple[dict[str, Any], list[Ranked]]:
    begun = time.perf_counter()
    await shelf.index(documents)
    index_s = time.perf_counter() - begun
    ranked, times = [], []
    for task in tasks:
        memory.forget()
        begun = time.perf_counter()
        ranked.append(await shelf.look_up(task.query))
        times.append((time.perf_counter() - begun) * 1000)
    keys = {
        "n": len(tasks),
        **recalls([[name for name, _ in r] for r in ranked], [t.needed for t in tasks]),
        "p50_ms": milliseconds(times, 50),
        "p99_ms": milliseconds(times, 99),
        "index_s": round(index_s, 3),
    }
    return keys, ranked


def _documents(asked: Documents) -> list[Document]:
    found: dict[str, Document] = {}
    for row in rows(asked.docs):
        name = row.text("id", "doc_id", "document_id")
        if name in found:
            raise row.bad(f"repeats the id {name}")
        title, text = row.optional("title") or "", row.optional("text", "content")
        if text is None and not title:
            raise row.bad("needs text or content")
        found[name] = Document(name, title, text or "")
    if not found:
        raise BadInput(f"{asked.docs}:1: holds no document to look for")
    return list(found.values())


def _tasks(asked: Documents) -> list[Task]:
    return [Task(row.text("query", "text"), _needed(row)) for row in rows(asked.tasks)]


def _needed(row: Row) -> frozenset[str]:
    needed = row.fields.get("required_documents")
    if needed is None:
        return frozenset()
    if not isinstance(needed, list) or not all(
        isinstance(name, str | int) and not isinstance(name, bool) for name in needed
    ):
        raise row.bad("required_documents must be a list of ids")
    return frozenset(str(name) for name in needed)


def _grams(text: str) -> list[str]:
    """Words of two letters or more, and pairs of neighbours."""
    words = [
        word
        for word in (piece.strip().lower() for piece in rjieba.cut(text))
        if len(word) >= _WORD_AT_LEAST and any(c.isalnum() for c in word)
    ]
    return words + [f"{a} {b}" for a, b in pairwise(words)]
