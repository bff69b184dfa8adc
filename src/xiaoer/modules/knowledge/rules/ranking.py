"""Ranks knowledge entries for a question, and says how sure it is.

Witnesses are heard about every entry: the sentence vector (meaning as a whole), shared characters
(names, numbers, typing errors), word-by-word alignment (the word that matters), the script that is
written in, and, where entries have several phrasings, a learnt head. How much each is trusted is
learnt from the knowledge itself: some phrasings are held out and must find their way home. Nothing is learnt from
customers' questions, and an index answers before anything is learnt (``build`` with ``learn``
off), with the weights measured in ``docs/decisions/0003-embeddings-and-ranking.md``.

The room stores the vectors of ``to_embed(phrasings)`` by model and text, and calls ``build`` in
each worker. To answer: ``vectors = await embed(index.question_texts(text))``, then
``index.rank(text, vectors)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.rules import trust
from xiaoer.modules.knowledge.rules.alignment import align
from xiaoer.modules.knowledge.rules.head import learn
from xiaoer.modules.knowledge.rules.index import Candidate, Index, Ranking, Second, is_chinese
from xiaoer.modules.knowledge.rules.lexicon import Lexicon, gather
from xiaoer.modules.knowledge.rules.metric import Metric, bend, centre_only, narrow
from xiaoer.modules.knowledge.rules.terms import Terms, count
from xiaoer.modules.knowledge.rules.words import bigrams, tidy, words

__all__ = [
    "Candidate",
    "Index",
    "Lexicon",
    "Phrasing",
    "Ranking",
    "bigrams",
    "build",
    "gather",
    "tidy",
    "to_embed",
    "to_read_again",
    "words",
]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

VERSION = 3  # of what an index holds: a stored one of another version is built anew
LARGE = 20_000  # phrasings from which speed is bought with a little accuracy
COMMONEST = 0.1


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A text that leads to an entry: its title, a similar question, or (not asked) its answer."""

    entry: str
    text: str
    asked: bool = True


def to_embed(phrasings: Iterable[Phrasing]) -> tuple[str, ...]:
    """Every distinct text whose vector ``build`` needs: tidy phrasings and their words."""
    wanted: dict[str, None] = {}
    for phrasing in phrasings:
        plain = tidy(phrasing.text)
        wanted.update(dict.fromkeys((plain, *words(plain))))
    wanted.pop("", None)
    return tuple(wanted)


def build(
    phrasings: Iterable[Phrasing],
    vectors: Mapping[str, Floats],
    *,
    learnt: bool = True,
    second: Mapping[str, Floats] | None = None,
) -> Index:
    """An index of phrasings, given a vector for every text of ``to_embed``.

    With ``learnt`` off it is quick (seconds for 10,000 entries) and uses the shipped weights; a
    worker serves with that until the learnt one is ready. ``second`` holds the rows of a second
    model for every text of ``to_read_again``. Deterministic: equal input, equal index.
    """
    kept = _once(phrasings)
    names = tuple(dict.fromkeys(p.entry for p in kept))
    place = {name: i for i, name in enumerate(names)}
    owner = np.array([place[p.entry] for p in kept], np.int64)
    first = np.unique(owner, return_index=True)[1].astype(np.int64)
    texts = tuple(p.text for p in kept)
    rows = _rows(texts, vectors)
    large = len(texts) > LARGE
    metric = _unlearnt(rows)
    again = _rows(texts, second) if second is not None and texts else None
    index = Index(
        entries=names,
        texts=texts,
        owner=owner,
        first=first,
        asked=np.array([p.asked for p in kept], bool),
        chinese=_share_of_chinese(texts, first),
        verbatim=_verbatim(kept, place),
        placed=metric.place(rows),
        metric=metric,
        lexicon=gather(texts, commonest=COMMONEST if large else 1.0),
        alignment=align([words(text) for text in texts], vectors),
        head=None,
        trust=trust.SHIPPED,
        second=_untrained(again),
    )
    return _learn(index, Rows(rows, again), vectors) if learnt and len(names) > 1 else index


def to_read_again(phrasings: Iterable[Phrasing]) -> tuple[str, ...]:
    """Every distinct text whose row of the second model ``build`` needs: the tidy phrasings."""
    return tuple(dict.fromkeys(p.text for p in _once(phrasings)))


@dataclass(frozen=True, slots=True)
class Rows:
    """The texts as the first model sees them, and as the second does."""

    first: Floats
    second: Floats | None


def _learn(index: Index, rows: Rows, vectors: Mapping[str, Floats]) -> Index:
    """Bend the space, train the heads, and weigh the witnesses by held-out phrasings."""
    most = trust.MOST_TRIALS if len(index.texts) <= LARGE else trust.MOST_TRIALS // 3
    held = trust.held_out(index.owner, index.asked, most)
    if not held.any():
        return index
    rehearsal = _trained(index, rows, ~held)
    alone: list[trust.Trial] = []
    both: list[trust.Trial] = []
    for at in np.flatnonzero(held):
        text = index.texts[at]
        asked = np.stack([vectors[t] for t in index.question_texts(text)])
        readings = [(alone, None)]
        if rows.second is not None:
            readings.append((both, rows.second[at]))
        for trials, row in readings:
            heard = rehearsal.hear(text, asked, ~held, row)
            if heard is not None:
                trials.append(trust.Trial(heard.signs, heard.entries == index.owner[at]))
    final = _trained(index, rows, np.ones(len(index.texts), bool))
    prior = trust.shipped(with_head=final.head is not None, with_second=False)
    final = replace(final, trust=trust.weigh(alone, prior))
    if final.second is None:
        return final
    prior = trust.shipped(with_head=final.second.head is not None, with_second=True)
    return replace(final, second=replace(final.second, trust=trust.weigh(both, prior)))


def _trained(index: Index, rows: Rows, using: Bools) -> Index:
    metric = bend(rows.first[using], index.owner[using])
    placed = metric.place(rows.first)
    if len(placed) > LARGE:
        metric = narrow(metric, placed)
        placed = metric.place(rows.first)
    owner, entries = index.owner[using], len(index.entries)
    first = learn(placed[using], owner, entries)
    terms = _terms(index, using) if first is not None else None
    trained = replace(index, metric=metric, placed=placed, head=first, terms=terms)
    if rows.second is None:
        return trained
    closer = bend(rows.second[using], owner)
    again = closer.place(rows.second)
    head = learn(np.hstack([placed, again])[using], owner, entries)
    believed = trust.shipped(with_head=head is not None, with_second=True)
    return replace(trained, second=Second(closer, again, head, believed))


def _terms(index: Index, using: Bools) -> Terms:
    chosen = np.flatnonzero(using)
    return count([words(index.texts[i]) for i in chosen], index.owner[chosen], len(index.entries))


def _unlearnt(rows: Floats) -> Metric:
    metric = centre_only(rows)
    return narrow(metric, metric.place(rows)) if len(rows) > LARGE else metric


def _untrained(again: Floats | None) -> Second | None:
    if again is None:
        return None
    metric = centre_only(again)
    return Second(metric, metric.place(again), None, trust.SHIPPED_WITH_SECOND)


def _once(phrasings: Iterable[Phrasing]) -> list[Phrasing]:
    """Tidy phrasings sorted by entry and text, each once; a question wins over an answer."""
    found: dict[tuple[str, str], bool] = {}
    for phrasing in phrasings:
        if plain := tidy(phrasing.text):
            key = (phrasing.entry, plain)
            found[key] = found.get(key, False) or phrasing.asked
    return [Phrasing(entry, text, asked) for (entry, text), asked in sorted(found.items())]


def _verbatim(kept: Sequence[Phrasing], place: Mapping[str, int]) -> Mapping[str, frozenset[int]]:
    """The entries that each question belongs to, word for word."""
    found: dict[str, set[int]] = {}
    for phrasing in kept:
        if phrasing.asked:
            found.setdefault(phrasing.text, set()).add(place[phrasing.entry])
    return {text: frozenset(entries) for text, entries in found.items()}


def _share_of_chinese(texts: Sequence[str], first: Ints) -> Floats:
    """Share of each entry's texts that hold Chinese characters."""
    if not texts:
        return np.zeros(0, np.float32)
    marks = np.array([is_chinese(text) for text in texts], np.float32)
    shares = np.add.reduceat(marks, first) / np.diff(np.append(first, len(texts)))
    return np.asarray(shares, np.float32)


def _rows(texts: Sequence[str], vectors: Mapping[str, Floats]) -> Floats:
    if not texts:
        return np.zeros((0, 1), np.float32)
    return np.stack([vectors[text] for text in texts]).astype(np.float32)
