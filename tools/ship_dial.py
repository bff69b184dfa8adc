"""Computes the thresholds that are shipped, from development questions, and prints them.

    make dial                        from the development half of the demo's paraphrases
    make dial DATA="folder folder"   with sets of one's own: kb.jsonl(.gz), queries*.jsonl(.gz)

Every second paraphrase is development; the others only test. A tenth of the demo's entries is left
out of the index: shoppers also ask what nobody has written down, and whatever is answered then is
wrong. (Sets of one's own are taken whole: where entries are nearly alike, the twin of a missing
entry would answer rightly and count as wrong.) What is printed goes into ``modules/knowledge/rules/dial.py``. Never give it a test split.
"""

import argparse
import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.labs.demo import lore
from xiaoer.labs.evals.looking import Product
from xiaoer.modules.knowledge import ranking
from xiaoer.modules.knowledge.contracts import Offer
from xiaoer.modules.knowledge.rules import dial

PROMISE = 0.10
LEFT_OUT = 10  # every tenth entry
DEMO = lore.VECTORS.parent


def main(arguments: list[str] | None = None) -> int:
    """Look every question up, draw the curve and print the thresholds of the promise."""
    parser = argparse.ArgumentParser(prog="make dial", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    folders = parser.parse_args(arguments).folders
    kept = without_a_tenth(list(demo_entries()))
    judged = asyncio.run(judge(kept, development(list(demo_queries()))))
    print(f"demo: {describe(judged)}")
    for folder in folders:
        more = asyncio.run(judge(list(rows(folder, "kb")), list(rows(folder, "queries"))))
        print(f"{folder.name}: {describe(more)}")
        judged += more
    for point in dial.outlook(judged).points:
        print(f"  from {point.answer_from:.3f}: {point.coverage:5.0%} answered, "
              f"{point.risk:5.1%} wrong (<= {point.bound:.1%})")
    made = dial.offer(judged, PROMISE)
    if not isinstance(made, Offer):
        print(f"No threshold keeps {PROMISE:.0%}: {made}")
        return 1
    print(f"{len(judged)} questions; <= {PROMISE:.0%}: {made.point.coverage:.0%} answered, "
          f"{made.point.risk:.1%} wrong (<= {made.point.bound:.1%})")
    found = made.thresholds
    print(f"SHIPPED = Thresholds(answer_from={found.answer_from:.3f}, "
          f"suggest_from={found.suggest_from:.3f})")
    return 0


def development(paraphrases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every second paraphrase."""
    return paraphrases[::2]


def without_a_tenth(kb: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries but for every tenth, in the order of their keys."""
    missing = set(sorted(str(row["kb_id"]) for row in kb)[::LEFT_OUT])
    return [row for row in kb if str(row["kb_id"]) not in missing]


async def judge(kb: list[dict[str, Any]], queries: list[dict[str, Any]]) -> list[dial.Judged]:
    """Confidence and rightness of the first entry for each query."""
    product = Product(RememberingEmbedder(BundledEmbedder()))
    await product.index([phrasing for row in kb for phrasing in phrasings(row)])
    found = []
    for query in queries:
        seen = await product.look_up(query["text"])
        found.append(dial.Judged(seen.confidence, seen.ids[:1] == (str(query["kb_id"]),)))
    return found


def phrasings(row: dict[str, Any]) -> Iterator[ranking.Phrasing]:
    """Every text of an entry, whatever a set calls it."""
    entry = str(row["kb_id"])
    asked = [row.get("question") or row.get("title"), *row.get("similar", ())]
    answers = [row.get("answer"), *row.get("answers", ())]
    yield from (ranking.Phrasing(entry, text) for text in asked if text)
    yield from (ranking.Phrasing(entry, text, asked=False) for text in answers if text)


def demo_entries() -> Iterator[dict[str, Any]]:
    """The demo's knowledge as it is written."""
    for file in sorted((DEMO / "knowledge").glob("*.jsonl")):
        yield from lines(file)


def demo_queries() -> Iterator[dict[str, Any]]:
    """All paraphrases of the demo's knowledge."""
    yield from lines(DEMO / "paraphrases.jsonl")


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of the first file of that name."""
    yield from lines(sorted(folder.glob(f"{name}*.jsonl*"))[0])


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """JSON lines, gzipped or not."""
    held = file.read_bytes()
    text = gzip.decompress(held) if held[:2] == b"\x1f\x8b" else held
    yield from (json.loads(line) for line in text.decode().splitlines() if line.strip())


def describe(judged: list[dial.Judged]) -> str:
    """How many, and how many of the first entries are right."""
    right = sum(row.right for row in judged)
    return f"{len(judged)} questions, {right / len(judged):.0%} of the first entries right"


if __name__ == "__main__":
    raise SystemExit(main())
