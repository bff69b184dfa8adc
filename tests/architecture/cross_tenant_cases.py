"""What a stranger from another group tries at every route and every live frame.

The harness fails for a route or frame without a case here. ``NEVER``: the id of the other group is
in the address, and the answer is 404 whatever the body. ``OWN``: the route knows no id of others;
whatever it answers holds nothing of the other group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """Expected statuses, the body, and how the caller comes in."""

    statuses: frozenset[int]
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    token: bool = False


def never(**body: Any) -> Case:
    return Case(frozenset({404}), body or None)


def own(*statuses: int, query: dict[str, Any] | None = None, **body: Any) -> Case:
    return Case(frozenset(statuses or (200,)), body or None, query or {})


def stranger(**body: Any) -> Case:
    """A widget route at the other group's account, with one's own group's token."""
    return Case(frozenset({401, 404}), body or None, token=True)


CONTENT = {"question": "问", "answer": "答"}

CASES: dict[str, Case] = {
    "GET /healthz": own(),
    "GET /readyz": own(),
    "GET /api/operations/dead-letters": own(),
    "GET /api/operations/doctor": own(),
    "POST /api/operations/dead-letters/{fact_id}/replay": never(subscriber="ladder"),
    "POST /api/operations/dead-letters/{fact_id}/discard": never(subscriber="ladder"),
    "POST /api/org/sign-in": own(401, login="agent", password="not-the-password"),
    "POST /api/org/sign-out": own(204),
    "POST /api/org/sign-out-everywhere": own(204),
    "GET /api/org/me": own(),
    "PUT /api/org/me": own(204, locale="en"),
    "PUT /api/org/me/locale": own(204, locale="en"),
    "GET /api/org/units": own(),
    "GET /api/org/members": own(),
    "POST /api/org/members": own(
        201, login="fresh", name="新", roles=["agent"], password="long-enough-1"),
    "PUT /api/org/members/{member_id}": never(version=1, name="改"),
    "GET /api/org/skill-groups": own(),
    "POST /api/org/skill-groups": Case(
        frozenset({404}), {"code": "x", "name": "x", "members": ["{member_id}"]}),
    "GET /api/conversations/{conversation_id}/messages": never(),
    "GET /api/conversations/{conversation_id}/audit": never(),
    "GET /api/desk/conversations": own(query={"view": "all"}),
    "GET /api/desk/conversations/{conversation_id}": never(),
    "POST /api/desk/claim-next": own(200, 204),
    "POST /api/desk/conversations/{conversation_id}/claim": never(version=0),
    "POST /api/desk/conversations/{conversation_id}/release": never(version=0),
    "POST /api/desk/conversations/{conversation_id}/transfer": never(to_member="{member_id}"),
    "POST /api/desk/conversations/{conversation_id}/resolve": never(version=0),
    "POST /api/desk/conversations/{conversation_id}/reopen": never(version=0),
    "POST /api/desk/conversations/{conversation_id}/messages": never(
        client_id="c", parts=[{"kind": "text", "text": "hi"}]),
    "POST /api/desk/conversations/{conversation_id}/notes": never(client_id="c", text="hi"),
    "POST /api/desk/conversations/{conversation_id}/seen": never(seq=1),
    "GET /api/desk/search": own(query={"q": "ZEBRA7"}),
    "GET /api/desk/suggestions": Case(frozenset({404}), query={"conversation": "{conversation_id}"}),
    "GET /api/desk/macros": own(),
    "POST /api/desk/macros": own(201, shortcut="k", text="好"),
    "PUT /api/desk/macros/{macro_id}": Case(
        frozenset({404, 409}), {"shortcut": "k2", "text": "改", "version": 1}),
    "DELETE /api/desk/macros/{macro_id}": never(),
    "GET /api/desk/colleagues": own(),
    "GET /api/desk/presence": own(),
    "PUT /api/desk/presence": own(200, state="online"),
    "PUT /api/desk/colleagues/{member_id}/capacity": never(capacity=3),
    "GET /api/desk/numbers": own(),
    "GET /api/desk/numbers/rows": own(query={"number": "received"}),
    "GET /api/knowledge/entries": own(),
    "POST /api/knowledge/entries": own(201, **CONTENT),
    "GET /api/knowledge/entries/{entry_id}": never(),
    "PUT /api/knowledge/entries/{entry_id}": never(version=1, **CONTENT),
    "POST /api/knowledge/entries/{entry_id}/submit": never(version=1),
    "POST /api/knowledge/entries/{entry_id}/publish": never(version=1),
    "POST /api/knowledge/entries/{entry_id}/retire": never(version=1),
    "POST /api/knowledge/entries/{entry_id}/roll-back": never(version=1),
    "GET /api/knowledge/entries/{entry_id}/versions": never(),
    "POST /api/knowledge/imports": own(422),
    "POST /api/knowledge/consult": own(200, story="ZEBRA7 停车"),
    "PUT /api/knowledge/labels": own(200, text="ZEBRA7 停车", verdict="unknown"),
    "POST /api/knowledge/labels/take-back": own(200, text="ZEBRA7 停车"),
    "GET /api/knowledge/dial": own(),
    "PUT /api/knowledge/dial": own(409, promise=0.1, number=0),
    "POST /api/knowledge/dial/undo": own(409, number=0),
    "GET /api/knowledge/dial/history": own(),
    "GET /api/knowledge/gaps": own(query={"state": ""}),
    "GET /api/knowledge/gaps.csv": own(query={"state": ""}),
    "POST /api/knowledge/gaps/look-again": own(),
    "GET /api/knowledge/gaps/{gap_id}": never(),
    "GET /api/knowledge/gaps/{gap_id}/conversations": never(),
    "POST /api/knowledge/gaps/{gap_id}/dismiss": never(version=1),
    "POST /api/knowledge/gaps/{gap_id}/put-back": never(version=1),
    "POST /api/knowledge/gaps/{gap_id}/draft": never(),
    "GET /api/knowledge/entries/{entry_id}/gap": never(),
    "POST /api/knowledge/entries/{entry_id}/replays": never(),
    "GET /api/knowledge/entries/{entry_id}/replays": never(),
    "POST /api/knowledge/replays/{replay_id}/override": never(reason="because"),
    "POST /api/knowledge/chat": own(200, text="ZEBRA7 停车"),
    "POST /api/knowledge/try": own(200, text="ZEBRA7 停车"),
    "GET /api/customers": own(query={"q": "ZEBRA7"}),
    "GET /api/customers/{customer_id}": never(),
    "PUT /api/customers/{customer_id}": never(version=1, changes={"name": "改"}),
    "POST /api/customers/{customer_id}/merge": never(other="{other_customer}"),
    "POST /api/customers/merges/{merge_id}/undo": never(),
    "POST /api/customers/{customer_id}/consent": never(purpose="marketing", granted=True),
    "GET /api/customers/{customer_id}/orders": never(),
    "GET /api/orders": own(query={"number": "ZEBRA7-1"}),
    "GET /api/orders/{number}": never(),
    "GET /api/aftersales/customers/{customer_id}/cases": never(),
    "GET /api/aftersales/customers/{customer_id}/trail": never(),
    "GET /api/aftersales/terms": own(),
    "PUT /api/aftersales/terms": own(422, version=0, terms={"return_days": 400}),
    "GET /api/catalog/stores": own(),
    "GET /api/catalog/products": own(query={"q": "ZEBRA7"}),
    "GET /api/catalog/products/{code}": never(),
    "GET /api/catalog/products/{code}/traits": never(),
    "PUT /api/catalog/products/{code}/tags": never(tags=[]),
    "GET /api/catalog/answers": Case(frozenset({404}), query={"q": "含坚果吗", "code": "{code}"}),
    "GET /api/catalog/promotions": own(),
    "GET /api/places": own(),
    "POST /api/places": own(201, unit_path="/", name="新"),
    "GET /api/places/{account_id}/code": never(),
    "GET /places/print": own(),
    "GET /scan/{account}": never(),
    "GET /api/recommender/personas": own(),
    "GET /api/recommender/personas/at": own(),
    "GET /api/recommender/personas/history": own(query={"unit": "/"}),
    "PUT /api/recommender/personas": own(200, unit_path="/zebra/", version=0, body={"base": "beauty"}),
    "GET /api/channels/accounts": own(),
    "POST /api/channels/accounts": own(
        201, kind="web", name="新", allowed_origins=["https://example.com"]),
    "GET /api/channels/accounts/{account_id}": never(),
    "PUT /api/channels/accounts/{account_id}": never(
        version=1, kind="web", name="改", allowed_origins=["https://example.com"]),
    "POST /api/channels/accounts/{account_id}/secret": never(),
    "POST /api/channels/accounts/{account_id}/secret/retire": never(),
    "POST /api/channels/conversations/{conversation_id}/messages/{message_id}/send-again": never(),
    "GET /api/channels/troubles": own(),
    "GET /api/blobs/{blob}": never(),
    "POST /api/uploads": own(422),
    "POST /widget/{account}/sessions": own(200, lang="zh-CN"),
    "GET /widget/{account}/messages": stranger(),
    "POST /widget/{account}/messages": stranger(
        client_id="c", parts=[{"kind": "text", "text": "hi"}]),
    "POST /widget/{account}/person": stranger(),
    "POST /widget/{account}/unsolved": stranger(),
    "POST /widget/{account}/rating": stranger(score=5),
    "POST /widget/{account}/leave": stranger(text="hi", contact="1"),
    "POST /widget/{account}/visits": stranger(events=[]),
    "POST /widget/{account}/visits/forget": stranger(),
    "POST /widget/{account}/prove": stranger(order_number="ZEBRA7-1", phone_last4="0001"),
    "POST /widget/{account}/uploads": Case(frozenset({401, 404, 422}), token=True),
    "GET /widget/{account}/blobs/{blob}": stranger(),
    "GET /widget/{account}/sources/{source_id}": stranger(),
    "POST /api/catalog/imports": own(422),
    "POST /api/customers/imports": own(422),
    "POST /api/orders/imports": own(422),
    "POST /hooks/{account}": Case(frozenset({401, 403, 404}), {"external_id": "1"}),
    "POST /hooks/{account}/receipts": Case(frozenset({401, 403, 404}), {"external_id": "1"}),
}

MAY_WRITE = {"channels_visitor", "channels_session"}
"""What a public route of a group may write for anyone: a widget's visit is its business."""

ABOUT = {"conversation": "{conversation_id}"}
FRAMES: dict[str, dict[str, Any]] = {
    "watch": ABOUT,
    "unwatch": ABOUT,
    "send": {**ABOUT, "client_id": "c", "parts": [{"kind": "text", "text": "hi"}]},
    "claim": {**ABOUT, "version": 0},
    "claim_next": {},
    "resolve": {**ABOUT, "version": 0},
    "seen": {**ABOUT, "seq": 1},
    "typing": ABOUT,
    "presence": {"state": "online"},
    "ping": {},
}
"""A frame of the desk's socket with another group's ids, for each that it understands."""

QUIET_FRAMES = {"unwatch", "typing", "claim_next", "presence", "ping"}
"""Frames that name no id, or do nothing about a conversation that is not watched."""

SHOPPER_FRAMES = frozenset(
    {"send", "typing", "seen", "person", "unsolved", "rate", "leave", "ping"}
)
"""Frames of the widget's socket: none takes an id; all are about the session's own visitor."""
