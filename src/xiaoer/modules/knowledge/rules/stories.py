"""Cuts long texts for search: a story into its questions, a passage into windows, both into terms.

Who asks for help tells a story, and the story holds several questions. One vector of the whole is
near to nothing in particular, so each sentence is looked up by itself.
"""

from __future__ import annotations

import re

from xiaoer.kit.text import fold

WINDOW = 240  # characters of a passage that one vector stands for
MOST_PARTS = 60  # of a story; a longer one is asked in coarser parts
FEWEST_TERMS = 2  # of a part that is asked by itself
_ENDS = re.compile(r"(?<=[。！？!?；;\n])|(?<=\.)\s+")
_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_㐀-鿿豈-﫿]+")
_ENDINGS = ("ings", "edly", "ing", "ies", "ied", "ed", "es", "ly", "s")


def terms(text: str) -> list[str]:
    """Pairs of Han characters, and other words without their English endings, in order."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if run[0] < "㐀":
            found.append(_stem(run))
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text that say anything."""
    pieces = (piece.strip() for piece in _ENDS.split(text))
    return [piece for piece in pieces if any(c.isalnum() for c in piece)]


def windows(text: str, size: int = WINDOW) -> list[str]:
    """Neighbouring sentences joined while they fit into ``size`` characters."""
    joined: list[str] = []
    for sentence in sentences(text):
        if joined and len(joined[-1]) + len(sentence) < size:
            joined[-1] += " " + sentence
        else:
            joined.append(sentence)
    return joined


def parts(story: str) -> list[str]:
    """What a story asks, one by one; a greeting or a cry asks nothing unless it is all there is."""
    told = sentences(story)
    if len(told) > MOST_PARTS:
        told = windows(story, -(-len(story) // MOST_PARTS) * 2)[:MOST_PARTS]
    full = [part for part in told if len(terms(part)) >= FEWEST_TERMS]
    return list(dict.fromkeys(full or told))


def _stem(word: str) -> str:
    """A word without its commonest English endings: no dictionary, the same on both sides."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word
