"""An index of phrasings in memory: hears the witnesses about a question and ranks the entries.

``ranking`` builds it; here it only answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.rules import trust
from xiaoer.modules.knowledge.rules.alignment import Alignment
from xiaoer.modules.knowledge.rules.head import Head
from xiaoer.modules.knowledge.rules.lexicon import Lexicon
from xiaoer.modules.knowledge.rules.metric import Metric
from xiaoer.modules.knowledge.rules.terms import Terms
from xiaoer.modules.knowledge.rules.words import tidy, words

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SHORTLIST = 200  # phrasings whose words are compared
SHARPNESS = 15.0  # of the soft maximum over an entry's phrasings
DOUBT = 0.8  # confidence from which a second model would change little
READS_AT_MOST = 40  # letters of a question, four Latin ones counting as one, for its second reading
VERBATIM = 12.0  # log-odds for an entry that is asked for in the very words of a phrasing
VERBATIM_CONFIDENCE = 0.95


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
    second: Second | None = None
    terms: Terms | None = None

    def question_texts(self, text: str) -> tuple[str, ...]:
        """What to embed, in this order, to rank a question: it, and words that are new here."""
        plain = tidy(text)
        return (plain, *self.alignment.unknown(words(plain)))

    def rank(
        self,
        text: str,
        vectors: Floats,
        *,
        second: Floats | None = None,
        among: Bools | None = None,
        limit: int = 10,
    ) -> Ranking:
        """Rank the entries, or only those with texts ``among``, for a question.

        ``vectors`` are the rows of ``self.question_texts(text)``; ``second`` is the second model's
        row of the tidy question, where there is one; ``among`` comes from ``self.texts_of``.
        """
        plain = tidy(text)
        if not plain or not self.entries:
            return NOTHING
        heard = self.hear(plain, vectors, among, second)
        if heard is None:
            return NOTHING
        trusted = self.trust if self.second is None or second is None else self.second.trust
        scores = trusted.score(heard.signs)
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
        confidence = trusted.confidence(heard.signs, scores)
        return Ranking(best, max(confidence, VERBATIM_CONFIDENCE if said.sum() == 1 else 0))

    def doubts(self, text: str, found: Ranking) -> bool:
        """Whether the second model should be heard about a question, which is not too long."""
        letters = sum(1.0 if is_chinese(c) else 0.25 for c in tidy(text))
        return self.second is not None and found.confidence < DOUBT and letters <= READS_AT_MOST

    def texts_of(self, entries: Iterable[str]) -> Bools:
        """Marks the texts of some entries, for many questions to be ranked among them."""
        names = frozenset(entries)
        chosen = np.fromiter((e in names for e in self.entries), bool, len(self.entries))
        return chosen[self.owner]

    def hear(
        self, plain: str, vectors: Floats, among: Bools | None, second: Floats | None = None
    ) -> Heard | None:
        """What the witnesses say about the entries that come into question."""
        placed = self.metric.place(vectors[:1])
        meaning: Floats = self.placed @ placed[0]
        letters = self.lexicon.likeness(plain)
        closer = self.second.read(second) if self.second and second is not None else None
        if among is not None:
            meaning[~among] = -2
            letters[~among] = 0
        first_glance = meaning + np.float32(0.25) * letters
        if closer is not None:
            first_glance = first_glance + closer.meaning
        count = min(SHORTLIST, len(first_glance))
        listed = np.argpartition(-first_glance, count - 1)[:count]
        listed = np.sort(listed[meaning[listed] > -1.5])
        if not len(listed):
            return None
        entries, starts = np.unique(self.owner[listed], return_index=True)
        asked = words(plain)
        unlike = tuple(dict.fromkeys(asked))
        aligned = self.alignment.likeness(unlike, vectors[1:], listed)
        signs = np.zeros((len(entries), trust.SIGNS), np.float32)
        signs[:, trust.MEANING] = self._soft_max(meaning)[entries]
        signs[:, trust.LETTERS] = self._soft_max(letters)[entries]
        signs[:, trust.WORDS] = np.maximum.reduceat(aligned, starts)
        signs[:, trust.SCRIPT] = 1 - np.abs(self.chinese[entries] - is_chinese(plain))
        head = self.head
        if self.second is not None and closer is not None:
            signs[:, trust.SECOND] = self._soft_max(closer.meaning)[entries]
            head, placed = self.second.head, np.hstack([placed, closer.placed])
        if head is not None:
            judged = head.judge(placed)[0]
            if self.terms is not None:
                judged = self.terms.beside(judged, asked)
            signs[:, trust.HEAD] = np.maximum(judged[entries], -12)
        nearest = _argmax_within(first_glance[listed], starts)
        return Heard(entries, signs, listed[nearest])

    def _soft_max(self, likeness: Floats) -> Floats:
        """Soft maximum over the phrasings of each entry, damped by half for their number."""
        sums = np.add.reduceat(np.exp(SHARPNESS * likeness), self.first)
        sizes = np.diff(np.append(self.first, len(self.owner)))
        soft = np.log(np.maximum(sums, 1e-20) / np.sqrt(sizes)) / SHARPNESS
        return soft.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Closer:
    """A question as the second model sees it: its place, and the likeness of every text."""

    placed: Floats
    meaning: Floats


@dataclass(frozen=True, slots=True)
class Second:
    """What a second, slower model makes of the same texts; it is asked when the first is in doubt.

    ``head`` reads the places of both models side by side.
    """

    metric: Metric
    placed: Floats
    head: Head | None
    trust: trust.Trust

    def read(self, row: Floats) -> Closer:
        """A question's row among the texts."""
        placed = self.metric.place(row[None])
        return Closer(placed, self.placed @ placed[0])


@dataclass(frozen=True, slots=True)
class Heard:
    """Signs of the entries in question: one row an entry, and its nearest phrasing."""

    entries: Ints
    signs: Floats
    nearest: Ints


def is_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _argmax_within(values: Floats, starts: Ints) -> Ints:
    """Index of the first largest value of each run that begins at ``starts``."""
    sizes = np.diff(np.append(starts, len(values)))
    largest = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, starts), sizes))
    return largest[np.searchsorted(largest, starts)]
