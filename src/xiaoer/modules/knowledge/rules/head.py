"""Learns to tell entries apart once each has several phrasings.

Nearest-neighbour search treats every direction of the vector space alike. With examples a linear
classifier learns which directions separate *these* entries: multinomial logistic regression,
fitted by Adam with a fixed order of batches, so the same knowledge gives the same head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

ENOUGH = 3.0  # phrasings an entry, on average, before a head is worth having
WIDEST = 1_500  # entries; above it the cost of a head outweighs its gain
WORK = 160_000  # rows seen while fitting; small knowledge is passed over more often
STRENGTH = 20.0  # inverse of the L2 penalty, as C in scikit-learn


@dataclass(frozen=True, slots=True)
class Head:
    """Linear scores of entries; a row of ``weights`` an axis, the last row is the bias."""

    weights: Floats

    def judge(self, vectors: Floats) -> Floats:
        """Log-probabilities, shape ``(len(vectors), entries)``."""
        return _log_softmax(vectors @ self.weights[:-1] + self.weights[-1])


def learn(vectors: Floats, owner: Ints, entries: int) -> Head | None:
    """A head for unit vectors and the entry of each; None where it would not pay."""
    if not 2 <= entries <= WIDEST or len(owner) < ENOUGH * entries:
        return None
    rows = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    weights = np.zeros((rows.shape[1], entries), np.float32)
    slow, swing = np.zeros_like(weights), np.zeros_like(weights)
    batch = max(64, min(512, len(rows) // 8))
    passes = int(np.clip(WORK // len(rows), 12, 30))
    chance = np.random.default_rng(len(rows))
    steps = passes * -(-len(rows) // batch)
    step = 0
    for _ in range(passes):
        order = chance.permutation(len(rows))
        for begin in range(0, len(order), batch):
            part = order[begin : begin + batch]
            slope = _slope(rows[part], owner[part], weights)
            slope += weights / (STRENGTH * len(rows))
            step += 1
            slow += 0.1 * (slope - slow)
            swing += 0.01 * (slope * slope - swing)
            rate = 0.3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            ahead = slow / (1 - 0.9**step)
            weights -= rate * ahead / (np.sqrt(swing / (1 - 0.99**step)) + 1e-8)
    return Head(weights)


def _slope(rows: Floats, owner: Ints, weights: Floats) -> Floats:
    wrong = np.exp(_log_softmax(rows @ weights))
    wrong[np.arange(len(owner)), owner] -= 1
    slope: Floats = (rows.T @ wrong) / np.float32(len(owner))
    return slope


def _log_softmax(scores: Floats) -> Floats:
    raised = scores - scores.max(axis=1, keepdims=True)
    result: Floats = raised - np.log(np.exp(raised).sum(axis=1, keepdims=True))
    return result
