"""What customers asked and knowledge did not answer: kept in groups, ranked by customers hit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

import numpy as np

from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound, Stale
from xiaoer.kit.text import clean
from xiaoer.modules.knowledge.contracts import (
    Entry,
    Gap,
    GapLook,
    GapState,
    Label,
    Miss,
    MissKind,
    Nearest,
    NewEntry,
    Reply,
    Verdict,
)
from xiaoer.modules.knowledge.errors import NothingSaid
from xiaoer.modules.knowledge.rules import drafting
from xiaoer.modules.knowledge.rules import gaps as rules
from xiaoer.modules.knowledge.service import editing
from xiaoer.modules.knowledge.service.searching import embed_texts, search
from xiaoer.modules.knowledge.store import gaps as store
from xiaoer.modules.knowledge.store import vectors
from xiaoer.ports.ctx import Ctx, Member

AGE = timedelta(days=90)  # what was missing longer ago is asked again, or is not missed
MOST_CENTRES = 2_000
MOST_MEMBERS = 40
MOST_EXPORTED = 1_000
LONGEST = 400

__all__ = [
    "begin", "dismiss", "draft", "exported", "get", "hear", "heard_all", "mark", "members",
    "of_entry", "page", "put_back",
]  # fmt: skip


async def begin(ctx: Ctx) -> int:
    """Up to which number all is heard; nobody else hears for this tenant until the commit."""
    return await store.heard_until(ctx)


async def hear(ctx: Ctx, misses: Sequence[Miss]) -> int:
    """Put misses into their gaps, oldest first; returns how many were new. Safe to repeat."""
    wanted = {
        (one.conversation_id, one.seq): replace(one, question=clean(one.question)[:LONGEST])
        for one in misses
        if rules.is_worth(one.question)
    }
    known = await store.known(ctx, list(wanted.values()))
    fresh = [one for place, one in wanted.items() if place not in known]
    if fresh:
        await _place(ctx, fresh)
    return len(fresh)


async def heard_all(ctx: Ctx, until: int) -> None:
    """All up to this number is heard; what has grown old is forgotten."""
    await store.hear(ctx, until)
    await store.prune(ctx, ctx.now() - AGE)


async def mark(ctx: Ctx, label: Label, *, taken_back: bool = False) -> None:
    """Follow an editor's verdict: wrong and unknown are misses, right and taken back are none."""
    name = f"{label.question}\n{label.unit_path}\n{label.locale}"
    place = uuid5(ctx.scope.tenant, name)
    await store.drop(ctx, place, 0)
    if not taken_back and label.verdict is not Verdict.RIGHT:
        miss = Miss(
            place, 0, label.question, MissKind.MARKED, None, label.unit_path, label.locale,
            label.confidence, label.at,
        )  # fmt: skip
        await hear(ctx, [miss])


async def page(ctx: Ctx, look: GapLook) -> Page[Gap]:
    """Gaps within reach, each with the live entry that is nearest now."""
    ctx.require("knowledge.read")
    found = await store.page(ctx, look)
    return Page(tuple([await _with_nearest(ctx, gap) for gap in found.items]), found.next)


async def get(ctx: Ctx, gap_id: UUID) -> Gap:
    """One gap within reach; raises ``NotFound``."""
    ctx.require("knowledge.read")
    return await _with_nearest(ctx, await _known(ctx, gap_id))


async def members(ctx: Ctx, gap_id: UUID) -> list[Miss]:
    """The newest misses of a gap within reach; raises ``NotFound``."""
    ctx.require("knowledge.edit")
    await _known(ctx, gap_id)
    return await store.members(ctx, gap_id, MOST_MEMBERS)


async def of_entry(ctx: Ctx, entry_id: UUID) -> UUID | None:
    """The gap that an entry was drafted for, within reach."""
    await editing.get(ctx, entry_id)
    gap_id = await store.of_entry(ctx, entry_id)
    return gap_id if gap_id and await store.get(ctx, gap_id) else None


async def dismiss(ctx: Ctx, gap_id: UUID, version: int) -> Gap:
    """No entry is wanted; raises ``NotFound`` or ``Stale``."""
    return await _move(ctx, gap_id, version, GapState.DISMISSED)


async def put_back(ctx: Ctx, gap_id: UUID, version: int) -> Gap:
    """Take a dismissal back; what had been drafted is drafted again."""
    gap = await _known(ctx, gap_id)
    return await _move(ctx, gap_id, version, GapState.DRAFTED if gap.entry_id else GapState.OPEN)


async def exported(ctx: Ctx, look: GapLook, header: Sequence[str]) -> str:
    """The first thousand gaps of a list as CSV, under a header of eight names."""
    found = await page(ctx, replace(look, cursor=None, limit=MOST_EXPORTED))
    return rules.table(header, [_row(gap) for gap in found.items])


async def draft(ctx: Ctx, gap_id: UUID, replies: Sequence[Reply]) -> Entry:
    """A draft entry from what agents replied to the gap's questions; the same again gives the same.

    It is never live by itself. Raises ``NothingSaid`` when no reply can be an answer.
    """
    ctx.require("knowledge.edit")
    gap = await _known(ctx, gap_id)
    if gap.entry_id is not None and gap.state is GapState.DRAFTED:
        return await editing.get(ctx, gap.entry_id)
    misses = await store.members(ctx, gap_id, MOST_MEMBERS)
    fit = [one for one in replies if drafting.is_answer(one.text)]
    if not fit:
        raise NothingSaid()
    rows = await ctx.ports.embedder.embed(
        [rules.tidy(t) for t in (gap.question, *(r.text for r in fit))]
    )
    answer = drafting.answer(gap.question, fit, np.asarray(rows))
    content = drafting.content(gap, misses, answer, ctx.scope.path)
    entry = await editing.add(ctx, NewEntry("", content))
    if not await store.move(ctx, gap, GapState.DRAFTED, entry.id, _by(ctx)):
        raise Stale()
    return entry


async def _place(ctx: Ctx, fresh: Sequence[Miss]) -> None:
    fresh = sorted(fresh, key=lambda one: (one.at, one.conversation_id, one.seq))
    centres = await store.centres(ctx, MOST_CENTRES)
    texts = [rules.tidy(one.question) for one in fresh]
    names = [rules.tidy(question) for _, question in centres]
    rows, centre_rows = await _rows(ctx, texts), await _rows(ctx, names)
    placed = await asyncio.to_thread(rules.place, texts, rows, names, centre_rows)
    ids = [gap_id for gap_id, _ in centres]
    for miss, at in zip(fresh, placed, strict=True):
        if at == len(ids):
            ids.append(uuid5(miss.conversation_id, f"{ctx.scope.tenant}/{miss.seq}"))
            lang = rules.language([miss.question])
            await store.open_gap(ctx, ids[at], miss.question, lang, miss.at)
        await store.add(ctx, ids[at], miss)
    for at in sorted(set(placed)):
        await _name(ctx, ids[at])


async def _name(ctx: Ctx, gap_id: UUID) -> None:
    """Call a gap by its most central question."""
    found = await store.members(ctx, gap_id, MOST_MEMBERS)
    found.sort(key=lambda one: (one.at, one.conversation_id, one.seq))
    if not found:  # all of it was said where the actor does not reach
        return
    texts = [rules.tidy(one.question) for one in found]
    best = rules.central(texts, await _rows(ctx, texts))
    lang = rules.language([found[best].question])
    await store.name(ctx, gap_id, found[best].question, lang, found[-1].at)


async def _rows(ctx: Ctx, texts: Sequence[str]) -> rules.Floats:
    """Vectors of tidy texts, stored like those of entries, so that a text costs once."""
    await embed_texts(ctx, list(dict.fromkeys(texts)))
    kept = await vectors.read(ctx, ctx.ports.embedder.model_id, texts)
    found = [np.frombuffer(kept[text], np.float32) for text in texts]
    return np.stack(found) if found else np.zeros((0, 1), np.float32)


async def _with_nearest(ctx: Ctx, gap: Gap) -> Gap:
    locale = "zh-CN" if gap.lang == "zh" else "en"
    found = await search(ctx, gap.question, unit_path=ctx.scope.path, locale=locale, limit=1)
    if not found.candidates:
        return gap
    first = found.candidates[0]
    return replace(
        gap, nearest=Nearest(first.entry_id, first.question, found.confidence, found.verdict)
    )


async def _move(ctx: Ctx, gap_id: UUID, version: int, state: GapState) -> Gap:
    ctx.require("knowledge.edit")
    gap = await _known(ctx, gap_id)
    if gap.version != version or not await store.move(ctx, gap, state, gap.entry_id, _by(ctx)):
        raise Stale()
    return await get(ctx, gap_id)


async def _known(ctx: Ctx, gap_id: UUID) -> Gap:
    gap = await store.get(ctx, gap_id)
    if gap is None:
        raise NotFound()
    return gap


def _row(gap: Gap) -> tuple[object, ...]:
    near = gap.nearest
    return (
        gap.question, gap.customers, gap.times, gap.newest_at.isoformat(timespec="minutes"),
        gap.state, near.question if near else "", f"{near.confidence:.2f}" if near else "",
        " | ".join(gap.examples),
    )  # fmt: skip


def _by(ctx: Ctx) -> str:
    return ctx.actor.name if isinstance(ctx.actor, Member) else "house"
