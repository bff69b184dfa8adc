"""The verbs of the bot: what it would say or do next. It proposes; the ladder disposes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from uuid import UUID

from xiaoer.modules import catalog, customers, knowledge, orders
from xiaoer.modules.bot import store
from xiaoer.modules.bot.contracts import Dialogue, Move, View
from xiaoer.modules.bot.errors import BadFlow
from xiaoer.modules.bot.rules import book as books
from xiaoer.modules.bot.rules.answers import choose
from xiaoer.ports.ctx import Ctx, System

MOST_ORDERS = 50
HOUSE = System("bot")


async def next_move(ctx: Ctx, text: str, *, unit_path: str, locale: str) -> Move:
    """The move for what the customer wrote, from live knowledge of that place and language."""
    return choose(await knowledge.search(ctx, text, unit_path=unit_path, locale=locale))


def book(tools: Mapping[str, Mapping[str, Any]]) -> books.Book:
    """The flows that ship with the room; ``tools`` are JSON schemas of arguments by name.

    Raises :class:`BadFlow`, with the file, for a flow that could never end well.
    """
    folder = files("xiaoer.modules.bot") / "flows"
    found = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found.append(read_flow(file.name, file.read_text(encoding="utf-8"), tools))
    return books.bound(found)


def read_flow(name: str, text: str, tools: Mapping[str, Mapping[str, Any]]) -> books.Flow:
    """One flow from the text of its file; raises :class:`BadFlow`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFlow(flow=name, reason=str(error)) from None
    return books.read(name, raw, tools)


async def view(ctx: Ctx, customer_id: UUID) -> View:
    """What the flows may look at of a customer who has proven who they are."""
    house = ctx.acting_as(HOUSE)
    customer = await customers.get(house, customer_id)
    placed = await orders.of_customer(house, *customer.every_id, limit=MOST_ORDERS)
    codes = {item.product for order in placed for item in order.items if item.product}
    products = await catalog.products(house, *sorted(codes)) if codes else ()
    return View(
        ctx.now(), placed, {one.code: one for one in products},
        tuple(await catalog.stores(house)), customer.name,
    )  # fmt: skip


async def dialogue(ctx: Ctx, conversation_id: UUID) -> Dialogue:
    """Where a conversation stands with its flows."""
    return await store.dialogue(ctx, conversation_id)


async def keep(ctx: Ctx, conversation_id: UUID, after: Dialogue) -> None:
    """Keep where it stands now."""
    await store.keep(ctx, conversation_id, after)
