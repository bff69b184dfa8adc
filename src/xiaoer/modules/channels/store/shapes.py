"""Rows to nouns and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from xiaoer.kit.ids import TenantId
from xiaoer.modules.channels.contracts import (
    Account,
    AccountId,
    Greeting,
    Profile,
    QuickReply,
    Secret,
    Visitor,
    VisitorId,
)


def dumps(value: Any) -> str:
    """JSON text for a ``jsonb`` parameter."""
    return orjson.dumps(value).decode()


def account(row: Any) -> Account:
    """A row of the account table, without its secrets."""
    profile = Profile(
        kind=row.kind,
        name=row.name,
        unit_path=row.unit_path,
        allowed_origins=tuple(row.allowed_origins),
        admits_apps=row.admits_apps,
        greetings={lang: _greeting(said) for lang, said in row.greetings.items()},
        hours=row.hours,
        hours_text=row.hours_text,
        callback_url=row.callback_url,
        active=row.active,
    )
    return Account(AccountId(row.id), TenantId(row.tenant_id), row.key, row.version, profile)


def _greeting(said: Mapping[str, Any]) -> Greeting:
    return Greeting(said["text"], tuple(QuickReply(**reply) for reply in said["quick_replies"]))


def greetings_json(profile: Profile) -> dict[str, Any]:
    """The greetings as stored and as the interface shows them."""
    return {
        lang: {
            "text": said.text,
            "quick_replies": [{"label": r.label, "value": r.value} for r in said.quick_replies],
        }
        for lang, said in profile.greetings.items()
    }


def columns(profile: Profile) -> dict[str, Any]:
    """A profile as parameters."""
    return {
        "kind": profile.kind,
        "name": profile.name,
        "unit_path": profile.unit_path,
        "allowed_origins": list(profile.allowed_origins),
        "admits_apps": profile.admits_apps,
        "greetings": dumps(greetings_json(profile)),
        "hours": dumps(dict(profile.hours)),
        "hours_text": profile.hours_text,
        "callback_url": profile.callback_url,
        "active": profile.active,
    }


def secrets(rows: Any) -> tuple[Secret, ...]:
    """The active secrets, newest first."""
    return tuple(
        Secret(one["value"], datetime.fromisoformat(one["created_at"])) for one in rows
    )


def visitor(row: Any) -> Visitor:
    """A row of the visitor table."""
    return Visitor(
        VisitorId(row.id),
        row.account_id,
        row.external_id,
        row.customer_id,
        row.proven,
        row.name,
        row.level,
        row.kind,
    )
