"""Folding text for search, and cleaning it at the edge.

Chinese has no spaces, and most of its words have two characters. Runs of Han characters are
therefore indexed as overlapping pairs, so that a word of two characters is one term and a longer
one is a conjunction; other scripts are indexed as lower-case words.
"""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_㐀-鿿豈-﫿]+")
_CONTROL = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in ("Cc", "Cs", "Co")}
_KEEP = {"\n", "\t"}
_STRIP = {ord(c): None for c in _CONTROL - _KEEP}
# Overrides of the writing direction can make a text read otherwise than it is stored.
_STRIP |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))


def clean(text: str) -> str:
    """Normalise to NFC and drop control, private-use and direction-override characters."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified.translate(_STRIP)).strip()


def fold(text: str) -> str:
    """Full-width to half-width, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def search_terms(text: str) -> list[str]:
    """The terms under which a text is found: pairs of Han characters, whole other words."""
    terms: dict[str, None] = {}
    for run in _RUNS.findall(fold(text)):
        if _is_han(run) and len(run) > 1:
            terms.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        else:
            terms[run] = None
    return list(terms)


def search_query(text: str) -> str:
    """A ``tsquery`` text in which every term of ``text`` must occur; empty when it has none."""
    return " & ".join(f"'{term}'" + (":*" if len(term) == 1 else "") for term in search_terms(text))


def _is_han(run: str) -> bool:
    return "㐀" <= run[0] <= "﫿" and not run[0].isascii()
