"""What an answer rests on, opened by the visitor who was given the answer.

Only a source that was cited to this visitor opens, and only while customers are told it: a draft,
another place's entry or a guessed id is not found.
"""

from __future__ import annotations

from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.modules import knowledge
from xiaoer.modules.channels.contracts import Citation, Session
from xiaoer.modules.channels.service.talking import history
from xiaoer.ports.ctx import Ctx, System

RECENT = 200


async def citation(ctx: Ctx, session: Session, source_id: UUID) -> Citation:
    """The words behind a source; raises ``NotFound``."""
    recent = await history(ctx, session, limit=RECENT)
    cited = {s.id for m in recent for s in m.sources if s.kind == "knowledge"}
    if str(source_id) not in cited:
        raise NotFound()
    versions = await knowledge.versions(ctx.acting_as(System("citation")), source_id)
    told = next((v for v in versions if v.live), None)
    if told is None:
        raise NotFound()
    return Citation(source_id, told.content.question, told.content.answer, told.at)
