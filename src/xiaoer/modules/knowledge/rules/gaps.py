"""Groups questions that ask the same: pure, deterministic, one question after the other.

A question joins the group whose centre is nearest, by the embedder's vector and by the letters
that both share, or opens a group of its own. A group therefore keeps its identity whatever comes
later, and the work of a day grows with the day's questions, not with all that were ever asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.rules.words import bigrams, tidy

Floats = npt.NDArray[np.float32]

LETTERS = 0.5  # weight of shared letters beside the cosine
# Two questions of the demo's paraphrases with different answers come so near in 1 of 1,000 pairs;
# two groups too many cost an editor a look, two questions in one group a wrong draft.
SAME = 0.62
FEWEST_LETTERS = 2
MOST_DIGITS = 6  # from here on a number is somebody's: of an order, a telephone
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_worth(text: str) -> bool:
    """Whether a text can be a question at all: letters beside numbers and signs."""
    return sum(c.isalpha() for c in text) >= FEWEST_LETTERS


def is_personal(text: str) -> bool:
    """Whether it holds a number as long as that of an order or a telephone, or an address of mail."""
    run = longest = 0
    for character in text:
        run = run + 1 if character.isdigit() else 0
        longest = max(longest, run)
    return longest >= MOST_DIGITS or "@" in text


def likeness(text: str, row: Floats, texts: Sequence[str], rows: Floats) -> Floats:
    """How near a question is to others: cosine of unit vectors, and shared pairs of letters."""
    mine = bigrams(text)
    shared = [_jaccard(mine, bigrams(other)) for other in texts]
    return np.asarray(rows @ row + LETTERS * np.array(shared, np.float32), np.float32)


def place(
    texts: Sequence[str], rows: Floats, centres: Sequence[str], centre_rows: Floats
) -> list[int]:
    """For each question its group: an index of ``centres``, or of the groups opened after them.

    ``rows`` are unit vectors, one a text. Of two equally near groups the earlier is taken.
    """
    known = list(centres)
    vectors = [*centre_rows]
    placed = []
    for text, row in zip(texts, rows, strict=True):
        near = likeness(text, row, known, np.stack(vectors)) if known else np.zeros(0)
        best = int(near.argmax()) if len(near) else -1
        if best < 0 or near[best] < SAME:
            best = len(known)
            known.append(text)
            vectors.append(row)
        placed.append(best)
    return placed


def central(texts: Sequence[str], rows: Floats) -> int:
    """The text that is nearest to all others; one that names nobody goes first, then the earlier."""
    sums = [
        float(likeness(text, row, texts, rows).sum()) - 1e6 * is_personal(text)
        for text, row in zip(texts, rows, strict=True)
    ]
    return max(range(len(texts)), key=lambda i: (round(sums[i], 5), -i))


def language(texts: Iterable[str]) -> str:
    """``zh`` when any holds Chinese characters, else ``en``."""
    return "zh" if any("\u3400" <= c <= "\u9fff" for text in texts for c in text) else "en"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV that a spreadsheet opens as text: with a mark of order, and no cell that computes."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def _plain(cell: object) -> str:
    """A cell that begins like a formula is led by an apostrophe (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0


__all__ = ["central", "is_personal", "is_worth", "language", "place", "table", "tidy"]
