"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.kit.storable import storable
from xiaoer.kit.text import search_query
from xiaoer.modules.customers.contracts import (
    ConsentLine,
    Customer,
    CustomerId,
    Identity,
    IdentityKind,
    Kind,
    Merge,
    MergeId,
    Purpose,
    Search,
    Wanted,
)
from xiaoer.ports.ctx import Ctx

# The LIMIT keeps the planner from reading all of a tenant's identities before it has statistics.
_OWNERS = """
SELECT w.kind, w.value, i.customer_id
FROM json_to_recordset(%(wanted)s::json) AS w(kind text, value text)
CROSS JOIN LATERAL (
  SELECT customer_id FROM customers_identity
  WHERE tenant_id = %(tenant)s AND kind = w.kind AND value = w.value LIMIT 1
) i
"""
_KNOWN_IDS = """
SELECT customer_id, kind, value FROM customers_identity
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(ids)s::uuid[])
  AND kind IN ('member_no', 'external')
"""
_CLAIM = """
INSERT INTO customers_identity (tenant_id, kind, value, customer_id, at)
SELECT %(tenant)s, kind, value, customer_id, %(at)s
FROM json_to_recordset(%(claims)s::json) AS r(kind text, value text, customer_id uuid)
ORDER BY kind, value
ON CONFLICT DO NOTHING
"""
_FIELDS = """
  id uuid, unit_path text, name text, kind text, level text, points bigint, member_no text,
  phone text, email text, language text, gender text, birthday date, city text, address jsonb,
  company text, joined_at timestamptz, consents text[], extra jsonb, words text
"""
_INSERT = f"""
INSERT INTO customers_customer
  (tenant_id, id, unit_path, name, kind, level, points, member_no, phone, phone_last4, email,
   language, gender, birthday, city, address, company, joined_at, consents, extra, updated_at,
   words)
SELECT %(tenant)s, id, coalesce(nullif(unit_path, ''), '/'), name, coalesce(kind, 'shopper'),
  coalesce(nullif(level, ''), 'basic'), coalesce(points, 0), member_no, phone, right(phone, 4),
  email, coalesce(nullif(language, ''), 'zh-CN'), gender, birthday, city, address, company,
  coalesce(joined_at, %(at)s), consents, extra, %(at)s,
  array_to_tsvector(string_to_array(words, ' '))
FROM json_to_recordset(%(rows)s::json) AS r({_FIELDS})
"""
_UPDATE = f"""
WITH r AS (
  SELECT c.id, coalesce(nullif(r.unit_path, ''), c.unit_path) AS unit_path,
    coalesce(nullif(r.name, ''), c.name) AS name, coalesce(r.kind, c.kind) AS kind,
    coalesce(nullif(r.level, ''), c.level) AS level, coalesce(r.points, c.points) AS points,
    coalesce(nullif(r.member_no, ''), c.member_no) AS member_no,
    coalesce(nullif(r.phone, ''), c.phone) AS phone,
    coalesce(nullif(r.email, ''), c.email) AS email,
    coalesce(nullif(r.language, ''), c.language) AS language,
    coalesce(nullif(r.gender, ''), c.gender) AS gender,
    coalesce(r.birthday, c.birthday) AS birthday, coalesce(nullif(r.city, ''), c.city) AS city,
    CASE WHEN r.address = '{{}}'::jsonb THEN c.address ELSE r.address END AS address,
    coalesce(nullif(r.company, ''), c.company) AS company,
    coalesce(r.joined_at, c.joined_at) AS joined_at,
    c.extra || r.extra AS extra,
    CASE WHEN r.words = '' THEN c.words
      ELSE array_to_tsvector(string_to_array(r.words, ' ')) END AS words
  FROM json_to_recordset(%(rows)s::json) AS r({_FIELDS})
  JOIN customers_customer c ON c.tenant_id = %(tenant)s AND c.id = r.id
)
UPDATE customers_customer c SET
  version = c.version + 1, updated_at = %(at)s, unit_path = r.unit_path, name = r.name,
  kind = r.kind, level = r.level, points = r.points, member_no = r.member_no, phone = r.phone,
  phone_last4 = right(r.phone, 4), email = r.email, language = r.language, gender = r.gender,
  birthday = r.birthday, city = r.city, address = r.address, company = r.company,
  joined_at = r.joined_at, extra = r.extra, words = r.words
FROM r WHERE c.tenant_id = %(tenant)s AND c.id = r.id
  AND (c.unit_path, c.name, c.kind, c.level, c.points, c.member_no, c.phone, c.email, c.language,
       c.gender, c.birthday, c.city, c.address, c.company, c.joined_at, c.extra)
    IS DISTINCT FROM
      (r.unit_path, r.name, r.kind, r.level, r.points, r.member_no, r.phone, r.email, r.language,
       r.gender, r.birthday, r.city, r.address, r.company, r.joined_at, r.extra)
"""
_CONSENTED = """
INSERT INTO customers_consent (tenant_id, customer_id, purpose, granted, source, at)
SELECT %(tenant)s, id, unnest(consents), true, 'import', %(at)s
FROM json_to_recordset(%(rows)s::json) AS r(id uuid, consents text[])
"""
_COLUMNS = """
  id, version, unit_path, name, kind, level, points, member_no, phone, phone_last4, email,
  language, gender, birthday, city, address, company, joined_at, consents, absorbed,
  merged_into, extra, updated_at
"""
_GET = f"""
SELECT {_COLUMNS} FROM customers_customer WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_BY_IDENTITY = """
SELECT customer_id FROM customers_identity
WHERE tenant_id = %(tenant)s AND kind = %(kind)s AND value = %(value)s
"""
_IDENTITIES = """
SELECT kind, value FROM customers_identity
WHERE tenant_id = %(tenant)s AND customer_id = %(id)s ORDER BY kind, value
"""
_CONSENT = """
INSERT INTO customers_consent (tenant_id, customer_id, purpose, granted, source, at)
VALUES (%(tenant)s, %(id)s, %(purpose)s, %(granted)s, %(source)s, %(at)s)
"""
_SET_CONSENT = """
UPDATE customers_customer SET version = version + 1, updated_at = %(at)s,
  consents = CASE WHEN %(granted)s THEN array_append(consents, %(purpose)s)
                  ELSE array_remove(consents, %(purpose)s) END
WHERE tenant_id = %(tenant)s AND id = %(id)s AND (%(purpose)s = ANY(consents)) <> %(granted)s
"""
_CONSENTS = """
SELECT purpose, granted, source, at FROM customers_consent
WHERE tenant_id = %(tenant)s AND customer_id = %(id)s ORDER BY id DESC LIMIT 200
"""
_AUDIT = """
INSERT INTO customers_audit (tenant_id, customer_id, at, actor, verb, details)
VALUES (%(tenant)s, %(id)s, %(at)s, %(actor)s, %(verb)s, %(details)s::jsonb)
"""
_MERGE = """
INSERT INTO customers_merge (tenant_id, id, kept, absorbed, moved, before, by, reason, at)
VALUES (%(tenant)s, %(id)s, %(kept)s, %(absorbed)s, %(moved)s::jsonb, %(before)s::jsonb,
  %(by)s, %(reason)s, %(at)s)
"""
_GET_MERGE = "SELECT * FROM customers_merge WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE"
_MERGES = """
SELECT m.*, c.name FROM customers_merge m
LEFT JOIN customers_customer c ON c.tenant_id = m.tenant_id AND c.id = m.absorbed
WHERE m.tenant_id = %(tenant)s AND (m.kept = %(id)s OR m.absorbed = %(id)s)
ORDER BY m.at DESC, m.id DESC
"""
_UNDONE = """
UPDATE customers_merge SET undone_at = %(at)s, undone_by = %(by)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_MOVE = """
UPDATE customers_identity i SET customer_id = %(to)s
FROM json_to_recordset(%(moved)s::json) AS r(kind text, value text)
WHERE i.tenant_id = %(tenant)s AND i.kind = r.kind AND i.value = r.value
  AND i.customer_id = %(from)s
"""
_MARK = """
UPDATE customers_customer SET merged_into = %(into)s, version = version + 1, updated_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""


def _given(ctx: Ctx, **more: Any) -> dict[str, Any]:
    return {"tenant": ctx.scope.tenant, "at": ctx.now(), **more}


def _pairs(identities: Iterable[Identity]) -> str:
    return storable([{"kind": one.kind, "value": one.value} for one in identities])


async def owners(ctx: Ctx, identities: Iterable[Identity]) -> dict[Identity, CustomerId]:
    """Who has which of the identities."""
    rows = await ctx.uow.rows(_OWNERS, _given(ctx, wanted=_pairs(identities)))
    return {Identity(IdentityKind(r.kind), r.value): CustomerId(r.customer_id) for r in rows}


async def known_ids(
    ctx: Ctx, ids: Iterable[CustomerId]
) -> dict[CustomerId, dict[IdentityKind, str]]:
    """The known ids of customers."""
    found: dict[CustomerId, dict[IdentityKind, str]] = {}
    for row in await ctx.uow.rows(_KNOWN_IDS, _given(ctx, ids=list(ids))):
        found.setdefault(CustomerId(row.customer_id), {})[IdentityKind(row.kind)] = row.value
    return found


async def claim(ctx: Ctx, claims: Sequence[tuple[Identity, CustomerId]]) -> bool:
    """Give identities to customers; false when somebody else was faster with one of them."""
    rows = [{"kind": i.kind, "value": i.value, "customer_id": c} for i, c in claims]
    return await ctx.uow.run(_CLAIM, _given(ctx, claims=storable(rows))) == len(claims)


async def insert(ctx: Ctx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new customers, and the consents that they come with."""
    await ctx.uow.run(_INSERT, _given(ctx, rows=storable(rows)))
    consented = [{"id": r["id"], "consents": r["consents"]} for r in rows if r["consents"]]
    if consented:
        await ctx.uow.run(_CONSENTED, _given(ctx, rows=storable(consented)))


async def update(ctx: Ctx, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write what is new about known customers; returns how many truly changed."""
    return await ctx.uow.run(_UPDATE, _given(ctx, rows=storable(rows)))


async def get(
    ctx: Ctx, customer_id: UUID, *, lock: bool = False
) -> tuple[Customer, UUID | None] | None:
    """One record, and the customer that it was merged into."""
    statement = _GET + " FOR UPDATE" if lock else _GET
    row = await ctx.uow.row(statement, _given(ctx, id=customer_id))
    return (_customer(row), row.merged_into) if row else None


async def owner(ctx: Ctx, identity: Identity) -> CustomerId | None:
    """Who has an identity."""
    given = _given(ctx, kind=identity.kind, value=identity.value)
    row = await ctx.uow.row(_BY_IDENTITY, given)
    return CustomerId(row.customer_id) if row else None


async def identities(ctx: Ctx, customer_id: UUID) -> tuple[Identity, ...]:
    """All identities of a customer."""
    rows = await ctx.uow.rows(_IDENTITIES, _given(ctx, id=customer_id))
    return tuple(Identity(IdentityKind(row.kind), row.value) for row in rows)


async def set_consent(ctx: Ctx, customer_id: UUID, line: ConsentLine) -> bool:
    """Keep a yes or no with its source; says whether it changed anything."""
    given = _given(ctx, id=customer_id, purpose=line.purpose, granted=line.granted,
                   source=line.source)
    await ctx.uow.run(_CONSENT, given)
    return await ctx.uow.run(_SET_CONSENT, given) == 1


async def consents(ctx: Ctx, customer_id: UUID) -> tuple[ConsentLine, ...]:
    """What a customer said, newest first."""
    rows = await ctx.uow.rows(_CONSENTS, _given(ctx, id=customer_id))
    return tuple(ConsentLine(Purpose(r.purpose), r.granted, r.source, r.at) for r in rows)


async def change(
    ctx: Ctx, customer_id: UUID, version: int | None, fields: Mapping[str, Any]
) -> bool:
    """Set columns, by compare-and-set when a version is given. Names come from the rules."""
    parts = [f"{name} = %({name})s{_CASTS.get(name, '')}" for name in fields]
    if "words" in fields:
        parts[list(fields).index("words")] = (
            "words = array_to_tsvector(string_to_array(%(words)s, ' '))"
        )
    values = {k: storable(v) if k in ("address", "extra") else v for k, v in fields.items()}
    statement = (
        "UPDATE customers_customer SET version = version + 1, updated_at = %(at)s, "
        f"{', '.join(parts)} WHERE tenant_id = %(tenant)s AND id = %(id)s "
        "AND (%(version)s::bigint IS NULL OR version = %(version)s)"
    )
    given = _given(ctx, id=customer_id, version=version, **values)
    return await ctx.uow.run(statement, given) == 1


_CASTS = {"address": "::jsonb", "extra": "::jsonb", "birthday": "::date", "absorbed": "::uuid[]"}


async def audit(ctx: Ctx, customer_id: UUID, actor: str, verb: str, details: Any) -> None:
    """One line of who did what."""
    await ctx.uow.run(
        _AUDIT, _given(ctx, id=customer_id, actor=actor, verb=verb, details=storable(details))
    )


async def keep_merge(
    ctx: Ctx, merge: Merge, moved: Iterable[Identity], before: Mapping[str, Any]
) -> None:
    """Move the identities, mark the absorbed record, and keep what an undo needs."""
    pairs = _pairs(moved)
    await ctx.uow.run(
        _MERGE,
        _given(ctx, id=merge.id, kept=merge.kept, absorbed=merge.absorbed, moved=pairs,
               before=storable(before), by=merge.by, reason=merge.reason),
    )
    await move(ctx, merge.absorbed, merge.kept, pairs)
    await mark(ctx, merge.absorbed, merge.kept)


async def move(ctx: Ctx, giver: UUID, taker: UUID, pairs: str) -> None:
    """Give those of the identities that ``giver`` still has to ``taker``."""
    await ctx.uow.run(_MOVE, {"tenant": ctx.scope.tenant, "from": giver, "to": taker,
                              "moved": pairs})


async def mark(ctx: Ctx, customer_id: UUID, into: UUID | None) -> None:
    """Say where a record lives on, or that it is its own again."""
    await ctx.uow.run(_MARK, _given(ctx, id=customer_id, into=into))


async def get_merge(ctx: Ctx, merge_id: UUID) -> tuple[Merge, str, dict[str, Any]] | None:
    """A merge, locked, with the identities that it moved (JSON) and the fields it filled."""
    row = await ctx.uow.row(_GET_MERGE, _given(ctx, id=merge_id))
    return (_merge(row), storable(row.moved), row.before) if row else None


async def merges(ctx: Ctx, customer_id: UUID) -> tuple[Merge, ...]:
    """The merges of a customer, newest first."""
    rows = await ctx.uow.rows(_MERGES, _given(ctx, id=customer_id))
    return tuple(_merge(row) for row in rows)


async def undone(ctx: Ctx, merge_id: UUID, by: str) -> None:
    """Note that a merge was taken back."""
    await ctx.uow.run(_UNDONE, _given(ctx, id=merge_id, by=by))


async def find(ctx: Ctx, text: Wanted, limit: int) -> tuple[Customer, ...]:
    """Customers that a search text can mean, exact identities first."""
    exact = list((await owners(ctx, text.identities)).values()) if text.identities else []
    given = _given(
        ctx, exact=exact, last4=text.digits[-4:], limit=limit,
        suffix=f"%{text.digits}", prefix=f"{text.digits}%",
        name=search_query(text.name) if text.name else "",
    )
    statement = (
        f"SELECT {_COLUMNS} FROM customers_customer c "
        "WHERE tenant_id = %(tenant)s AND merged_into IS NULL AND ("
        f"{_meant(text)}) ORDER BY (id = ANY(%(exact)s::uuid[])) DESC, joined_at DESC, id LIMIT %(limit)s"
    )
    return tuple(_customer(row) for row in await ctx.uow.rows(statement, given))


def _meant(text: Wanted) -> str:
    clauses = ["id = ANY(%(exact)s::uuid[])"]
    if len(text.digits) >= 4:
        clauses.append("(phone_last4 = %(last4)s AND phone LIKE %(suffix)s)")
        clauses.append("member_no LIKE %(prefix)s")
    if text.name and search_query(text.name):
        clauses.append("words @@ %(name)s::tsquery")
    return " OR ".join(clauses)


async def page(ctx: Ctx, search: Search) -> Page[Customer]:
    """Customers whose home is within reach, newest first."""
    clauses = ["tenant_id = %(tenant)s", "merged_into IS NULL", "unit_path LIKE %(path)s"]
    given = _given(ctx, path=f"{ctx.scope.path}%", limit=search.limit + 1, kind=search.kind,
                   level=search.level)
    if search.kind:
        clauses.append("kind = %(kind)s")
    if search.level:
        clauses.append("level = %(level)s")
    if search.cursor:
        at, last_id = decode_cursor(search.cursor, datetime, UUID)
        given |= {"joined": at, "last": last_id}
        clauses.append("(joined_at, id) < (%(joined)s::timestamptz, %(last)s::uuid)")
    rows = await ctx.uow.rows(
        f"SELECT {_COLUMNS} FROM customers_customer WHERE {' AND '.join(clauses)} "
        "ORDER BY joined_at DESC, id DESC LIMIT %(limit)s",
        given,
    )
    items = tuple(_customer(row) for row in rows[: search.limit])
    if len(rows) <= search.limit:
        return Page(items)
    return Page(items, encode_cursor(items[-1].joined_at, items[-1].id))


def _customer(row: Any) -> Customer:
    return Customer(
        id=CustomerId(row.id), version=row.version, unit_path=row.unit_path, name=row.name,
        kind=Kind(row.kind), level=row.level, points=row.points, member_no=row.member_no,
        phone=row.phone, phone_last4=row.phone_last4, email=row.email, language=row.language,
        gender=row.gender, birthday=row.birthday, city=row.city, address=row.address,
        company=row.company, joined_at=row.joined_at, consents=frozenset(row.consents),
        absorbed=tuple(CustomerId(one) for one in row.absorbed), extra=row.extra,
        updated_at=row.updated_at,
    )


def _merge(row: Any) -> Merge:
    return Merge(
        id=MergeId(row.id), kept=CustomerId(row.kept), absorbed=CustomerId(row.absorbed),
        by=row.by, reason=row.reason, at=row.at, undone_at=row.undone_at,
        absorbed_name=getattr(row, "name", None) or "",
    )
