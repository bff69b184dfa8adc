"""Proving who one is, from the widget. The answer is the same whatever was wrong."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from xiaoer.kit.problem import Invalid, Unauthenticated
from xiaoer.modules.channels.contracts import Proof, Session
from xiaoer.modules.channels.errors import AlreadyIdentified, TooManyTries
from xiaoer.modules.channels.http.door import LimitedRoute, Visit, entered, house_of
from xiaoer.modules.channels.service import proving
from xiaoer.ports.http import raises
from xiaoer.ports.verifier import CodeNotSent

router = APIRouter(prefix="/widget/{account}", tags=["widget"], route_class=LimitedRoute)

_NOT_PROVEN = {
    "zh-CN": "信息没有核对上，请检查后再试，或转人工核实。",
    "en": "These details could not be verified. Check them, or ask for a person.",
}
Text = Annotated[str, Field(max_length=200)]


class ProveBody(BaseModel):
    order_number: Text | None = None
    phone_last4: Text | None = None
    send_code_to: Text | None = None
    code: Text | None = None


@router.post(
    "/prove",
    responses=raises(Unauthenticated, TooManyTries, AlreadyIdentified, CodeNotSent, Invalid),
)
async def prove(session: Visit, body: ProveBody, request: Request) -> dict[str, Any]:
    """By order number and last four digits, or by a code: first where to, then the code."""
    if body.send_code_to is not None:
        await _send_code(session, body.send_code_to, request)
        return {"sent": True}
    async with entered(request, session) as ctx:
        if body.code is not None:
            proof = await proving.prove_code(ctx, session, body.code)
        elif body.order_number is not None and body.phone_last4 is not None:
            proof = await proving.prove_order(
                ctx, session, body.order_number, body.phone_last4
            )
        else:
            raise Invalid(reason="order_number + phone_last4 | send_code_to | code")
    return _proof_json(proof, session.locale)


async def _send_code(session: Session, address: str, request: Request) -> None:
    """The code leaves after the commit, so that no transaction waits for a gateway."""
    async with entered(request, session) as ctx:
        code = await proving.ask_code(ctx, session, address)
    if code.retry_after_s:
        raise TooManyTries(retry_after_s=code.retry_after_s)
    verifier = house_of(request).ports.verifier
    await verifier.send(code.address, code.code, session.locale)


def _proof_json(proof: Proof, locale: str) -> dict[str, Any]:
    if proof.retry_after_s:
        raise TooManyTries(retry_after_s=proof.retry_after_s)
    if not proof.proven or proof.visitor is None:
        return {"proven": False, "message": _NOT_PROVEN[locale]}
    return {"proven": True, "name": proof.visitor.name, "level": proof.visitor.level}
