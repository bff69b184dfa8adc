"""Every query of the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.ids import MemberId, TenantId, UnitId
from xiaoer.modules.org.contracts import (
    MemberProfile,
    NewMember,
    OrgUnit,
    Role,
    SkillGroup,
    SkillGroupId,
    Tenant,
    UnitKind,
)
from xiaoer.ports.ctx import Ctx

_CREDENTIALS = "SELECT * FROM org_member WHERE tenant_id = %(tenant)s AND login = %(login)s"
_LOCK_TRIES = """
INSERT INTO org_sign_in_try AS t (tenant_id, subject, failures, since)
VALUES (%(tenant)s, %(subject)s, 0, %(at)s)
ON CONFLICT (tenant_id, subject) DO UPDATE SET
  failures = CASE WHEN t.since <= %(expired)s THEN 0 ELSE t.failures END,
  retry_at = CASE WHEN t.since <= %(expired)s THEN NULL ELSE t.retry_at END,
  since = CASE WHEN t.since <= %(expired)s THEN %(at)s ELSE t.since END
RETURNING failures, retry_at
"""
_SWEEP_TRIES = """
DELETE FROM org_sign_in_try WHERE tenant_id = %(tenant)s AND subject IN (
  SELECT subject FROM org_sign_in_try WHERE tenant_id = %(tenant)s AND since <= %(before)s
  LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
_MEMBER = "id, login, name, roles, unit_path, functions, active, locale, version"


async def tenant_by_slug(ctx: Ctx, slug: str) -> Tenant | None:
    """A group by its short name."""
    row = await ctx.uow.row("SELECT * FROM org_tenant WHERE slug = %(slug)s", {"slug": slug})
    return _tenant(row) if row else None


async def tenant_by_id(ctx: Ctx, tenant_id: UUID) -> Tenant | None:
    """A group by its id."""
    row = await ctx.uow.row("SELECT * FROM org_tenant WHERE id = %(id)s", {"id": tenant_id})
    return _tenant(row) if row else None


async def tenants(ctx: Ctx) -> list[Tenant]:
    """All groups of the installation, oldest first."""
    rows = await ctx.uow.rows("SELECT * FROM org_tenant ORDER BY created_at, id")
    return [_tenant(row) for row in rows]


async def add_tenant(ctx: Ctx, tenant: Tenant) -> bool:
    """Register a group; false when its slug is taken."""
    return (
        await ctx.uow.run(
            "INSERT INTO org_tenant (id, slug, name, demo, created_at) "
            "VALUES (%(id)s, %(slug)s, %(name)s, %(demo)s, %(at)s) ON CONFLICT DO NOTHING",
            {
                "id": tenant.id,
                "slug": tenant.slug,
                "name": tenant.name,
                "demo": tenant.demo,
                "at": ctx.now(),
            },
        )
        == 1
    )


async def put_units(ctx: Ctx, units: Sequence[OrgUnit]) -> None:
    """Add places, or rename those that exist."""
    await ctx.uow.run(
        "INSERT INTO org_unit (tenant_id, id, path, kind, name, name_en) "
        "SELECT %(tenant)s, * FROM unnest(%(ids)s::uuid[], %(paths)s::text[], %(kinds)s::text[],"
        " %(names)s::text[], %(names_en)s::text[]) "
        "ON CONFLICT (tenant_id, path) DO UPDATE SET name = excluded.name,"
        " name_en = excluded.name_en, kind = excluded.kind",
        {
            "tenant": ctx.scope.tenant,
            "ids": [u.id for u in units],
            "paths": [u.path for u in units],
            "kinds": [str(u.kind) for u in units],
            "names": [u.name for u in units],
            "names_en": [u.name_en for u in units],
        },
    )


async def units(ctx: Ctx) -> list[OrgUnit]:
    """The tree within reach, and the ancestors of one's own place."""
    rows = await ctx.uow.rows(
        "SELECT * FROM org_unit WHERE tenant_id = %(tenant)s "
        "AND (path LIKE %(below)s OR %(path)s LIKE path || '%%') ORDER BY path",
        {"tenant": ctx.scope.tenant, "path": ctx.scope.path, "below": f"{ctx.scope.path}%"},
    )
    return [OrgUnit(UnitId(r.id), r.path, UnitKind(r.kind), r.name, r.name_en) for r in rows]


async def add_members(ctx: Ctx, members: Sequence[tuple[MemberId, NewMember]]) -> int:
    """Insert; those whose login is taken are left out of the count."""
    added = 0
    for member_id, new in members:
        added += await ctx.uow.run(
            "INSERT INTO org_member (tenant_id, id, login, name, roles, unit_path, functions,"
            " password_hash, created_at) VALUES (%(tenant)s, %(id)s, %(login)s, %(name)s,"
            " %(roles)s::text[], %(path)s, %(functions)s::text[], %(hash)s, %(at)s)"
            " ON CONFLICT DO NOTHING",
            {
                "tenant": ctx.scope.tenant,
                "id": member_id,
                "login": new.login,
                "name": new.name,
                "roles": sorted(new.roles),
                "path": new.unit_path,
                "functions": list(new.functions),
                "hash": new.password_hash,
                "at": ctx.now(),
            },
        )
    return added


async def members(ctx: Ctx, *, active_only: bool = False) -> list[MemberProfile]:
    """Members whose place is within reach."""
    rows = await ctx.uow.rows(
        f"SELECT {_MEMBER} FROM org_member WHERE tenant_id = %(tenant)s "
        "AND unit_path LIKE %(path)s AND (active OR NOT %(active)s) ORDER BY unit_path, name",
        {"tenant": ctx.scope.tenant, "path": f"{ctx.scope.path}%", "active": active_only},
    )
    return [_member(row) for row in rows]


async def member(ctx: Ctx, member_id: UUID) -> MemberProfile | None:
    """One member within reach."""
    row = await ctx.uow.row(
        f"SELECT {_MEMBER} FROM org_member WHERE tenant_id = %(tenant)s AND id = %(id)s "
        "AND unit_path LIKE %(path)s",
        {"tenant": ctx.scope.tenant, "id": member_id, "path": f"{ctx.scope.path}%"},
    )
    return _member(row) if row else None


async def credentials(ctx: Ctx, login: str, *, lock: bool = False) -> Any | None:
    """The member's row with hash and back-off, locked until the commit on demand."""
    statement = _CREDENTIALS + " FOR UPDATE" if lock else _CREDENTIALS
    return await ctx.uow.row(statement, {"tenant": ctx.scope.tenant, "login": login})


async def retries(ctx: Ctx, subjects: Iterable[str]) -> list[datetime | None]:
    """When each of the subjects that has failed may be tried again."""
    rows = await ctx.uow.rows(
        "SELECT retry_at FROM org_sign_in_try "
        "WHERE tenant_id = %(tenant)s AND subject = ANY(%(subjects)s::text[])",
        {"tenant": ctx.scope.tenant, "subjects": list(subjects)},
    )
    return [row.retry_at for row in rows]


async def lock_tries(ctx: Ctx, begun_after: Mapping[str, datetime]) -> dict[str, Any]:
    """The count of each subject, locked until the commit; one that began earlier begins anew."""
    tries: dict[str, Any] = {}
    for subject in sorted(begun_after):  # one order for all, so that nobody waits in a ring
        given = {
            "tenant": ctx.scope.tenant,
            "subject": subject,
            "at": ctx.now(),
            "expired": begun_after[subject],
        }
        tries[subject] = await ctx.uow.row(_LOCK_TRIES, given)
    return tries


async def set_tries(ctx: Ctx, subject: str, failures: int, retry_at: datetime | None) -> None:
    """Keep the count of failed sign-ins."""
    await ctx.uow.run(
        "UPDATE org_sign_in_try SET failures = %(failures)s, retry_at = %(retry)s "
        "WHERE tenant_id = %(tenant)s AND subject = %(subject)s",
        {
            "tenant": ctx.scope.tenant,
            "subject": subject,
            "failures": failures,
            "retry": retry_at,
        },
    )


async def forget_tries(ctx: Ctx, subject: str) -> None:
    """Forget the failures of a subject."""
    await ctx.uow.run(
        "DELETE FROM org_sign_in_try WHERE tenant_id = %(tenant)s AND subject = %(subject)s",
        {"tenant": ctx.scope.tenant, "subject": subject},
    )


async def sweep_tries(ctx: Ctx, before: datetime) -> None:
    """Forget some counts that began by ``before`` and that nobody holds."""
    await ctx.uow.run(_SWEEP_TRIES, {"tenant": ctx.scope.tenant, "before": before})


async def change_member(ctx: Ctx, member_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Compare-and-set of name, roles, place, activity, hash and locale."""
    return (
        await ctx.uow.run(
            "UPDATE org_member SET version = version + 1,"
            " name = COALESCE(%(name)s, name), roles = COALESCE(%(roles)s::text[], roles),"
            " unit_path = COALESCE(%(unit_path)s, unit_path),"
            " active = COALESCE(%(active)s, active),"
            " password_hash = COALESCE(%(password_hash)s, password_hash),"
            " locale = COALESCE(%(locale)s, locale)"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s",
            {
                "tenant": ctx.scope.tenant,
                "id": member_id,
                "version": version,
                **dict.fromkeys(
                    ("name", "roles", "unit_path", "active", "password_hash", "locale")
                ),
                **values,
            },
        )
        == 1
    )


async def count_administrators(ctx: Ctx) -> int:
    """Active administrators of the whole group."""
    row = await ctx.uow.row(
        "SELECT count(*) AS n FROM org_member WHERE tenant_id = %(tenant)s AND active "
        "AND 'administrator' = ANY(roles)",
        {"tenant": ctx.scope.tenant},
    )
    return int(row.n) if row else 0


async def open_session(ctx: Ctx, hashed: bytes, member_id: UUID, expires_at: datetime) -> None:
    """Keep a session by the hash of its token, and sweep the member's expired ones."""
    given = {
        "tenant": ctx.scope.tenant,
        "hash": hashed,
        "member": member_id,
        "at": ctx.now(),
        "expires": expires_at,
    }
    await ctx.uow.run(
        "DELETE FROM org_session WHERE tenant_id = %(tenant)s AND member_id = %(member)s "
        "AND expires_at < %(at)s",
        given,
    )
    await ctx.uow.run(
        "INSERT INTO org_session (tenant_id, token_hash, member_id, created_at, expires_at) "
        "VALUES (%(tenant)s, %(hash)s, %(member)s, %(at)s, %(expires)s)",
        given,
    )


async def session(ctx: Ctx, hashed: bytes) -> tuple[MemberProfile, datetime] | None:
    """The active member behind a session that has not expired."""
    row = await ctx.uow.row(
        "SELECT m.id, m.login, m.name, m.roles, m.unit_path, m.functions, m.active, m.locale,"
        " m.version, s.expires_at FROM org_session s"
        " JOIN org_member m ON m.tenant_id = s.tenant_id AND m.id = s.member_id"
        " WHERE s.tenant_id = %(tenant)s AND s.token_hash = %(hash)s AND m.active"
        " AND s.expires_at > %(at)s",
        {"tenant": ctx.scope.tenant, "hash": hashed, "at": ctx.now()},
    )
    return (_member(row), row.expires_at) if row else None


async def close_sessions(
    ctx: Ctx, *, hashed: bytes | None = None, member_id: UUID | None = None
) -> None:
    """End one session, or all of a member."""
    await ctx.uow.run(
        "DELETE FROM org_session WHERE tenant_id = %(tenant)s "
        "AND (token_hash = %(hash)s::bytea OR member_id = %(member)s::uuid)",
        {"tenant": ctx.scope.tenant, "hash": hashed, "member": member_id},
    )


async def put_skill_group(ctx: Ctx, group: SkillGroup) -> None:
    """Add or rename a group, and set exactly these members."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": group.id,
        "code": group.code,
        "name": group.name,
        "name_en": group.name_en,
        "members": list(group.members),
    }
    await ctx.uow.run(
        "INSERT INTO org_skill_group (tenant_id, id, code, name, name_en) "
        "VALUES (%(tenant)s, %(id)s, %(code)s, %(name)s, %(name_en)s) "
        "ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name,"
        " name_en = excluded.name_en",
        given,
    )
    await ctx.uow.run(
        "DELETE FROM org_skill_member WHERE tenant_id = %(tenant)s AND skill_group_id = %(id)s "
        "AND NOT member_id = ANY(%(members)s::uuid[])",
        given,
    )
    await ctx.uow.run(
        "INSERT INTO org_skill_member (tenant_id, skill_group_id, member_id) "
        "SELECT %(tenant)s, %(id)s, m FROM unnest(%(members)s::uuid[]) m ON CONFLICT DO NOTHING",
        given,
    )


async def skill_groups(ctx: Ctx, member_id: UUID | None = None) -> list[SkillGroup]:
    """All groups with their members, or those of one member."""
    rows = await ctx.uow.rows(
        "SELECT g.id, g.code, g.name, g.name_en,"
        " COALESCE(array_agg(m.member_id) FILTER (WHERE m.member_id IS NOT NULL), '{}') AS members"
        " FROM org_skill_group g LEFT JOIN org_skill_member m"
        " ON m.tenant_id = g.tenant_id AND m.skill_group_id = g.id"
        " WHERE g.tenant_id = %(tenant)s AND (%(member)s::uuid IS NULL OR EXISTS ("
        "  SELECT FROM org_skill_member x WHERE x.tenant_id = g.tenant_id"
        "  AND x.skill_group_id = g.id AND x.member_id = %(member)s))"
        " GROUP BY g.id, g.code, g.name, g.name_en ORDER BY g.code",
        {"tenant": ctx.scope.tenant, "member": member_id},
    )
    return [
        SkillGroup(SkillGroupId(r.id), r.code, r.name, r.name_en, tuple(r.members)) for r in rows
    ]


def _tenant(row: Any) -> Tenant:
    return Tenant(TenantId(row.id), row.slug, row.name, row.demo)


def _member(row: Any) -> MemberProfile:
    return MemberProfile(
        MemberId(row.id),
        row.login,
        row.name,
        frozenset(Role(r) for r in row.roles),
        row.unit_path,
        tuple(row.functions),
        row.active,
        row.locale,
        row.version,
    )
