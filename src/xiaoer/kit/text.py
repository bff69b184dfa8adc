"""Folding text for search, and cleaning it at the edge.

Chinese has no spaces, and most of its words have two characters. Runs of Han characters are
therefore indexed as overlapping pairs, so that a word of two characters is one term and a longer
one is a conjunction; other scripts are indexed as lower-case words.
"""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_㐀-鿿豈-﫿]+")
# Control, surrogate and private-use characters but line feed and tab; and overrides of the writing
# direction, which can make a text read otherwise than it is stored.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd"
    "\U00100000-\U0010fffd\u202a-\u202e\u2066-\u2069\ufeff]"
)


def clean(text: str) -> str:
    """Normalise to NFC and drop control, private-use and direction-override characters."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _DROPPED.sub("", unified)).strip()


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
