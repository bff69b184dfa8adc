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
from xiaoer.modules.knowledge.rules.alignment import Alignment, align
from xiaoer.modules.knowledge.rules.head import Head, learn
from xiaoer.modules.knowledge.rules.lexicon import Lexicon, gather
from xiaoer.modules.knowledge.rules.metric import Metric, bend, centre_only, narrow
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
]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

VERSION = 1  # of what an index holds: a stored one of another version is built anew
SHORTLIST = 200  # phrasings whose words are compared
SHARPNESS = 15.0  # of the soft maximum over an entry's phrasings
LARGE = 20_000  # phrasings from which speed is bought with a little accuracy
COMMONEST = 0.1
VERBATIM = 12.0  # log-odds for an entry that is asked for in the very words of a phrasing
VERBATIM_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A text that leads to an entry: its title, a similar question, or (not asked) its answer."""

    entry: str
    text: str
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry in a ranking; ``share`` is its probability among the candidates."""

    entry: str
    score: float
    share: float
    nearest: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first. ``confidence``: probability that the first answers the question, in 0..1."""

    candidates: tuple[Candidate, ...]
    confidence: float


NOTHING = Ranking((), 0.0)


def to_embed(phrasings: Iterable[Phrasing]) -> tuple[str, ...]:
    """Every distinct text whose vector ``build`` needs: tidy phrasings and their words."""
    wanted: dict[str, None] = {}
    for phrasing in phrasings:
        plain = tidy(phrasing.text)
        wanted.update(dict.fromkeys((plain, *words(plain))))
    wanted.pop("", None)
    return tuple(wanted)


@dataclass(frozen=True, slots=True)
class Index:
    """The phrasings of one tenant in one model's space, sorted by entry. Immutable."""

    entries: tuple[str, ...]
    texts: tuple[str, ...]
    owner: Ints
    first: Ints
    asked: Bools
    chinese: Floats
    verbatim: Mapping[str, frozenset[int]]
    placed: Floats
    metric: Metric
    lexicon: Lexicon
    alignment: Alignment
    head: Head | None
    trust: trust.Trust

    def question_texts(self, text: str) -> tuple[str, ...]:
        """What to embed, in this order, to rank a question: it, and words that are new here."""
        plain = tidy(text)
        return (plain, *self.alignment.unknown(words(plain)))

    def rank(
        self,
        text: str,
        vectors: Floats,
        *,
        among: Bools | None = None,
        limit: int = 10,
    ) -> Ranking:
        """Rank the entries, or only those with texts ``among``, for a question.

        ``vectors`` are the rows of ``self.question_texts(text)``; ``among`` comes from
        ``self.texts_of``.
        """
        plain = tidy(text)
        if not plain or not self.entries:
            return NOTHING
        heard = self.hear(plain, vectors, among)
        if heard is None:
            return NOTHING
        scores = self.trust.score(heard.signs)
        said = np.isin(heard.entries, list(self.verbatim.get(plain, ())))
        scores = scores + VERBATIM * said
        order = np.argsort(-scores, kind="stable")
        shares = trust.softmax(scores)
        best = tuple(
            Candidate(
                entry=self.entries[heard.entries[i]],
                score=float(scores[i]),
                share=float(shares[i]),
                nearest=self.texts[heard.nearest[i]],
            )
            for i in order[:limit]
        )
        confidence = self.trust.confidence(heard.signs, scores)
        return Ranking(best, max(confidence, VERBATIM_CONFIDENCE if said.sum() == 1 else 0))

    def texts_of(self, entries: Iterable[str]) -> Bools:
        """Marks the texts of some entries, for many questions to be ranked among them."""
        names = frozenset(entries)
        chosen = np.fromiter((e in names for e in self.entries), bool, len(self.entries))
        return chosen[self.owner]

    def hear(self, plain: str, vectors: Floats, among: Bools | None) -> Heard | None:
        """What the witnesses say about the entries that come into question."""
        placed = self.metric.place(vectors[:1])
        meaning: Floats = self.placed @ placed[0]
        letters = self.lexicon.likeness(plain)
        if among is not None:
            meaning[~among] = -2
            letters[~among] = 0
        first_glance = meaning + np.float32(0.25) * letters
        count = min(SHORTLIST, len(first_glance))
        listed = np.argpartition(-first_glance, count - 1)[:count]
        listed = np.sort(listed[meaning[listed] > -1.5])
        if not len(listed):
            return None
        entries, starts = np.unique(self.owner[listed], return_index=True)
        asked = tuple(dict.fromkeys(words(plain)))
        aligned = self.alignment.likeness(asked, vectors[1:], listed)
        signs = np.zeros((len(entries), trust.SIGNS), np.float32)
        signs[:, trust.MEANING] = self._soft_max(meaning)[entries]
        signs[:, trust.LETTERS] = self._soft_max(letters)[entries]
        signs[:, trust.WORDS] = np.maximum.reduceat(aligned, starts)
        signs[:, trust.SCRIPT] = 1 - np.abs(self.chinese[entries] - _is_chinese(plain))
        if self.head is not None:
            signs[:, trust.HEAD] = np.maximum(self.head.judge(placed)[0, entries], -12)
        nearest = _argmax_within(first_glance[listed], starts)
        return Heard(entries, signs, listed[nearest])

    def _soft_max(self, likeness: Floats) -> Floats:
        """Soft maximum over the phrasings of each entry, damped by half for their number."""
        sums = np.add.reduceat(np.exp(SHARPNESS * likeness), self.first)
        sizes = np.diff(np.append(self.first, len(self.owner)))
        soft = np.log(np.maximum(sums, 1e-20) / np.sqrt(sizes)) / SHARPNESS
        return soft.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Heard:
    """Signs of the entries in question: one row an entry, and its nearest phrasing."""

    entries: Ints
    signs: Floats
    nearest: Ints


def build(
    phrasings: Iterable[Phrasing], vectors: Mapping[str, Floats], *, learnt: bool = True
) -> Index:
    """An index of phrasings, given a vector for every text of ``to_embed``.

    With ``learnt`` off it is quick (seconds for 10,000 entries) and uses the shipped weights; a
    worker serves with that until the learnt one is ready. Deterministic: equal input, equal index.
    """
    kept = _once(phrasings)
    names = tuple(dict.fromkeys(p.entry for p in kept))
    place = {name: i for i, name in enumerate(names)}
    owner = np.array([place[p.entry] for p in kept], np.int64)
    first = np.unique(owner, return_index=True)[1].astype(np.int64)
    texts = tuple(p.text for p in kept)
    asked = np.array([p.asked for p in kept], bool)
    rows = _rows(texts, vectors)
    metric = centre_only(rows)
    large = len(texts) > LARGE
    if large:
        metric = narrow(metric, metric.place(rows))
    index = Index(
        entries=names,
        texts=texts,
        owner=owner,
        first=first,
        asked=asked,
        chinese=_share_of_chinese(texts, first),
        verbatim=_verbatim(kept, place),
        placed=metric.place(rows),
        metric=metric,
        lexicon=gather(texts, commonest=COMMONEST if large else 1.0),
        alignment=align([words(text) for text in texts], vectors),
        head=None,
        trust=trust.SHIPPED,
    )
    return _learn(index, rows, vectors) if learnt and len(names) > 1 else index


def _learn(index: Index, rows: Floats, vectors: Mapping[str, Floats]) -> Index:
    """Bend the space, train the head, and weigh the witnesses by held-out phrasings."""
    most = trust.MOST_TRIALS if len(index.texts) <= LARGE else trust.MOST_TRIALS // 3
    held = trust.held_out(index.owner, index.asked, most)
    if not held.any():
        return index
    rehearsal = _trained(index, rows, ~held)
    trials = []
    for at in np.flatnonzero(held):
        text = index.texts[at]
        asked = np.stack([vectors[t] for t in index.question_texts(text)])
        heard = rehearsal.hear(text, asked, ~held)
        if heard is not None:
            trials.append(trust.Trial(heard.signs, heard.entries == index.owner[at]))
    final = _trained(index, rows, np.ones(len(rows), bool))
    return replace(final, trust=trust.weigh(trials, with_head=final.head is not None))


def _trained(index: Index, rows: Floats, using: Bools) -> Index:
    metric = bend(rows[using], index.owner[using])
    placed = metric.place(rows)
    if len(rows) > LARGE:
        metric = narrow(metric, placed)
        placed = metric.place(rows)
    head = learn(placed[using], index.owner[using], len(index.entries))
    return replace(index, metric=metric, placed=placed, head=head)


def _once(phrasings: Iterable[Phrasing]) -> list[Phrasing]:
    """Tidy phrasings sorted by entry and text, each once; a question wins over an answer."""
    found: dict[tuple[str, str], bool] = {}
    for phrasing in phrasings:
        if plain := tidy(phrasing.text):
            key = (phrasing.entry, plain)
            found[key] = found.get(key, False) or phrasing.asked
    return [Phrasing(entry, text, asked) for (entry, text), asked in sorted(found.items())]


def _verbatim(
    kept: Sequence[Phrasing], place: Mapping[str, int]
) -> Mapping[str, frozenset[int]]:
    """The entries that each question belongs to, word for word."""
    found: dict[str, set[int]] = {}
    for phrasing in kept:
        if phrasing.asked:
            found.setdefault(phrasing.text, set()).add(place[phrasing.entry])
    return {text: frozenset(entries) for text, entries in found.items()}


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _share_of_chinese(texts: Sequence[str], first: Ints) -> Floats:
    """Share of each entry's texts that hold Chinese characters."""
    if not texts:
        return np.zeros(0, np.float32)
    marks = np.array([_is_chinese(text) for text in texts], np.float32)
    shares = np.add.reduceat(marks, first) / np.diff(np.append(first, len(texts)))
    return np.asarray(shares, np.float32)


def _rows(texts: Sequence[str], vectors: Mapping[str, Floats]) -> Floats:
    if not texts:
        return np.zeros((0, 1), np.float32)
    return np.stack([vectors[text] for text in texts]).astype(np.float32)


def _argmax_within(values: Floats, starts: Ints) -> Ints:
    """Index of the first largest value of each run that begins at ``starts``."""
    sizes = np.diff(np.append(starts, len(values)))
    largest = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, starts), sizes))
    return largest[np.searchsorted(largest, starts)]
