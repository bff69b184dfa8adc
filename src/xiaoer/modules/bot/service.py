"""The verb of the bot: what it would say next. It proposes; the ladder disposes."""

from __future__ import annotations

from xiaoer.modules import knowledge
from xiaoer.modules.bot.contracts import Move
from xiaoer.modules.bot.rules.answers import choose
from xiaoer.ports.ctx import Ctx


async def next_move(ctx: Ctx, text: str, *, unit_path: str, locale: str) -> Move:
    """The move for what the customer wrote, from live knowledge of that place and language."""
    return choose(await knowledge.search(ctx, text, unit_path=unit_path, locale=locale))
