"""An errand settled from the group's own records, as an answer: also within a flow."""

from __future__ import annotations

from xiaoer.ladder.contracts import Answer, Part, Source, Turn
from xiaoer.ladder.phrases import locale_of, text
from xiaoer.modules import selfservice
from xiaoer.ports.ctx import Ctx

PROVE = "prove"
"""What an answer asks for that needs to know first who somebody is."""


async def serve(ctx: Ctx, turn: Turn, wish: selfservice.contracts.Wish) -> Answer:
    """Settle the errand for this conversation's customer."""
    person = turn.conversation.person
    served = await selfservice.serve(
        ctx,
        wish,
        customer_id=person.customer_id if person.proven else None,
        unit_path=turn.conversation.unit_path,
        locale=locale_of(turn),
    )
    cards = tuple(Part("card", dict(card)) for card in served.cards)
    sources = (Source(*served.source),) if served.source else ()
    return Answer(
        (text(served.text), *cards),
        sources,
        topic=f"selfservice:{wish.errand}",
        subject=served.subject,
        confidence=1.0,
        settled=served.settled,
        asks=PROVE if _asks_for_proof(served) else "",
    )


def _asks_for_proof(served: selfservice.contracts.Served) -> bool:
    return any(option.get("value") == selfservice.contracts.PROVE
               for card in served.cards for option in card.get("options", ()))  # fmt: skip
