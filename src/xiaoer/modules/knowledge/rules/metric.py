"""Bends the vector space so that phrasings of one entry lie closer together.

Sentence vectors spread along directions that have nothing to do with the answer (tone, length,
who is speaking). Where entries have several phrasings, that spread is measured and flattened:
within-class covariance normalisation (Hatch, Kajarekar and Stolcke 2006) with strong shrinkage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SHRINKAGE = 0.5
ENOUGH = 300  # phrasings beyond the first of their entry
SAMPLE = 20_000
WIDE_ENOUGH = 256  # axes kept of a large index


@dataclass(frozen=True, slots=True)
class Metric:
    """Centring, then an optional linear map, then unit length."""

    centre: Floats
    bend: Floats | None

    def place(self, vectors: Floats) -> Floats:
        """Rows of unit length in the bent space."""
        moved = vectors - self.centre
        if self.bend is not None:
            moved = moved @ self.bend
        norms = np.linalg.norm(moved, axis=1, keepdims=True)
        placed: Floats = moved / np.maximum(norms, 1e-9)
        return placed


def centre_only(vectors: Floats) -> Metric:
    """Centring alone, weaker the fewer vectors there are; what serves before fitting."""
    if not len(vectors):
        return Metric(np.zeros(vectors.shape[1], np.float32), None)
    share = len(vectors) / (len(vectors) + 20)
    return Metric((vectors.mean(axis=0) * share).astype(np.float32), None)


def bend(vectors: Floats, owner: Ints) -> Metric:
    """The metric of vectors and the entry of each (owners ascending)."""
    flat = centre_only(vectors)
    _, first, sizes = np.unique(owner, return_index=True, return_counts=True)
    if len(vectors) - len(sizes) < ENOUGH:
        return flat
    near = flat.place(vectors)
    means = np.add.reduceat(near, first, axis=0) / sizes[:, None]
    spread = (near - np.repeat(means, sizes, axis=0))[:SAMPLE]
    within = spread.T @ spread / len(spread)
    size = len(within)
    level = np.trace(within) / size
    within = (1 - SHRINKAGE) * within + SHRINKAGE * level * np.eye(size, dtype=np.float32)
    values, axes = np.linalg.eigh(within)
    return Metric(flat.centre, np.ascontiguousarray(axes / np.sqrt(values), np.float32))


def narrow(metric: Metric, placed: Floats) -> Metric:
    """The metric followed by the principal axes of the vectors that it placed.

    A large index is bound by the speed of memory: half the axes, half the time.
    """
    size = placed.shape[1]
    if size <= WIDE_ENOUGH:
        return metric
    sample = placed[:: max(1, len(placed) // SAMPLE)]
    axes = np.linalg.eigh(sample.T @ sample)[1][:, -WIDE_ENOUGH:].astype(np.float32)
    bent = axes if metric.bend is None else metric.bend @ axes
    return Metric(metric.centre, np.ascontiguousarray(bent))
