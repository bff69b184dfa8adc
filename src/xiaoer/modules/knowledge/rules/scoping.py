"""Which place an entry speaks of: pure.

Scope prefers and does not hide: a visitor of the online shop may ask about a store by name, and
a visitor of one store about another.
"""

from __future__ import annotations

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
