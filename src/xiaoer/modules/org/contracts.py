"""The nouns of the organisation that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from xiaoer.kit.ids import MemberId, TenantId, UnitId

SkillGroupId = NewType("SkillGroupId", UUID)


class UnitKind(StrEnum):
    """The levels of the tree; counters stand under a store."""

    GROUP = "group"
    FORMAT = "format"
    STORE = "store"
    COUNTER = "counter"


class Role(StrEnum):
    """What a member is; each brings permissions (see ``rules.PERMISSIONS``)."""

    ADMINISTRATOR = "administrator"
    EXECUTIVE = "executive"
    LEAD = "lead"
    AGENT = "agent"
    GUIDE = "guide"
    EDITOR = "editor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A merchant group on this installation. ``demo``: invented, with published passwords."""

    id: TenantId
    slug: str
    name: str
    demo: bool


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A place in the tree; ``path`` such as ``/dept/bj01/``, the group itself is ``/``."""

    id: UnitId
    path: str
    kind: UnitKind
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be. ``password_hash`` is made by :func:`org.hash_password`; empty: cannot sign
    in. ``functions`` name what an owner answers for, such as ``logistics``."""

    login: str
    name: str
    roles: frozenset[Role]
    unit_path: str = "/"
    functions: tuple[str, ...] = ()
    password_hash: str = ""


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """A member as colleagues see them."""

    id: MemberId
    login: str
    name: str
    roles: frozenset[Role]
    unit_path: str
    functions: tuple[str, ...]
    active: bool
    locale: str
    version: int


@dataclass(frozen=True, slots=True)
class SkillGroup:
    """People who can take the same kind of conversation."""

    id: SkillGroupId
    code: str
    name: str
    name_en: str
    members: tuple[MemberId, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was opened; ``token`` is told once and kept only as a hash."""

    token: str
    member: MemberProfile
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are; an unknown login has no hash. ``proven``: the password fits.

    ``address``: where the try comes from; empty when nobody knows.
    """

    login: str
    password_hash: str
    address: str = ""
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong login or password, or too many tries: wait that long."""

    retry_after_s: int


@dataclass(frozen=True, slots=True)
class Session:
    """Who a session token belongs to."""

    member: MemberProfile
    permissions: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What an administrator changes; ``None`` leaves a field as it is."""

    name: str | None = None
    roles: frozenset[Role] | None = None
    unit_path: str | None = None
    active: bool | None = None
    password: str | None = None


Names = Mapping[str, str]
