"""The demo's knowledge entries, hung where they belong in the tree, and where their vectors lie."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from posixpath import commonpath
from typing import Any

from xiaoer.labs.demo.places import counters as read_counters
from xiaoer.labs.demo.places import path_of
from xiaoer.labs.demo.shapes import Counter
from xiaoer.modules import knowledge

VECTORS = Path(__file__).with_name("data") / "vectors.bin"
"""Packed rows of every text below, made by ``make vectors`` (decision 0021)."""


SECOND_VECTORS = Path(__file__).with_name("data") / "second_vectors.bin"
"""The same by the second model, of the phrasings alone (decision 0023)."""


def texts() -> tuple[str, ...]:
    """Every text whose vector the index of the whole demo knowledge needs."""
    return knowledge.texts_of([new.content for _, new in entries(read_counters())])


def second_texts() -> tuple[str, ...]:
    """Every text that the second model reads of the whole demo knowledge."""
    return knowledge.deepening.texts_of([new.content for _, new in entries(read_counters())])


def entries(counters: tuple[Counter, ...]) -> Iterator[tuple[int, knowledge.contracts.NewEntry]]:
    """Every entry, numbered through all files in the order of their names."""
    stands: dict[str, list[str]] = {}
    for counter in counters:
        stands.setdefault(counter.brand, []).append(counter.path)
    folder = files("xiaoer.labs.demo").joinpath("data", "knowledge")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".jsonl")), key=lambda f: f.name)
    rows = (json.loads(line) for file in found for line in file.read_text("utf-8").splitlines())
    for number, row in enumerate(rows, start=1):
        yield number, _entry(row, stands)


def _entry(row: Mapping[str, Any], stands: Mapping[str, list[str]]) -> knowledge.contracts.NewEntry:
    content = knowledge.contracts.Content(
        question=row["question"],
        answer=row["answer"],
        similar=tuple(row["similar"]),
        category=row["category"],
        scope_path=scope_path(row["scope"], stands),
        lang=row["lang"],
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
    )
    return knowledge.contracts.NewEntry(row["kb_id"], content)


def scope_path(scope: str, stands: Mapping[str, list[str]]) -> str:
    """`group`, `format:dept`, `store:bj01` or `counter:qiyan` → a place of the tree.

    A brand with counters in several places hangs at the lowest place above all of them.
    """
    kind, _, code = scope.partition(":")
    if kind == "group":
        return "/"
    if kind != "counter":
        return path_of(code)
    shared = commonpath(stands[code])
    return shared if shared == "/" else f"{shared}/"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
