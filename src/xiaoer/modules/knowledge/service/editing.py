"""Writing, reviewing, publishing, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound, Stale, Why
from xiaoer.modules.knowledge.contracts import (
    Content,
    Entry,
    EntryId,
    Imported,
    Look,
    NewEntry,
    RowProblem,
    State,
    Version,
)
from xiaoer.modules.knowledge.errors import BadEntry, NoSuchVersion
from xiaoer.modules.knowledge.events import EntryPublished, EntryRetired
from xiaoer.modules.knowledge.rules.editing import step, tidy_content
from xiaoer.modules.knowledge.service import gating
from xiaoer.modules.knowledge.service.searching import embed_entries
from xiaoer.modules.knowledge.store import entries, vectors
from xiaoer.ports.ctx import Ctx, Member


async def get(ctx: Ctx, entry_id: UUID) -> Entry:
    """One entry; raises ``NotFound``."""
    ctx.require("knowledge.read")
    entry = await entries.get(ctx, entry_id)
    if entry is None:
        raise NotFound()
    return entry


async def page(ctx: Ctx, look: Look) -> Page[Entry]:
    """Entries of one's part of the tree and above it, newest change first."""
    ctx.require("knowledge.read")
    return await entries.page(ctx, look)


async def versions(ctx: Ctx, entry_id: UUID) -> list[Version]:
    """All versions of an entry, newest first."""
    await get(ctx, entry_id)
    return await entries.versions(ctx, entry_id)


async def add(ctx: Ctx, new: NewEntry) -> Entry:
    """A new entry, as a draft."""
    ctx.require("knowledge.edit")
    content = _within(ctx, tidy_content(new.content))
    entry_id = EntryId(ctx.new_id())
    kb_id = new.kb_id.strip() or str(entry_id)
    if not await entries.add(ctx, entry_id, kb_id, content, _by(ctx)):
        raise BadEntry(reason=Why(f"编号 {kb_id} 已被使用", f"key {kb_id} is taken"), field="kb_id")
    return await get(ctx, entry_id)


async def change(ctx: Ctx, entry_id: UUID, version: int, content: Content, note: str = "") -> Entry:
    """The next version, as a draft; what is live stays live until the draft is published."""
    ctx.require("knowledge.edit")
    entry = await get(ctx, entry_id)
    _within(ctx, entry.content)
    content = _within(ctx, tidy_content(content))
    if entry.version != version or not await entries.change(
        ctx, entry, content, _by(ctx), note[:500]
    ):
        raise Stale()
    return await get(ctx, entry_id)


async def submit(ctx: Ctx, entry_id: UUID, version: int) -> Entry:
    """Ask for a review."""
    ctx.require("knowledge.edit")
    return await _move(ctx, entry_id, version, "submit")


async def publish(ctx: Ctx, entry_id: UUID, version: int) -> Entry:
    """Make the newest version what customers are told; its vectors are ready before that.

    Raises ``WorseVersion`` or ``ReplayFirst`` when past questions speak against it, or were not
    asked; ``NotFound``, ``Stale``, ``WrongState``.
    """
    return await _publish(ctx, entry_id, version, needs_replay=True)


async def _publish(ctx: Ctx, entry_id: UUID, version: int, *, needs_replay: bool) -> Entry:
    ctx.require("knowledge.publish")
    await gating.let_through(ctx, await get(ctx, entry_id), needs_replay=needs_replay)
    entry = await _move(ctx, entry_id, version, "publish")
    await embed_entries(ctx, [entry.content])
    await vectors.bump(ctx)
    ctx.uow.tell(EntryPublished(key=entry.id, seq=entry.version, version=entry.version))
    ctx.uow.wake("knowledge")
    return entry


async def retire(ctx: Ctx, entry_id: UUID, version: int) -> Entry:
    """Tell it to nobody any more; it can be published again."""
    ctx.require("knowledge.publish")
    entry = await _move(ctx, entry_id, version, "retire")
    await vectors.bump(ctx)
    ctx.uow.tell(EntryRetired(key=entry.id, seq=entry.version))
    ctx.uow.wake("knowledge")
    return entry


async def roll_back(ctx: Ctx, entry_id: UUID, version: int) -> Entry:
    """Publish an earlier version again, as a new one, so that history only grows."""
    ctx.require("knowledge.publish")
    entry = await get(ctx, entry_id)
    wanted = next((v for v in await entries.versions(ctx, entry_id) if v.version == version), None)
    if wanted is None:
        raise NoSuchVersion(version=version)
    changed = await change(ctx, entry_id, entry.version, wanted.content, f"← {version}")
    return await _publish(ctx, entry_id, changed.version, needs_replay=False)


async def take_in(
    ctx: Ctx, rows: Sequence[tuple[int, NewEntry]], *, dry_run: bool, live: bool
) -> Imported:
    """Add or change entries by key from numbered rows; all good rows, or in a dry run none.

    ``live``: publish them at once, which needs ``knowledge.publish``.
    """
    ctx.require("knowledge.publish" if live else "knowledge.edit")
    problems: list[RowProblem] = []
    known = await entries.known(ctx, [new.kb_id for _, new in rows])
    counted = {"added": 0, "changed": 0, "unchanged": 0}
    taken: list[Entry] = []
    for number, new in rows:
        entry = known.get(new.kb_id)
        try:
            content = _within(ctx, tidy_content(new.content))
            kind = _what(ctx, entry, content, live=live)
            if not dry_run and kind != "unchanged":
                taken.append(await _take(ctx, entry, new.kb_id, content))
        except BadEntry as error:
            problems.append(RowProblem(number, str(error.fields["field"]), error.fields["reason"]))
            continue
        except NotFound:
            problems.append(RowProblem(number, "scope", Why("不在您的范围内", "is outside your scope")))
            continue
        counted[kind] += 1
    if live:
        await _publish_all(ctx, taken)
    return Imported(len(rows), **counted, problems=tuple(problems), dry_run=dry_run)


def _what(ctx: Ctx, entry: Entry | None, content: Content, *, live: bool) -> str:
    """What a row does; the same again, as a draft, does nothing to what waits or is live."""
    if entry is None:
        return "added"
    _within(ctx, entry.content)
    stands = entry.state is State.LIVE or not (live or entry.state is State.RETIRED)
    return "unchanged" if stands and entry.content == content else "changed"


async def _take(ctx: Ctx, entry: Entry | None, kb_id: str, content: Content) -> Entry:
    if entry is None:
        return await add(ctx, NewEntry(kb_id, content))
    return await change(ctx, entry.id, entry.version, content, "import")


async def _publish_all(ctx: Ctx, taken: Sequence[Entry]) -> None:
    for entry in taken:
        await entries.set_state(ctx, entry, State.LIVE, _by(ctx))
        ctx.uow.tell(EntryPublished(key=entry.id, seq=entry.version, version=entry.version))
    if taken:
        await embed_entries(ctx, [entry.content for entry in taken])
        await vectors.bump(ctx)
        ctx.uow.wake("knowledge")


async def _move(ctx: Ctx, entry_id: UUID, version: int, name: str) -> Entry:
    entry = await get(ctx, entry_id)
    _within(ctx, entry.content)
    if entry.version != version:
        raise Stale()
    if not await entries.set_state(ctx, entry, step(name, entry.state), _by(ctx)):
        raise Stale()
    return await get(ctx, entry_id)


def _within(ctx: Ctx, content: Content) -> Content:
    """Nobody writes for a place outside their own part of the tree."""
    if not content.scope_path.startswith(ctx.scope.path):
        raise NotFound()
    return content


def _by(ctx: Ctx) -> str:
    return ctx.actor.name if isinstance(ctx.actor, Member) else "house"
