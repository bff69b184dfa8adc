"""Which numbers a group may set for its policy."""

from __future__ import annotations

from dataclasses import asdict

from xiaoer.modules.aftersales.contracts import Terms
from xiaoer.modules.aftersales.errors import BadTerms

MOST = {"hours": 24 * 31, "days": 3650, "limit": 10**11, "changes": 100}
"""The largest value by the last word of a field: a typing error must not open the till."""


def check_terms(terms: Terms) -> Terms:
    """The terms, when each number can hold; raises :class:`BadTerms`."""
    for name, value in asdict(terms).items():
        most = MOST[name.rpartition("_")[2]]
        if type(value) is not int or not 0 <= value <= most:
            raise BadTerms(field=name, most=most)
    return terms
