"""Replaying past questions against knowledge as it is and as it would be.

Both indexes are built in the same way from the same material but for one entry, so that what
differs comes from the change. The second opinion is left out of both: it comes minutes later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from xiaoer.kit.problem import NotFound, Stale
from xiaoer.kit.text import clean
from xiaoer.modules.knowledge.contracts import (
    Asked,
    Content,
    Entry,
    Label,
    LabelSource,
    Thresholds,
)
from xiaoer.modules.knowledge.contracts.replays import Difference, Replay
from xiaoer.modules.knowledge.errors import NoSuchVersion, ReasonMissing
from xiaoer.modules.knowledge.rules import ranking
from xiaoer.modules.knowledge.rules import replaying as rules
from xiaoer.modules.knowledge.service import dialing, editing
from xiaoer.modules.knowledge.service.searching import (
    ZONE,
    Material,
    Snapshot,
    current_revision,
    embed_entries,
    look,
    read_material,
    texts_of,
)
from xiaoer.modules.knowledge.store import dials, entries, replays, vectors
from xiaoer.ports.ctx import Ctx, Member, Ports

MOST_LABELS = 500
MOST_SHOWN = 100
MOST_KEPT = 20

__all__ = ["Change", "Seen", "compare", "keep", "of_entry", "override", "prepare", "thresholds"]


thresholds = dialing.thresholds


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be compared: material now and then, and what is known of past questions."""

    entry: Entry
    content: Content
    now: Material
    then: Material
    labels: tuple[Label, ...]
    thresholds: Thresholds
    day: date


@dataclass(frozen=True, slots=True)
class Seen:
    """What the comparison showed; ``differences`` are the first hundred, worse ones first."""

    asked: int
    changed: int
    better: int
    worse: int
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether the change may be published."""
        return rules.passes(self.better, self.worse)


async def prepare(ctx: Ctx, entry_id: UUID, version: int | None = None) -> Change:
    """Read what comparing needs: the newest words of an entry, or an earlier version's.

    Raises ``NotFound`` or ``NoSuchVersion``.
    """
    ctx.require("knowledge.edit")
    entry = await editing.get(ctx, entry_id)
    content = entry.content
    if version is not None and version != entry.version:
        earlier = [v for v in await entries.versions(ctx, entry_id) if v.version == version]
        if not earlier:
            raise NoSuchVersion(version=version)
        content = earlier[0].content
    revision = await current_revision(ctx)
    now = await read_material(ctx, revision)
    await embed_entries(ctx, [content])
    stored = dict(now.stored) | await vectors.read(ctx, revision[1], texts_of([content]))
    live = [one for one in now.live if one[0] != entry.id]
    then = replace(now, live=(*live, (entry.id, entry.kb_id, content)), stored=stored)
    return Change(
        entry, content, now, then, tuple(await dials.labelled(ctx, dialing.AGE, MOST_LABELS)),
        await dialing.thresholds(ctx), ctx.now().astimezone(ZONE).date(),
    )  # fmt: skip


async def compare(
    ports: Ports, change: Change, indexes: tuple[Snapshot, Snapshot], past: Sequence[Asked]
) -> Seen:
    """Put past questions, the labelled ones and the entry's own to both indexes.

    Touches no database: it takes seconds, and no transaction waits for it.
    """
    labels = {(one.question, one.unit_path): one for one in _editors_last(change.labels)}
    own = rules.own_phrasings(change.content)
    asked = _each_once(change, past)
    found = []
    for one in asked:
        key = ranking.tidy(one.text)
        label, is_own = labels.get((key, one.unit_path)), key in own
        before, after = [
            rules.outcome(await look(ports, index, one, change.thresholds, change.day))
            for index in indexes
        ]
        if rules.is_changed(before, after):
            judged = rules.judge(before, after, label, change.entry.id, is_own=is_own)
            name = rules.OWN if is_own else str(label.verdict) if label else ""
            found.append(Difference(one, before, after, name, judged))
    counts = {name: sum(one.judged == name for one in found) for name in ("better", "worse")}
    order: Callable[[Difference], int] = lambda one: ("worse", "better", "").index(one.judged)  # noqa: E731
    shown = tuple(sorted(found, key=order)[:MOST_SHOWN])
    return Seen(len(asked), len(found), counts["better"], counts["worse"], shown)


async def keep(ctx: Ctx, change: Change, seen: Seen) -> Replay:
    """Keep what it showed, for :func:`editing.publish` to heed."""
    ctx.require("knowledge.edit")
    made = Replay(
        ctx.new_id(), change.entry.id, seen.asked, seen.changed, seen.better, seen.worse,
        seen.passed, ctx.now(), _by(ctx),
    )  # fmt: skip
    digest = rules.digest(change.entry.id, change.content)
    await replays.add(ctx, made, digest, change.now.revision[0])
    return made


async def of_entry(ctx: Ctx, entry_id: UUID) -> Sequence[Replay]:
    """The last replays of an entry within reach, and who overrode them; newest first."""
    await editing.get(ctx, entry_id)
    return await replays.of_entry(ctx, entry_id, MOST_KEPT)


async def override(ctx: Ctx, replay_id: UUID, reason: str) -> Replay:
    """Let a failed replay pass; who did it and why stays with it.

    Raises ``Forbidden`` for all but administrators, ``NotFound``, ``ReasonMissing``, or ``Stale``.
    """
    ctx.require("knowledge.override")
    made = await replays.get(ctx, replay_id)
    if made is None:
        raise NotFound()
    await editing.get(ctx, made.entry_id)
    why = clean(reason)[:500]
    if not why:
        raise ReasonMissing()
    if not await replays.override(ctx, replay_id, _by(ctx), why):
        raise Stale()
    after = await replays.get(ctx, replay_id)
    assert after is not None, "replays are never deleted"
    return after


def _each_once(change: Change, past: Sequence[Asked]) -> list[Asked]:
    locale = "zh-CN" if change.content.lang == "zh" else "en"
    own = [
        Asked(text, change.content.scope_path, locale)
        for text in (change.content.question, *change.content.similar)
    ]
    labelled = [Asked(one.question, one.unit_path, one.locale) for one in change.labels]
    found: dict[tuple[str, str], Asked] = {}
    for one in (*own, *labelled, *past):
        if key := ranking.tidy(one.text):
            found.setdefault((key, one.unit_path), one)
    return list(found.values())


def _editors_last(labels: Sequence[Label]) -> list[Label]:
    """In an order in which an editor's word replaces a shopper's."""
    return sorted(labels, key=lambda one: one.source is LabelSource.EDITOR)


def _by(ctx: Ctx) -> str:
    return ctx.actor.name if isinstance(ctx.actor, Member) else "house"
