"""Decides how much each witness of the ranking is trusted, and how sure the best entry is.

A witness that helps one shop misleads another: shared characters are gold where entries are named
after products, and noise where all of them begin with "how do I". The weights are therefore a
conditional logit (McFadden 1974) over held-out phrasings, pulled towards shipped weights by a
Gaussian prior, so that little knowledge changes little. Confidence is a second logistic model,
taught by the same trials with and without the right entry: the latter stand for questions that
the knowledge cannot answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MEANING, LETTERS, WORDS, SCRIPT, HEAD, SECOND = range(6)
SIGNS = 6
CLUES = 8
MOST_TRIALS = 800
FEWEST_TRIALS = 40


@dataclass(frozen=True, slots=True)
class Trust:
    """Weights of the witnesses (a row of signs) and of the clues to confidence."""

    weights: Doubles
    clues: Doubles

    def score(self, signs: Floats) -> Doubles:
        """One score an entry; differences are log-odds."""
        result: Doubles = signs @ self.weights
        return result

    def confidence(self, signs: Floats, scores: Doubles) -> float:
        """Probability that the best-scored entry is right, in 0..1."""
        return float(_share(clues(signs, scores) @ self.clues))


@dataclass(frozen=True, slots=True)
class Trial:
    """A held-out phrasing: the signs of its candidates and which of them is right."""

    signs: Floats
    right: Bools


# Measured over six sets of questions in two languages (docs/decisions/0003).
SHIPPED = Trust(
    weights=np.array([20.0, 3.0, 12.0, 1.0, 0.0, 0.0]),
    clues=np.array([-4.75, 1.75, 0.7, 2.4, 1.4, 1.0, 0.0, 0.0]),
)
SHIPPED_WITH_HEAD = Trust(
    weights=np.array([5.0, 1.5, 6.0, 1.0, 1.1, 0.0]),
    clues=np.array([-4.9, 2.4, 0.0, 1.0, 2.2, 0.5, 3.5, 0.0]),
)
SHIPPED_WITH_SECOND = Trust(
    weights=np.array([15.0, 3.0, 16.0, 1.0, 0.0, 20.0]),
    clues=np.array([-4.75, 1.75, 0.7, 2.4, 1.4, 1.0, 0.0, 0.0]),
)
SHIPPED_WITH_BOTH = Trust(
    weights=np.array([3.0, 1.5, 6.0, 1.0, 1.1, 8.0]),
    clues=np.array([-4.9, 2.4, 0.0, 1.0, 2.2, 0.5, 3.5, 0.0]),
)
GIVE = np.array([1.5, 0.5, 1.5, 0.25, 0.12, 1.5])  # standard deviation of the prior
STRANGERS = 0.5  # weight of a trial without its right entry
PULL = 1.0  # of the shipped clues


def clues(signs: Floats, scores: Doubles) -> Doubles:
    """What confidence is judged by: constant, share, the best entry's signs, gap, head's share, second."""
    order = np.argsort(-scores, kind="stable")
    best = order[0]
    share = float(softmax(scores)[best])
    gap = float(scores[best] - scores[order[1]]) if len(order) > 1 else 4.0
    return np.array(
        [
            1.0,
            share,
            float(signs[best, MEANING]),
            float(signs[best, LETTERS]),
            float(signs[best, WORDS]),
            min(gap, 8.0) / 4,
            float(np.exp(signs[best, HEAD])) if signs[best, HEAD] < 0 else 0.0,
            float(signs[best, SECOND]),
        ]
    )


def softmax(scores: Doubles) -> Doubles:
    """Scores as shares that sum to one."""
    raised = np.exp(scores - scores.max())
    result: Doubles = raised / raised.sum()
    return result


def held_out(owner: Ints, asked: Bools, most: int = MOST_TRIALS) -> Bools:
    """Which questions are kept apart: a fifth of each entry that has three or more.

    Owners ascend. The pick within an entry is spread by a fixed seed.
    """
    chance = np.random.default_rng(len(owner))
    held = np.zeros(len(owner), bool)
    _, first, sizes = np.unique(owner, return_index=True, return_counts=True)
    for begin, size in zip(first, sizes, strict=True):
        questions = begin + np.flatnonzero(asked[begin : begin + size])
        if len(questions) >= 3:
            held[chance.choice(questions, max(1, len(questions) // 5), replace=False)] = True
    picked = np.flatnonzero(held)
    if len(picked) > most:
        held[chance.choice(picked, len(picked) - most, replace=False)] = False
    return held


def shipped(*, with_head: bool, with_second: bool) -> Trust:
    """What is trusted before anything is learnt."""
    if with_second:
        return SHIPPED_WITH_BOTH if with_head else SHIPPED_WITH_SECOND
    return SHIPPED_WITH_HEAD if with_head else SHIPPED


def weigh(trials: Sequence[Trial], prior: Trust) -> Trust:
    """Trust learnt from trials; the shipped one where they are too few."""
    useful = [t for t in trials if t.right.any() and len(t.right) > 1]
    if len(useful) < FEWEST_TRIALS:
        return prior
    weights = _conditional_logit(useful, prior.weights)
    return Trust(weights, _confidence(trials, weights, prior.clues))


def _conditional_logit(trials: Sequence[Trial], prior: Doubles) -> Doubles:
    """Newton's method on the penalised likelihood of the right entry."""
    weights = prior.copy()
    precision = np.diag(1 / np.square(GIVE))
    for _ in range(12):
        slope = precision @ (weights - prior)
        bow = precision.copy()
        for trial in trials:
            signs = trial.signs.astype(np.float64)
            share = softmax(signs @ weights)
            mean = share @ signs
            slope += mean - signs[trial.right][0]
            bow += (signs * share[:, None]).T @ signs - np.outer(mean, mean)
        step = np.linalg.solve(bow, slope)
        weights = np.maximum(weights - step, 0)
        if np.abs(step).max() < 1e-3:
            break
    return weights


def _confidence(trials: Sequence[Trial], weights: Doubles, prior: Doubles) -> Doubles:
    rows, right, mass = [], [], []
    for trial in trials:
        scores = trial.signs @ weights
        rows.append(clues(trial.signs, scores))
        right.append(bool(trial.right[int(np.argmax(scores))]))
        mass.append(1.0)
        if trial.right.any() and len(trial.right) > 1:
            without = trial.signs[~trial.right]
            rows.append(clues(without, without @ weights))
            right.append(False)
            mass.append(STRANGERS)
    return _logistic(np.array(rows), np.array(right, float), np.array(mass), prior)


def _logistic(rows: Doubles, right: Doubles, mass: Doubles, prior: Doubles) -> Doubles:
    """Weighted logistic regression, pulled towards a prior; Newton steps, halved as needed."""

    def loss(found: Doubles) -> float:
        raw = rows @ found
        misfit = mass @ (np.logaddexp(0, raw) - right * raw)
        return float(misfit + PULL / 2 * np.square(found - prior).sum())

    found, least = prior.copy(), loss(prior)
    for _ in range(40):
        chance = _share(rows @ found)
        slope = rows.T @ (mass * (chance - right)) + PULL * (found - prior)
        bow = (rows * (mass * chance * (1 - chance))[:, None]).T @ rows + PULL * np.eye(CLUES)
        step = np.linalg.solve(bow, slope)
        while (tried := loss(found - step)) > least and np.abs(step).max() > 1e-4:
            step = step / 2
        if tried > least - 1e-6:
            break
        found, least = found - step, tried
    return found


def _share(raw: Doubles) -> Doubles:
    share: Doubles = 1 / (1 + np.exp(-np.clip(raw, -40, 40)))
    return share
