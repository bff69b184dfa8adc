"""Every subscriber of a fact tolerates getting it again, whichever way that comes about."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.architecture.replay_cases import CASES, QUIET, Case
from tests.architecture.replay_stage import WAYS, Change, Stage, change, once
from tests.architecture.sources import PACKAGE, place, python_files, tree
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.main import house as wiring

Way = Callable[[Stage, list[Any]], Awaitable[None]]

SUBSCRIBED = [(s.fact.NAME, s.group) for s in wiring.SUBSCRIPTIONS]
SCENES = [
    pytest.param(name, group, case, id=f"{name} to {group}: {case.__name__}")
    for name, group in SUBSCRIBED
    for case in CASES.get((name, group), ())
]


def test_every_subscription_has_a_case(assembly: Assembly) -> None:
    assert sorted(SUBSCRIBED) == sorted(CASES)
    assert {(name, group) for group, name in assembly.courier._known} == set(CASES)


def test_every_subscription_is_listed_in_main() -> None:
    made = {
        place(path)
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Subscription"
    }
    assert made == {place(PACKAGE / "main" / "house.py")}


async def played(assembly: Assembly, scene: tuple[str, str, Case], way: Way) -> Change:
    """What a way of delivering the case's facts changes in the whole tenant and outside."""
    name, group, case = scene
    stage = Stage(assembly)
    try:
        await case(stage)
        rows = await stage.owed(name, group)
        assert rows, "the case tells no fact that the subscriber is owed"
        before = await stage.state()
        await way(stage, rows)
        assert await stage.owed(name, group) == []
        return change(before, await stage.state())
    finally:
        await stage.forget_owed()


@pytest.mark.parametrize(("name", "group", "case"), SCENES)
async def test_a_fact_that_comes_again_changes_nothing_more(
    assembly: Assembly, name: str, group: str, case: Case
) -> None:
    scene = (name, group, case)
    one = await played(assembly, scene, once)
    assert bool(one) is (case not in QUIET), "a case without an effect proves nothing"
    assert {way.__name__: await played(assembly, scene, way) for way in WAYS} == {
        way.__name__: one for way in WAYS
    }
