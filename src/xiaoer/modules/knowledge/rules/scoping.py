"""Which place an entry speaks of, and which verdict a confidence allows: pure.

Scope prefers and does not hide: a visitor of the online shop may ask about a store by name, and
a visitor of one store about another.
"""

from __future__ import annotations

ANSWER_FROM = 0.6
SUGGEST_FROM = 0.25
HERE = 3.0
ELSEWHERE = -1.5


def bonus(scope_path: str, unit_path: str) -> float:
    """Log-odds added for where an entry belongs, seen from a place.

    An entry of the place itself or of one above it, other than the whole group, gains; one of
    another branch loses; one below (the visitor stands higher) neither gains nor loses.
    """
    if scope_path == "/":
        return 0.0
    if unit_path.startswith(scope_path):
        return HERE
    return 0.0 if scope_path.startswith(unit_path) or unit_path == "/" else ELSEWHERE


def verdict(confidence: float) -> str:
    """Answer when it is more likely right than not, suggest when it may be near, else neither."""
    if confidence >= ANSWER_FROM:
        return "answer"
    return "suggest" if confidence >= SUGGEST_FROM else "none"
