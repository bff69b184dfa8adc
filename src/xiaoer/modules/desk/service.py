"""The verbs of the desk: presence, claiming within capacity, macros, colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.kit.ids import MemberId
from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale, Taken
from xiaoer.modules import conversations, knowledge, org
from xiaoer.modules.desk import rules, store
from xiaoer.modules.desk.contracts import Macro, MacroId, Presence
from xiaoer.modules.desk.errors import ShortcutTaken
from xiaoer.ports.ctx import Ctx, Member

Conversation = conversations.contracts.Conversation

SUGGESTIONS = 3


async def arrive(ctx: Ctx) -> None:
    """The acting agent's desk is open; also said again while it is, so that it counts as open."""
    await store.arrive(ctx, _member(ctx).id, rules.DEFAULT_CAPACITY)


async def set_presence(ctx: Ctx, state: str) -> Presence:
    """The acting agent's own word on whether they take conversations."""
    member = _member(ctx)
    await store.set_state(ctx, member.id, rules.read_state(state), rules.DEFAULT_CAPACITY)
    ctx.uow.wake("queue")
    [own] = await _presences(ctx, [(member.id, member.name)])
    return own


async def set_capacity(ctx: Ctx, member_id: UUID, capacity: int) -> None:
    """How many conversations a colleague may hold."""
    ctx.require("desk.reassign")
    if not 1 <= capacity <= 100:
        raise Invalid(reason="接待上限应为 1 到 100", field="capacity")
    await org.member(ctx, member_id)
    await store.set_capacity(ctx, member_id, capacity)


async def colleagues(ctx: Ctx) -> list[Presence]:
    """Everyone within reach who serves customers, with their state and load."""
    ctx.require("desk.serve")
    serving = [
        (m.id, m.name)
        for m in await org.members(ctx, active_only=True)
        if "desk.serve" in org.permissions_of(m.roles)
    ]
    return await _presences(ctx, serving)


async def is_staffed(ctx: Ctx, unit_path: str) -> bool:
    """Whether anybody who may take a conversation of this place is online now."""
    return await store.online(ctx, unit_path, ctx.now() - rules.GONE_AFTER) > 0


async def claim(ctx: Ctx, conversation_id: UUID, version: int | None = None) -> Conversation:
    """Claim a conversation within capacity; raises ``AtCapacity`` or ``AlreadyClaimed``."""
    ctx.require("desk.serve")
    await _admit(ctx)
    return await conversations.claim(ctx, conversation_id, version)


async def claim_next(ctx: Ctx) -> Conversation | None:
    """The next of the acting agent's queues: most urgent first, then oldest."""
    ctx.require("desk.serve")
    await _admit(ctx)
    groups = await org.skill_groups(ctx, _member(ctx).id)
    return await conversations.claim_next(ctx, [g.id for g in groups])


async def suggestions(ctx: Ctx, conversation_id: UUID) -> Sequence[knowledge.contracts.Candidate]:
    """What the knowledge base says to the customer's last words, best first."""
    ctx.require("desk.serve")
    turn = await conversations.turn(ctx, conversation_id)
    spoken = [m.text for m in turn.history if m.author.kind == "customer" and m.text]
    if not spoken:
        return ()
    found = await knowledge.search(
        ctx, spoken[-1], unit_path=turn.conversation.unit_path, locale=turn.conversation.locale
    )
    return found.candidates[:SUGGESTIONS]


async def macros(ctx: Ctx) -> list[Macro]:
    """One's own and the shared ones, by shortcut."""
    return await store.macros(ctx, _member(ctx).id)


async def add_macro(ctx: Ctx, texts: tuple[str, str, str], *, shared: bool) -> Macro:
    """``texts``: shortcut, title, text. Shared ones need ``desk.macros``."""
    if shared:
        ctx.require("desk.macros")
    owner = None if shared else _member(ctx).id
    macro = Macro(MacroId(ctx.new_id()), *rules.read_macro(*texts), owner, 1)
    if not await store.add_macro(ctx, macro):
        raise ShortcutTaken(shortcut=macro.shortcut)
    return macro


async def change_macro(ctx: Ctx, macro_id: UUID, version: int, texts: tuple[str, str, str]) -> None:
    """Change one's own, or with ``desk.macros`` a shared one."""
    macro = Macro(MacroId(macro_id), *rules.read_macro(*texts), None, version)
    is_shared_ours = ctx.can("desk.macros")
    try:
        changed = await store.change_macro(ctx, macro, _member(ctx).id, shared=is_shared_ours)
    except Taken as error:
        raise ShortcutTaken(shortcut=macro.shortcut) from error
    if not changed:
        raise Stale()


async def drop_macro(ctx: Ctx, macro_id: UUID) -> None:
    """Delete one's own, or with ``desk.macros`` a shared one."""
    if not await store.drop_macro(ctx, macro_id, _member(ctx).id, shared=ctx.can("desk.macros")):
        raise NotFound()


async def transfer(
    ctx: Ctx,
    conversation_id: UUID,
    to: tuple[UUID | None, UUID | None],
    version: int | None = None,
) -> Conversation:
    """Pass on to ``(member, None)`` or ``(None, skill group)``; both must exist within reach."""
    ctx.require("desk.serve")
    member_id, group_id = to
    if member_id is not None:
        target = await org.member(ctx, member_id)
        if not target.active or "desk.serve" not in org.permissions_of(target.roles):
            raise Invalid(reason="对方不能接待会话", field="to_member")
        agent = conversations.contracts.Agent(target.id, target.name)
        return await conversations.transfer(ctx, conversation_id, agent, version)
    if group_id is not None and group_id not in {g.id for g in await org.skill_groups(ctx)}:
        raise NotFound()
    queue = conversations.contracts.Queue(group_id)
    return await conversations.transfer(ctx, conversation_id, queue, version)


async def _admit(ctx: Ctx) -> None:
    member = _member(ctx)
    [own] = await _presences(ctx, [(member.id, member.name)])
    rules.admit(own)


async def _presences(ctx: Ctx, people: Sequence[tuple[UUID, str]]) -> list[Presence]:
    ids = [member_id for member_id, _ in people]
    rows = await store.presences(ctx, ids)
    holding = await conversations.reading.holding(ctx, ids)
    now = ctx.now()
    found = []
    for member_id, name in people:
        row = rows.get(member_id)
        seen_at = row.seen_at if row else None
        state = rules.state_now(row.state if row else "offline", seen_at, now)
        capacity = row.capacity if row else rules.DEFAULT_CAPACITY
        found.append(
            Presence(
                MemberId(member_id),
                name,
                state,
                capacity,
                holding.get(member_id, 0),
                seen_at,
            )
        )
    return found


def _member(ctx: Ctx) -> Member:
    if not isinstance(ctx.actor, Member):
        raise Forbidden()
    return ctx.actor
