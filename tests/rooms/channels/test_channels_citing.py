"""A shopper opens the source of an answer."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest

from tests.conftest import Units, member
from tests.rooms.channels.conftest import Opened, Widget, enter
from xiaoer.modules import conversations, knowledge
from xiaoer.modules.knowledge.contracts import Content, Entry, NewEntry
from xiaoer.ports.ctx import Assistant

PARKING = Content("停车怎么收费", "每小时 8 元。")


@pytest.fixture
async def entry(unit: Units) -> Entry:
    """What customers are told about parking."""
    async with unit(member()) as ctx:
        draft = await knowledge.add(ctx, NewEntry("", PARKING))
        return await knowledge.publish(ctx, draft.id, draft.version)


async def told(unit: Units, widget: Widget, source_id: UUID, kind: str = "knowledge") -> None:
    """The visitor asks, and is answered from a source."""
    receipt = (await widget.say("停车多少钱")).json()
    async with unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, UUID(receipt["conversation_id"]))
        answer = conversations.contracts.text_part("每小时 8 元。")
        source = conversations.contracts.Source(str(source_id), "停车怎么收费", kind)
        await conversations.reply(ctx, turn, [answer], sources=[source], tier="bot")


async def test_who_was_told_may_open_what_it_rests_on(
    http: httpx.AsyncClient, web: Opened, unit: Units, entry: Entry
) -> None:
    widget = await enter(http, web.key)
    await told(unit, widget, entry.id)
    answer = await widget.get(f"sources/{entry.id}")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["title"], answer.json()["text"]) == ("停车怎么收费", "每小时 8 元。")


async def test_a_source_that_was_told_to_somebody_else_is_not_found(
    http: httpx.AsyncClient, web: Opened, unit: Units, entry: Entry
) -> None:
    await told(unit, await enter(http, web.key), entry.id)
    stranger = await enter(http, web.key)
    await stranger.say("你好")
    assert (await stranger.get(f"sources/{entry.id}")).status_code == 404
    assert (await stranger.get(f"sources/{uuid4()}")).status_code == 404
    assert (await stranger.get("sources/nonsense")).status_code == 422


async def test_the_words_are_those_that_customers_are_told_now(
    http: httpx.AsyncClient, web: Opened, unit: Units, entry: Entry
) -> None:
    widget = await enter(http, web.key)
    await told(unit, widget, entry.id)
    async with unit(member()) as ctx:
        draft = Content("停车怎么收费", "还没定：每小时 99 元。")
        changed = await knowledge.change(ctx, entry.id, entry.version, draft)
    assert (await widget.get(f"sources/{entry.id}")).json()["text"] == "每小时 8 元。"
    async with unit(member()) as ctx:
        await knowledge.retire(ctx, entry.id, changed.version)
    assert (await widget.get(f"sources/{entry.id}")).status_code == 404


async def test_an_order_is_no_source_to_open(
    http: httpx.AsyncClient, web: Opened, unit: Units, entry: Entry
) -> None:
    widget = await enter(http, web.key)
    await told(unit, widget, entry.id, kind="order")
    assert (await widget.get(f"sources/{entry.id}")).status_code == 404
