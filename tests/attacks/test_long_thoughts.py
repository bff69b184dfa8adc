"""A text that is made to be thought about for long costs a worker no more than another."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from tests.architecture.worlds import MARKER, World, make_world
from tests.attacks.test_patterns import ENDS, LONGEST, PIECES
from tests.ladder.test_ladder import Drain, Talk
from xiaoer.modules import knowledge, org
from xiaoer.modules.conversations.contracts import Person
from xiaoer.ports.house import House

BOUND_S = 0.3
"""Of this process, for everything that hears a message; a worker has others waiting."""
OPENINGS = ("", "我要退货", "把地址改成", "查一下订单", "return order ")


@pytest.fixture
async def talk(house: House, drain: Drain) -> Talk:
    """Somebody who has proven who they are, and has an order: all paths are open to their words."""
    world: World = await make_world(house, await org.hash_password("a-long-enough-one"))
    async with world.unit() as ctx:
        await knowledge.refresh(ctx)
    await drain()
    person = Person(uuid4(), world.ids["customer_id"], MARKER, proven=True)
    return Talk(world.unit, drain, person)  # type: ignore[arg-type]


async def seconds(talk: Talk, text: str) -> float:
    began = time.process_time()
    await talk.say(text)
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("opening", OPENINGS)
async def test_no_repetition_is_thought_about_for_long(talk: Talk, opening: str) -> None:
    slow = {}
    for number, piece in enumerate(PIECES):
        end = ENDS[number % len(ENDS)] or "。"
        text = opening + (piece * LONGEST)[: LONGEST - len(opening) - 1] + end
        if text.strip() and (took := await seconds(talk, text)) > BOUND_S:
            slow[piece] = round(took, 2)
    assert slow == {}
