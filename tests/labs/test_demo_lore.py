"""The demo's knowledge comes with its vectors: planting it computes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import Units
from tools.pack_vectors import LARGEST
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.packed import Pack, read
from xiaoer.engines.embedder.second import SecondEmbedder, is_installed
from xiaoer.kit.settings import Settings
from xiaoer.labs.demo import lore
from xiaoer.labs.demo.places import counters
from xiaoer.main import house as wiring
from xiaoer.modules import knowledge
from xiaoer.ports.embedder import Vectors

DUE = "run `make vectors` and commit what it wrote"
LOOKED_AT = 40  # every fortieth row is computed again


@pytest.fixture(scope="module")
def shipped() -> Pack:
    return read(lore.VECTORS, BundledEmbedder().model_id, BundledEmbedder.dimension)


def test_every_text_of_the_demo_is_packed_and_no_other(shipped: Pack) -> None:
    texts = lore.texts()
    assert all(shipped.place(text) is not None for text in texts), DUE
    assert len(shipped) == len(texts), DUE
    assert lore.VECTORS.stat().st_size <= LARGEST


async def test_a_packed_row_is_the_computed_one_but_for_rounding(shipped: Pack) -> None:
    texts = lore.texts()[::LOOKED_AT]
    computed = await BundledEmbedder().embed(texts)
    packed = shipped.rows([place for text in texts if (place := shipped.place(text)) is not None])
    step = np.abs(computed).max(axis=1, keepdims=True) / 127
    # Half a step by rounding, a little more by the length, and how BLAS adds up elsewhere.
    assert (np.abs(packed - computed) <= 0.55 * step + 1e-4).all(), DUE
    assert (packed * computed).sum(axis=1).min() > 0.9995


@pytest.mark.skipif(not is_installed(), reason="its wheel is for Linux on x86-64")
async def test_the_second_models_rows_are_packed_too() -> None:
    texts, model = lore.second_texts(), SecondEmbedder()
    packed = read(lore.SECOND_VECTORS, model.model_id, model.dimension)
    places = [place for text in texts if (place := packed.place(text)) is not None]
    assert len(places) == len(texts) == len(packed), DUE
    computed = await model.embed(texts[::400])
    assert (packed.rows(places[::400]) * computed).sum(axis=1).min() > 0.999


async def test_planting_the_demos_knowledge_computes_no_vector(
    unit: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: BundledEmbedder, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"computed: {texts[:3]}")

    monkeypatch.setattr(BundledEmbedder, "embed", refuse)
    entries = list(lore.entries(counters()))
    async with unit() as given:
        ctx = replace(given, ports=replace(given.ports, embedder=wiring._embedder(Settings())))
        told = await knowledge.take_in(ctx, entries, dry_run=False, live=True)
        material = await knowledge.gather(ctx)
    assert told.added == len(entries)
    assert material is not None
    assert set(material.stored) == set(lore.texts())
