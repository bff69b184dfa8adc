"""Verdicts on first answers, from which the dial learns what a confidence is worth here."""

from __future__ import annotations

from uuid import UUID

from xiaoer.modules.knowledge.contracts import Asked, EntryId, Label, LabelSource, Verdict
from xiaoer.modules.knowledge.errors import NothingFound
from xiaoer.modules.knowledge.rules import ranking
from xiaoer.modules.knowledge.service import gaps
from xiaoer.modules.knowledge.service.searching import search
from xiaoer.modules.knowledge.store import dials
from xiaoer.ports.ctx import Ctx, Member


async def label(ctx: Ctx, asked: Asked, verdict: Verdict) -> Label:
    """Keep an editor's verdict on the first entry that is found now; a later one replaces it.

    Raises ``NothingFound`` for right or wrong when no entry is found.
    """
    ctx.require("knowledge.edit")
    made = await _made(ctx, asked, LabelSource.EDITOR, verdict)
    if not made.question or (made.entry_id is None and verdict is not Verdict.UNKNOWN):
        raise NothingFound()
    await dials.keep_label(ctx, made)
    await gaps.mark(ctx, made)
    return made


async def unlabel(ctx: Ctx, asked: Asked) -> bool:
    """Take an editor's verdict back; false when there was none."""
    ctx.require("knowledge.edit")
    made = await _made(ctx, asked, LabelSource.EDITOR, Verdict.UNKNOWN)
    await gaps.mark(ctx, made, taken_back=True)
    return await dials.drop_label(ctx, made)


async def hear_shopper(ctx: Ctx, asked: Asked, entry_id: UUID) -> None:
    """Keep that an answer did not help, while the same entry would still be the answer.

    Shoppers tell what went wrong and seldom what went well, so their labels make the curve look
    worse than it is, never better.
    """
    made = await _made(ctx, asked, LabelSource.SHOPPER, Verdict.WRONG)
    if made.question and made.entry_id == entry_id:
        await dials.keep_label(ctx, made)


async def _made(ctx: Ctx, asked: Asked, source: LabelSource, verdict: Verdict) -> Label:
    found = await search(ctx, asked.text, unit_path=asked.unit_path, locale=asked.locale, limit=1)
    first: EntryId | None = found.candidates[0].entry_id if found.candidates else None
    by = ctx.actor.name if isinstance(ctx.actor, Member) else str(source)
    question = ranking.tidy(asked.text)
    return Label(
        question,
        asked.unit_path,
        asked.locale,
        source,
        verdict,
        found.confidence,
        first,
        ctx.now(),
        by,
    )
