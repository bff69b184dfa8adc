"""What the words of a question say about the entries, beside the head."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xiaoer.modules.knowledge.rules import terms

TEXTS = [("top", "up", "failed"), ("top", "up", "reverted"), ("card", "lost"), ("lost", "card")]
OWNER = np.array([0, 1, 2, 2])
FLAT = np.zeros(3, np.float32)


def heard(*words: str) -> np.ndarray:
    return terms.count(TEXTS, OWNER, 3).beside(FLAT, words)


@pytest.mark.parametrize(("words", "entry"), [
    (("why", "failed"), 0), (("top", "up", "reverted"), 1), (("my", "lost", "card"), 2),
])  # fmt: skip
def test_the_word_that_differs_decides(words: tuple[str, ...], entry: int) -> None:
    assert int(heard(*words).argmax()) == entry


def test_what_it_says_are_log_probabilities() -> None:
    assert np.exp(heard("top", "up")).sum() == pytest.approx(1, abs=1e-5)


def test_words_never_seen_leave_the_head_as_it_was() -> None:
    head = np.log(np.array([0.5, 0.3, 0.2], np.float32))
    assert terms.count(TEXTS, OWNER, 3).beside(head, ("nothing",)) == pytest.approx(head, abs=1e-6)


def test_it_is_the_textbook_bayes_of_one_word() -> None:
    """One word a text: TF-IDF has length one, so the masses are the counts."""
    found = terms.count([("a",), ("a",), ("b",)], np.array([0, 1, 1]), 2)
    s = terms.SMOOTHING
    odds = math.log((1 + s) / (1 + 2 * s)) - math.log((1 + s) / (2 + 2 * s))
    said = found.beside(np.zeros(2, np.float32), ("a",))
    assert said[0] - said[1] == pytest.approx(terms.HEARD * terms.SHARPNESS * odds, abs=1e-5)
