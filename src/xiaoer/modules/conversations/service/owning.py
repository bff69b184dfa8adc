"""What people do to a conversation: claim, speak, pass on, resolve, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.problem import Invalid, NotFound, Stale
from xiaoer.modules.conversations import rules
from xiaoer.modules.conversations.contracts import (
    Agent,
    Author,
    AuthorKind,
    Conversation,
    Message,
    MessageId,
    Part,
    Queue,
    Status,
    Try,
)
from xiaoer.modules.conversations.errors import NotOpen, NotYours
from xiaoer.modules.conversations.events import (
    AgentSpoke,
    Claimed,
    Rated,
    Released,
    Reopened,
    Resolved,
    Transferred,
)
from xiaoer.modules.conversations.store import conversations, demands, messages
from xiaoer.modules.conversations.store.messages import Draft
from xiaoer.ports.ctx import Ctx, Member


async def claim(ctx: Ctx, conversation_id: UUID, version: int | None = None) -> Conversation:
    """Make the acting member the owner; of two at once, exactly one succeeds."""
    agent = _agent(ctx)
    before = await _locked(ctx, conversation_id, None)
    rules.may_own(before, agent)
    _fresh(before, version)
    return await _take(ctx, before, agent)


async def claim_next(ctx: Ctx, skill_groups: Sequence[UUID]) -> Conversation | None:
    """The most urgent, then oldest waiting within reach; nothing when the queue is empty."""
    agent = _agent(ctx)
    before = await conversations.next_waiting(ctx, skill_groups)
    return await _take(ctx, before, agent) if before else None


async def say(
    ctx: Ctx,
    conversation_id: UUID,
    parts: Sequence[Part],
    *,
    client_id: str,
    internal: bool = False,
) -> Message:
    """The acting member writes: to the customer as the owner, or a note as anyone within reach.

    The same ``client_id`` of the same member is stored once. Raises :class:`NotYours`.
    """
    agent = _agent(ctx)
    conversation = await _within_reach(ctx, conversation_id)
    draft = Draft(
        id=MessageId(ctx.new_id()),
        author=Author(AuthorKind.AGENT, agent.id, agent.name),
        parts=tuple(parts),
        at=ctx.now(),
        preview=rules.preview(parts),
        client_id=client_id,
        internal=internal,
    )
    stored = await messages.speak(ctx, conversation, draft, "anyone" if internal else "agent")
    if stored is None:
        return await _said_before(ctx, conversation, draft)
    if not internal:
        ctx.uow.tell(
            AgentSpoke(
                key=conversation.id,
                seq=stored.version,
                message_id=draft.id,
                agent_id=agent.id,
                account_id=conversation.account_id,
                channel_kind=conversation.channel_kind,
            )
        )
    _wake(ctx, conversation)
    return draft.spoken(conversation.id, stored)


async def release(ctx: Ctx, conversation_id: UUID, version: int | None = None) -> Conversation:
    """Give the conversation back to the queue it came from."""
    agent = _agent(ctx)
    before = await _locked(ctx, conversation_id, version)
    rules.must_own(before, agent.id)
    after = await _change(
        ctx,
        before,
        {
            "owner_kind": "queue",
            "owner_id": None,
            "owner_name": "",
            "waiting_since": before.waiting_since or ctx.now(),
        },
        "release",
    )
    ctx.uow.tell(Released(key=before.id, seq=after.version, agent_id=agent.id))
    return after


async def transfer(
    ctx: Ctx, conversation_id: UUID, to: Agent | Queue, version: int | None = None
) -> Conversation:
    """Pass the conversation on; from its owner, or by someone who may reassign."""
    agent = _agent(ctx)
    before = await _locked(ctx, conversation_id, version)
    if not ctx.can("desk.reassign"):
        rules.must_own(before, agent.id)
    elif before.status is not Status.OPEN:
        raise NotOpen()
    target: dict[str, Any] = {"waiting_since": before.waiting_since or ctx.now()}
    match to:
        case Agent(id=to_id, name=name):
            target |= {"owner_kind": "agent", "owner_id": to_id, "owner_name": name}
        case Queue(skill_group=group):
            target |= {
                "owner_kind": "queue",
                "owner_id": None,
                "owner_name": "",
                "skill_group": group,
            }
    to_whom = to.name if isinstance(to, Agent) else "queue"
    after = await _change(ctx, before, target, "transfer", {"to": to_whom})
    ctx.uow.tell(
        Transferred(
            key=before.id,
            seq=after.version,
            from_agent=agent.id,
            to_agent=to.id if isinstance(to, Agent) else None,
            skill_group=after.skill_group,
        )
    )
    if isinstance(to, Agent):
        ctx.uow.wake(f"member:{to.id}")
    return after


async def resolve(
    ctx: Ctx,
    conversation_id: UUID,
    version: int | None = None,
    details: dict[str, Any] | None = None,
    seen_seq: int | None = None,
) -> Conversation:
    """Close the conversation as resolved; only its owner, or someone who may reassign.

    ``seen_seq`` is the place up to which the one who resolves has read; a customer's message
    behind it raises :class:`CustomerWrote`. Without it nothing is compared.
    """
    before = await _locked(ctx, conversation_id, version)
    if not ctx.can("desk.reassign"):
        rules.must_own(before, _agent(ctx).id)
    elif before.status is not Status.OPEN:
        raise NotOpen()
    rules.must_have_read(before, seen_seq)
    now = ctx.now()
    by = rules.owner_kind(before.owner)
    if by == "agent":
        made = Try("human", "answered", "resolved", None, now)
        await demands.tried(ctx, before.demand_id, before.id, [made])
    else:
        await demands.settled(ctx, before.demand_id, now)
    return await _close(ctx, before, now, by, details or {})


async def fall_quiet(ctx: Ctx, before: Conversation) -> Conversation:
    """Close an answered conversation after silence; its demand keeps the time of the answer."""
    return await _close(ctx, before, before.last_at, "silence", {})


async def _close(
    ctx: Ctx, before: Conversation, at: datetime, by: str, details: dict[str, Any]
) -> Conversation:
    after = await _change(
        ctx,
        before,
        {
            "status": "resolved",
            "resolved_at": at,
            "waiting_since": None,
        },
        "resolve",
        details | {"by": by},
    )
    ctx.uow.tell(Resolved(key=before.id, seq=after.version, demand_id=before.demand_id, by=by))
    return after


async def reopen(ctx: Ctx, conversation_id: UUID, version: int | None = None) -> Conversation:
    """Take a resolution back; the acting member owns the conversation again."""
    agent = _agent(ctx)
    before = await _locked(ctx, conversation_id, version)
    if before.status is Status.OPEN:
        raise Stale()
    newest = await conversations.latest_of_visitor(ctx, before.account_id, before.person.visitor_id)
    if newest is not None and newest.id != before.id and newest.status is Status.OPEN:
        raise Invalid(reason="该客户已有一条进行中的会话，请在那条会话里继续")
    after = await _change(
        ctx,
        before,
        {
            "status": "open",
            "resolved_at": None,
            "owner_kind": "agent",
            "owner_id": agent.id,
            "owner_name": agent.name,
        },
        "reopen",
    )
    await demands.unsolved(ctx, before.demand_id, ctx.now())
    ctx.uow.tell(Reopened(key=before.id, seq=after.version, demand_id=before.demand_id, by="agent"))
    return after


async def rate(ctx: Ctx, conversation_id: UUID, score: int, text: str = "") -> Conversation:
    """The customer gives one to five, and may say why; the last rating counts."""
    if not 1 <= score <= 5:
        raise Invalid(reason="评分应为 1 到 5")
    await _within_reach(ctx, conversation_id)
    after = await conversations.rate(ctx, conversation_id, score)
    if after is None:
        raise NotFound()
    ctx.uow.tell(Rated(key=after.id, seq=after.version, score=score))
    await demands.note(ctx, after.id, "customer", "rate", {"score": score, "text": text[:500]})
    _wake(ctx, after)
    return after


async def _take(ctx: Ctx, before: Conversation, agent: Agent) -> Conversation:
    rules.may_own(before, agent)
    if before.owner == agent:
        return before
    owner = {"owner_kind": "agent", "owner_id": agent.id, "owner_name": agent.name}
    after = await _change(ctx, before, owner, "claim")
    ctx.uow.tell(Claimed(key=before.id, seq=after.version, agent_id=agent.id))
    return after


async def _change(
    ctx: Ctx,
    before: Conversation,
    after: dict[str, Any],
    verb: str,
    details: dict[str, Any] | None = None,
) -> Conversation:
    name = ctx.actor.name if isinstance(ctx.actor, Member) else "house"
    changed = await conversations.change(
        ctx, before, after, actor=name, verb=verb, details=details
    )
    if changed is None:
        raise Stale()
    _wake(ctx, before)
    _wake(ctx, changed)
    return changed


async def _locked(ctx: Ctx, conversation_id: UUID, version: int | None) -> Conversation:
    before = await conversations.get(ctx, conversation_id, lock=True)
    if before is None:
        raise NotFound()
    _fresh(before, version)
    return before


def _fresh(before: Conversation, version: int | None) -> None:
    """A decision taken before the last change of state or owner is refused; messages that came
    meanwhile do not make it stale."""
    if version is not None and not before.changed_version <= version <= before.version:
        raise Stale()


async def _within_reach(ctx: Ctx, conversation_id: UUID) -> Conversation:
    conversation = await conversations.get(ctx, conversation_id)
    if conversation is None:
        raise NotFound()
    return conversation


async def _said_before(ctx: Ctx, conversation: Conversation, draft: Draft) -> Message:
    known = await messages.known(ctx, draft)
    if known is not None:
        return known
    if conversation.status is not Status.OPEN:
        raise NotOpen()
    raise NotYours()


def _agent(ctx: Ctx) -> Agent:
    if not isinstance(ctx.actor, Member):
        raise NotYours()
    return Agent(ctx.actor.id, ctx.actor.name)


def _wake(ctx: Ctx, conversation: Conversation) -> None:
    ctx.uow.wake(f"conversation:{conversation.id}")
    match conversation.owner:
        case Agent(id=agent_id):
            ctx.uow.wake(f"member:{agent_id}")
        case Queue():
            ctx.uow.wake("queue")
