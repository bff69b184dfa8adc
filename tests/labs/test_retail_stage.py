"""The invented shop in our nouns: nothing is lost on the way in and out."""

from __future__ import annotations

import pytest

from tests.architecture.sources import ROOT
from xiaoer.labs.retail.stage import Stage, read
from xiaoer.ports.house import House

DB = ROOT / "src/xiaoer/labs/evals/data/zh_retail/db.json"


@pytest.fixture
async def stage(house: House) -> Stage:
    return await Stage.built(house, read(DB))


async def test_what_was_imported_is_exported_to_the_letter(stage: Stage) -> None:
    assert await stage.state() == stage.database
    for user in stage.owners:
        assert await stage.records(user) == stage.untouched(user)
