"""Cuts what people type into comparable pieces: tidy text, words, character n-grams.

Chinese has no spaces, shoppers mix two languages in one sentence and paste whole pages; every
later step needs the same small, bounded view of a text.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

import rjieba

from xiaoer.kit.hanzi import simplified

LONGEST = 400  # characters that count; the rest of a pasted page says nothing new
MOST_WORDS = 48


def tidy(text: str) -> str:
    """NFKC, lower case, simplified, no control characters, single spaces, at most ``LONGEST`` long."""
    plain = simplified(unicodedata.normalize("NFKC", text[: 4 * LONGEST]).lower())
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in plain)
    return " ".join(kept.split())[:LONGEST].rstrip()


def words(text: str) -> tuple[str, ...]:
    """Words of a tidy text in order, without punctuation, at most ``MOST_WORDS``."""
    pieces = (piece.strip() for piece in rjieba.cut(text))
    return tuple(p for p in pieces if any(c.isalnum() for c in p))[:MOST_WORDS]


def grams(text: str, shortest: int, longest: int) -> Counter[str]:
    """Character n-grams with their counts, spaces included."""
    return Counter(
        text[i : i + size]
        for size in range(shortest, longest + 1)
        for i in range(len(text) - size + 1)
    )


def overlap(one: str, other: str) -> float:
    """Jaccard similarity of the character bigrams of two texts, spaces left out, in 0..1."""
    left, right = bigrams(one), bigrams(other)
    union = len(left | right)
    return len(left & right) / union if union else 0.0


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits; the text itself when it has only one."""
    solid = "".join(c for c in tidy(text) if c.isalnum())
    pairs = frozenset(solid[i : i + 2] for i in range(len(solid) - 1))
    return pairs or frozenset([solid] if solid else [])
