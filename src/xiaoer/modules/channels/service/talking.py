"""What a visitor does with a session: write, ask for a person, say that it did not help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean
from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Session
from xiaoer.modules.channels.rules import files
from xiaoer.modules.channels.service.identity import person
from xiaoer.modules.channels.store import uploads
from xiaoer.ports.ctx import Ctx

MOST_CONTACT = 200
_WORDS = {
    "person": {"zh-CN": "转人工", "en": "I would like to talk to a person"},
    "unsolved": {"zh-CN": "还是没解决", "en": "Still not solved"},
    "contact": {"zh-CN": "联系方式：{contact}", "en": "Contact: {contact}"},
}


async def accept(
    ctx: Ctx,
    session: Session,
    client_id: str,
    parts: Sequence[conversations.contracts.Part],
) -> conversations.contracts.Receipt:
    """Take in what a visitor wrote; run it in a grouped commit, it may be repeated.

    Files must have been uploaded by this visitor; raises ``conversations.errors.BadMessage``.
    """
    if clean(client_id) != client_id:
        raise conversations.errors.BadMessage(reason="client_id")
    account = session.account
    arrival = conversations.contracts.Arrival(
        account_id=account.id,
        channel_kind=account.kind,
        channel_name=account.name,
        person=person(session.visitor),
        client_id=client_id,
        parts=await _with_own_files(ctx, session, parts),
        unit_path=session.unit_path,
        locale=session.locale,
        page=session.page,
    )
    return await conversations.receive(ctx, arrival)


async def ask_person(ctx: Ctx, session: Session) -> conversations.contracts.Receipt:
    """One step to a person: the wish is a message like any other, so that it is never lost."""
    return await _say(ctx, session, "person")


async def unsolved(ctx: Ctx, session: Session) -> conversations.contracts.Receipt:
    """It did not help; counted, and said, so that the ladder tries again or climbs."""
    await conversations.unsolved(ctx, (await own_conversation(ctx, session)).id)
    return await _say(ctx, session, "unsolved")


async def rate(ctx: Ctx, session: Session, score: int, text: str = "") -> None:
    """One to five for the visitor's newest conversation."""
    conversation = await own_conversation(ctx, session)
    await conversations.rate(ctx, conversation.id, score, clean(text))


async def leave_message(
    ctx: Ctx, session: Session, text: str, contact: str
) -> conversations.contracts.Receipt:
    """Out of hours: the words and a way to answer them wait for the first person who comes."""
    contact = clean(contact)
    if not 0 < len(contact) <= MOST_CONTACT:
        raise Invalid(reason="请留下电话或邮箱，方便我们联系您", field="contact")
    line = _WORDS["contact"][session.locale].format(contact=contact)
    parts = conversations.read_parts([{"kind": "text", "text": f"{text}\n{line}"}])
    if not clean(text):
        raise Invalid(reason="请写下您的问题", field="text")
    receipt = await accept(ctx, session, f"leave:{ctx.new_id()}", parts)
    turn = await conversations.turn(ctx, receipt.conversation_id)
    confirmed = conversations.contracts.Part("system", {"code": "left_message", "fields": {}})
    wanted = conversations.contracts.HandOff("left_message", parts=(confirmed,))
    await conversations.hand_off(ctx, turn, wanted)
    return receipt


async def history(
    ctx: Ctx,
    session: Session,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[conversations.contracts.Message]:
    """The visitor's newest conversation, oldest first, without notes; empty before the first."""
    latest = await latest_conversation(ctx, session)
    if latest is None:
        return []
    return await conversations.reading.messages_of(
        ctx, latest.id, after=after, before=before, limit=limit
    )


async def latest_conversation(
    ctx: Ctx, session: Session
) -> conversations.contracts.Conversation | None:
    """The visitor's newest conversation on this account."""
    return await conversations.reading.latest_of(
        ctx, session.account.id, session.visitor_id
    )


async def own_conversation(
    ctx: Ctx, session: Session
) -> conversations.contracts.Conversation:
    """The same, where one is needed."""
    latest = await latest_conversation(ctx, session)
    if latest is None:
        raise Invalid(reason="还没有会话")
    return latest


async def _say(
    ctx: Ctx, session: Session, what: str
) -> conversations.contracts.Receipt:
    said = conversations.contracts.text_part(_WORDS[what][session.locale])
    return await accept(ctx, session, f"{what}:{ctx.new_id()}", (said,))


async def _with_own_files(
    ctx: Ctx, session: Session, parts: Sequence[conversations.contracts.Part]
) -> tuple[conversations.contracts.Part, ...]:
    """Files as they were uploaded, whatever the message says of them."""
    blobs = [str(p.fields["blob"]) for p in parts if "blob" in p.fields]
    if not blobs:
        return tuple(parts)
    own = await uploads.own(ctx, session.visitor_id, [b for b in blobs if files.is_blob(b)])
    checked = []
    for part in parts:
        blob = part.fields.get("blob")
        if blob is not None:
            if blob not in own:
                raise conversations.errors.BadMessage(reason="文件没有上传成功")
            upload = own[blob]
            fields = {**part.fields, "name": upload.name, "bytes": upload.size}
            part = replace(part, kind=upload.kind, fields=fields)
        checked.append(part)
    return tuple(checked)
