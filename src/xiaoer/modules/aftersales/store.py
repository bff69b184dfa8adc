"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.kit.storable import storable
from xiaoer.modules.aftersales.contracts import (
    AftersalesCase,
    AuditLine,
    CaseId,
    KeptTerms,
    Proposal,
    ProposalId,
    State,
    Terms,
    Verb,
    Wish,
)
from xiaoer.ports.ctx import Ctx

_PROPOSE = """
INSERT INTO aftersales_proposal
  (tenant_id, id, customer_id, order_number, verb, wish, digest, state, proposed_at, expires_at)
VALUES (%(tenant)s, %(id)s, %(customer)s, %(order)s, %(verb)s, %(wish)s::jsonb, %(digest)s,
  %(state)s, %(proposed_at)s, %(expires_at)s)
"""
_SUPERSEDE = """
UPDATE aftersales_proposal SET state = 'superseded', settled_at = %(at)s
WHERE tenant_id = %(tenant)s AND customer_id = %(customer)s AND order_number = %(order)s
  AND state = 'open'
"""
_GET = """
SELECT * FROM aftersales_proposal WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE
"""
_SETTLE = """
UPDATE aftersales_proposal SET state = %(state)s, settled_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'open'
"""
_CASE = """
INSERT INTO aftersales_case
  (tenant_id, id, proposal_id, customer_id, order_number, verb, status, items, amount_minor,
   currency, method, reason, opened_at)
VALUES (%(tenant)s, %(id)s, %(proposal)s, %(customer)s, %(order)s, %(verb)s, %(status)s,
  %(items)s::jsonb, %(minor)s, %(currency)s, %(method)s, %(reason)s, %(at)s)
"""
_CASES = """
SELECT * FROM aftersales_case
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s::uuid[])
ORDER BY opened_at DESC, id DESC LIMIT %(limit)s
"""
_AUDIT = """
INSERT INTO aftersales_audit
  (tenant_id, at, actor, customer_id, order_number, verb, outcome, code, proposal_id, details)
VALUES (%(tenant)s, %(at)s, %(actor)s, %(customer)s, %(order)s, %(verb)s, %(outcome)s, %(code)s,
  %(proposal)s, %(details)s::jsonb)
"""
_TRAIL = """
SELECT * FROM aftersales_audit
WHERE tenant_id = %(tenant)s
  AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s::uuid)
ORDER BY id DESC LIMIT %(limit)s
"""
_TERMS = "SELECT * FROM aftersales_terms WHERE tenant_id = %(tenant)s"
_PUT_TERMS = """
INSERT INTO aftersales_terms AS t (tenant_id, numbers, version, changed_at, changed_by)
SELECT %(tenant)s, %(numbers)s::jsonb, 1, %(at)s, %(by)s
WHERE %(version)s::bigint = 0 OR EXISTS (
  SELECT FROM aftersales_terms WHERE tenant_id = %(tenant)s)
ON CONFLICT (tenant_id) DO UPDATE SET numbers = excluded.numbers, version = t.version + 1,
  changed_at = excluded.changed_at, changed_by = excluded.changed_by
WHERE t.version = %(version)s::bigint
"""


async def terms(ctx: Ctx) -> KeptTerms:
    """The terms of the group; those published when it has none of its own."""
    row = await ctx.uow.row(_TERMS, {"tenant": ctx.scope.tenant})
    if row is None:
        return KeptTerms(Terms())
    known = {one.name for one in fields(Terms)}
    kept = {name: value for name, value in row.numbers.items() if name in known}
    return KeptTerms(Terms(**kept), row.version, row.changed_at, row.changed_by)


async def put_terms(ctx: Ctx, terms: Terms, version: int, by: str) -> bool:
    """Replace the terms by compare-and-set; false when their version has moved on."""
    given = {"tenant": ctx.scope.tenant, "numbers": storable(asdict(terms)), "version": version,
             "at": ctx.now(), "by": by}  # fmt: skip
    return await ctx.uow.run(_PUT_TERMS, given) == 1


async def propose(ctx: Ctx, proposal: Proposal) -> None:
    """Keep a proposal; those that were open for the same order can no longer be said yes to."""
    wish = proposal.wish
    given = {
        "tenant": ctx.scope.tenant, "id": proposal.id, "customer": proposal.customer_id,
        "order": wish.order, "verb": wish.verb, "wish": storable(_wish_row(wish)),
        "digest": proposal.digest, "state": proposal.state, "at": ctx.now(),
        "proposed_at": proposal.proposed_at, "expires_at": proposal.expires_at,
    }  # fmt: skip
    await ctx.uow.run(_SUPERSEDE, given)
    await ctx.uow.run(_PROPOSE, given)


async def get(ctx: Ctx, proposal_id: UUID) -> Proposal | None:
    """A proposal, locked."""
    row = await ctx.uow.row(_GET, {"tenant": ctx.scope.tenant, "id": proposal_id})
    return _proposal(row) if row else None


async def settle(ctx: Ctx, proposal_id: UUID, state: State) -> bool:
    """Close an open proposal; false when it was not open."""
    given = {"tenant": ctx.scope.tenant, "id": proposal_id, "state": state, "at": ctx.now()}
    return await ctx.uow.run(_SETTLE, given) == 1


async def open_case(ctx: Ctx, case: AftersalesCase) -> None:
    """Keep a case."""
    await ctx.uow.run(_CASE, {
        "tenant": ctx.scope.tenant, "id": case.id, "proposal": case.proposal_id,
        "customer": case.customer_id, "order": case.order_number, "verb": case.verb,
        "status": case.status, "items": storable(list(case.items)), "minor": case.amount.minor,
        "currency": case.amount.currency, "method": case.method, "reason": case.reason,
        "at": case.opened_at,
    })  # fmt: skip


async def cases(ctx: Ctx, customers: tuple[UUID, ...], limit: int) -> tuple[AftersalesCase, ...]:
    """The cases of a customer under any of their ids, newest first."""
    given = {"tenant": ctx.scope.tenant, "customers": list(customers), "limit": limit}
    return tuple(_case(row) for row in await ctx.uow.rows(_CASES, given))


async def audit(ctx: Ctx, line: AuditLine) -> None:
    """Keep one line of who tried what."""
    await ctx.uow.run(_AUDIT, {
        "tenant": ctx.scope.tenant, "at": ctx.now(), "actor": line.actor,
        "customer": line.customer_id, "order": line.order_number, "verb": line.verb,
        "outcome": line.outcome, "code": line.code, "proposal": line.proposal_id,
        "details": storable(dict(line.details)),
    })  # fmt: skip


async def trail(ctx: Ctx, customer_id: UUID | None, limit: int) -> tuple[AuditLine, ...]:
    """What was tried, newest first; of one customer, or of all."""
    given = {"tenant": ctx.scope.tenant, "customer": customer_id, "limit": limit}
    return tuple(
        AuditLine(row.verb, row.outcome, row.customer_id, row.order_number, row.code,
                  row.proposal_id, row.details, row.actor, row.at)
        for row in await ctx.uow.rows(_TRAIL, given)
    )  # fmt: skip


def _wish_row(wish: Wish) -> dict[str, Any]:
    return {"verb": wish.verb, "order": wish.order, "reason": wish.reason,
            "items": list(wish.items), "new_items": list(wish.new_items),
            "method": wish.method, "address": dict(wish.address),
            "details": dict(wish.details)}  # fmt: skip


def _wish(row: Mapping[str, Any]) -> Wish:
    return Wish(Verb(row["verb"]), row["order"], row["reason"], tuple(row["items"]),
                tuple(row["new_items"]), row["method"], row["address"],
                row.get("details", {}))  # fmt: skip


def _proposal(row: Any) -> Proposal:
    return Proposal(ProposalId(row.id), row.customer_id, _wish(row.wish), row.digest,
                    row.proposed_at, row.expires_at, State(row.state))  # fmt: skip


def _case(row: Any) -> AftersalesCase:
    return AftersalesCase(
        CaseId(row.id), ProposalId(row.proposal_id), row.customer_id, row.order_number,
        Verb(row.verb), row.status, tuple(row["items"]), Money(row.amount_minor, row.currency),
        row.method, row.reason, row.opened_at,
    )  # fmt: skip
