"""The nouns of a channel that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.ids import TenantId

AccountId = NewType("AccountId", UUID)
VisitorId = NewType("VisitorId", UUID)

WEB = "web"
ANY_ORIGIN = "*"


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A chip of the widget; ``value`` is sent as a text, or is one of its ``action:…`` words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the widget says first, in one language."""

    text: str = ""
    quick_replies: tuple[QuickReply, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator says about an account.

    ``allowed_origins`` are exact (scheme, host, port); ``*`` admits any and is for demo groups
    only. ``admits_apps`` lets in requests that name no origin, as native apps send them.
    ``hours`` are the catalogue's, as JSON, and win over those of the place; empty: the place's.
    """

    kind: str
    name: str
    unit_path: str = "/"
    allowed_origins: tuple[str, ...] = ()
    admits_apps: bool = False
    greetings: Mapping[str, Greeting] = field(default_factory=dict)
    hours: Mapping[str, Any] = field(default_factory=dict)
    hours_text: str = ""
    callback_url: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """One way in: a widget on a shop's page, or another system's hook. ``key`` is public."""

    id: AccountId
    tenant: TenantId
    key: str
    version: int
    profile: Profile

    @property
    def kind(self) -> str:
        return self.profile.kind

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def unit_path(self) -> str:
        return self.profile.unit_path


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret; two are active, so that the other side can change over in peace."""

    value: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """Which tenant a public key leads to."""

    tenant: TenantId
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone on the other side of an account; a customer once that is proven.

    ``external_id`` is the name under which another system knows them.
    """

    id: VisitorId
    account_id: AccountId
    external_id: str | None = None
    customer_id: UUID | None = None
    proven: bool = False
    name: str = ""
    level: str = ""
    kind: str = "shopper"


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor at an account, now: everything that a message needs, from one read."""

    visitor: Visitor
    account: Account
    expires_at: datetime
    locale: str = "zh-CN"
    unit_path: str = "/"
    page: Mapping[str, Any] = field(default_factory=dict)

    @property
    def visitor_id(self) -> VisitorId:
        return self.visitor.id

    @property
    def customer_id(self) -> UUID | None:
        return self.visitor.customer_id

    @property
    def proven(self) -> bool:
        return self.visitor.proven

    @property
    def name(self) -> str:
        return self.visitor.name

    @property
    def level(self) -> str:
        return self.visitor.level


@dataclass(frozen=True, slots=True)
class Entry:
    """What the widget says when it opens: who it was, whom the shop names, where it stands."""

    visitor_token: str = ""
    customer_token: str = ""
    locale: str = "zh-CN"
    page: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entered:
    """A session was opened; ``token`` is told once and kept only as a hash."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Hours:
    """Whether people are there now, and the hours in words."""

    open_now: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a try to prove an identity ended; never why. Not heard at all: wait that long."""

    proven: bool
    retry_after_s: int = 0
    visitor: Visitor | None = None


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A one-time code that is to leave after the commit. Empty when tries are used up."""

    address: str
    code: str
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of an answer, as its reader sees it."""

    id: UUID
    title: str
    text: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """An account whose messages do not get out: ``failed`` for good, ``waiting`` for a next try."""

    account_id: AccountId
    name: str
    failed: int
    waiting: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a visitor or a member has sent in; ``kind`` is ``image`` or ``file``."""

    blob: str
    name: str
    size: int
    media_type: str

    @property
    def kind(self) -> str:
        return "image" if self.media_type.startswith("image/") else "file"
