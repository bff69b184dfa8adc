"""A model that does not answer costs little, and is asked again when it may."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.llm.characters import CHARACTERS, CharacterLlm
from xiaoer.engines.llm.guarded import FAILURES, FIRST_PAUSE, GuardedLlm
from xiaoer.engines.llm.none import NoLlm
from xiaoer.engines.llm.scripted import ScriptedLlm
from xiaoer.ports.llm import ModelUnavailable, Said

ASKED = (Said("user", "几点"),)
AWAY = ModelUnavailable(reason="away")


async def ask(llm: GuardedLlm) -> str:
    try:
        return await llm.complete(ASKED, timeout_s=0.2)
    except ModelUnavailable as error:
        return str(error.fields["reason"])


async def test_after_some_failures_nobody_asks_until_the_pause_is_over() -> None:
    clock = FakeClock()
    inner = ScriptedLlm([AWAY] * FAILURES + ["好"])
    llm = GuardedLlm(inner, clock)
    assert [await ask(llm) for _ in range(FAILURES)] == ["away"] * FAILURES
    assert not llm.available
    assert "paused" in await ask(llm)
    assert len(inner.heard) == FAILURES
    clock.advance(FIRST_PAUSE.total_seconds())
    assert llm.available
    assert await ask(llm) == "好"
    assert llm.available


async def test_the_pause_grows_while_the_model_stays_away() -> None:
    clock = FakeClock()
    llm = GuardedLlm(ScriptedLlm([AWAY] * (FAILURES + 2)), clock)
    for _ in range(FAILURES):
        await ask(llm)
    clock.advance(FIRST_PAUSE.total_seconds())
    assert await ask(llm) == "away"
    clock.advance(FIRST_PAUSE.total_seconds())
    assert not llm.available
    clock.advance(FIRST_PAUSE.total_seconds())
    assert llm.available


async def test_one_success_in_between_starts_the_count_anew() -> None:
    llm = GuardedLlm(ScriptedLlm([AWAY, AWAY, "好", AWAY, AWAY, "好"]), FakeClock())
    assert [await ask(llm) for _ in range(6)] == ["away", "away", "好"] * 2


async def test_few_wait_at_once_and_others_go_on_without() -> None:
    gate = asyncio.Event()

    async def play(_: Sequence[Said]) -> str:
        await gate.wait()
        return "好"

    llm = GuardedLlm(ScriptedLlm(play), FakeClock(), at_once=2)
    waiting = [asyncio.create_task(llm.complete(ASKED, timeout_s=5)) for _ in range(2)]
    await asyncio.sleep(0)
    assert not llm.available
    with pytest.raises(ModelUnavailable):
        await llm.complete(ASKED, timeout_s=5)
    gate.set()
    assert await asyncio.gather(*waiting) == ["好", "好"]
    assert llm.available


async def test_an_engine_that_breaks_its_promise_of_time_is_cut_off() -> None:
    class Deaf(NoLlm):
        @property
        def available(self) -> bool:
            return True

        async def complete(self, *args: object, **kwargs: object) -> str:
            await asyncio.sleep(60)
            return "too late"

    begun = asyncio.get_running_loop().time()
    with pytest.raises(ModelUnavailable):
        await GuardedLlm(Deaf(), FakeClock()).complete(ASKED, timeout_s=0.05)
    assert asyncio.get_running_loop().time() - begun < 0.5


async def test_who_gives_up_waiting_frees_the_place() -> None:
    llm = GuardedLlm(CharacterLlm("silent"), FakeClock(), at_once=1)
    waiting = asyncio.create_task(llm.complete(ASKED, timeout_s=30))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert llm.available


def test_without_a_model_there_is_nothing_to_guard() -> None:
    assert not GuardedLlm(NoLlm(), FakeClock()).available


@pytest.mark.parametrize("character", [name for name in CHARACTERS if name != "silent"])
async def test_every_character_says_something_or_is_unavailable(character: str) -> None:
    schema = {"properties": {"text": {"type": "string"}}}
    exchange = [Said("user", "<<<ab\nQUESTION: 几楼\nANSWER: 在3楼，不收钱。\nab>>>")]
    try:
        said = await CharacterLlm(character).complete(exchange, timeout_s=1, schema=schema)
    except ModelUnavailable:
        assert character == "half"
    else:
        assert said.startswith("{")
