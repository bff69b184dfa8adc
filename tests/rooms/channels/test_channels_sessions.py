"""Sessions: who a browser is, was, and may never become."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from tests.conftest import Units
from tests.rooms.channels.conftest import SHOP, Opened, customer, enter, opened
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.modules import catalog, channels, conversations
from xiaoer.modules.catalog.contracts import Catalogue, NewStore
from xiaoer.ports.ctx import System


async def token(unit: Units, web: Opened, subject: str, name: str = "") -> str:
    async with unit(System("shop")) as ctx:
        return await channels.customer_token(ctx, web.account.id, subject, name)


def forged(secret: str, clock: FakeClock, **claims: Any) -> str:
    given = {
        "sub": "u-1",
        "exp": int(clock.now().timestamp()) + 600,
        "nonce": "n-1",
    }
    kept = {k: v for k, v in (given | claims).items() if v is not None}
    return jwt.encode(kept, secret, algorithm="HS256")


async def test_a_session_tells_what_the_widget_needs(http: httpx.AsyncClient, web: Opened) -> None:
    widget = await enter(http, web.key, lang="en-GB")
    session = widget.session
    assert session["conversation_id"] is None
    assert session["last_seq"] == 0
    assert session["identity"]["proven"] is False
    config = session["config"]
    assert (config["name"], config["greeting"], config["locale"]) == ("官网", "Hello", "en")
    assert config["open_now"] is True
    assert "image/png" in config["upload_types"]
    chinese = (await enter(http, web.key)).session["config"]
    assert chinese["quick_replies"] == [{"label": "转人工", "value": "action:person"}]


async def test_a_returning_browser_is_the_same_visitor_and_finds_its_conversation(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    await widget.say("你们几点关门")
    again = await enter(http, web.key, visitor_token=widget.session["token"])
    assert again.session["visitor_id"] == widget.session["visitor_id"]
    assert again.session["last_seq"] == 1
    found = (await again.get("messages")).json()["items"]
    assert [m["parts"][0]["text"] for m in found] == ["你们几点关门"]


async def test_an_expired_token_opens_nothing_but_brings_an_unproven_visitor_back(
    http: httpx.AsyncClient, web: Opened, clock: FakeClock
) -> None:
    widget = await enter(http, web.key)
    await widget.say("在吗")
    clock.advance(days=31)
    expired = await widget.get("messages")
    assert (expired.status_code, expired.json()["code"]) == (401, "unauthenticated")
    again = await enter(http, web.key, visitor_token=widget.session["token"])
    assert again.session["visitor_id"] == widget.session["visitor_id"]
    assert (await again.get("messages")).status_code == 200


async def test_using_a_session_keeps_it_alive(
    http: httpx.AsyncClient, web: Opened, clock: FakeClock
) -> None:
    widget = await enter(http, web.key)
    for _ in range(3):
        clock.advance(days=20)
        assert (await widget.get("messages")).status_code == 200


@pytest.mark.parametrize("made_up", ["", "x", "0" * 32 + ".x", "a" * 4000, "\u0000.x", "."])
async def test_a_made_up_token_is_nobodys(
    http: httpx.AsyncClient, web: Opened, made_up: str
) -> None:
    new = await enter(http, web.key, visitor_token=made_up)
    assert new.session["last_seq"] == 0
    asked = await http.get(f"/widget/{web.key}/messages", params={"token": made_up})
    assert asked.status_code == 401


async def test_a_token_opens_nothing_on_another_account(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    other = await opened(unit, name="另一个店")
    answer = await http.get(f"/widget/{other.key}/messages", headers=widget.headers)
    assert answer.status_code == 401
    new = await enter(http, other.key, visitor_token=widget.session["token"])
    assert new.session["visitor_id"] != widget.session["visitor_id"]


async def test_the_shops_word_names_the_customer(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    known = await customer(unit, external="u-77", member_no="M0077")
    for subject in ("u-77", "M0077"):
        word = await token(unit, web, subject)
        widget = await enter(http, web.key, customer_token=word)
        assert widget.session["identity"] == {"proven": True, "name": "王芳", "level": "gold"}
    async with unit() as ctx:
        receipt = (await widget.say("我的订单到哪了")).json()
        conversation = await conversations.get(ctx, receipt["conversation_id"])
    assert conversation.person.customer_id == known.id
    assert conversation.person.proven


async def test_a_customer_the_house_does_not_know_yet_is_met_by_the_shops_word(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    word = await token(unit, web, "u-new", "李雷")
    first = await enter(http, web.key, customer_token=word)
    assert first.session["identity"]["name"] == "李雷"
    again = await enter(http, web.key, customer_token=await token(unit, web, "u-new"))
    async with unit() as ctx:
        visitors = [first.session["visitor_id"], again.session["visitor_id"]]
        people = [
            await conversations.reading.latest_of(ctx, web.account.id, v) for v in visitors
        ]
    assert people == [None, None]
    assert again.session["identity"]["name"] == "李雷"


async def test_a_customer_token_is_good_once(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    word = await token(unit, web, "u-1")
    mine = await enter(http, web.key, customer_token=word)
    stolen = await http.post(f"/widget/{web.key}/sessions", json={"customer_token": word})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "bad_customer_token")
    reloaded = await enter(
        http, web.key, customer_token=word, visitor_token=mine.session["token"]
    )
    assert reloaded.session["visitor_id"] == mine.session["visitor_id"]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": 1},
        {"exp": 4_000_000_000},
        {"exp": "soon"},
        {"exp": True},
        {"aud": None},
        {"aud": "xw_other"},
        {"nonce": None},
        {"nonce": ""},
        {"sub": None},
        {"sub": ""},
        {"sub": "\u0000"},
        {"sub": "u" * 300},
        {"name": 7},
    ],
)
async def test_a_customer_token_that_does_not_keep_its_promises_is_refused(
    http: httpx.AsyncClient, web: Opened, clock: FakeClock, claims: dict[str, Any]
) -> None:
    word = forged(web.secret, clock, **({"aud": web.key} | claims))
    answer = await http.post(f"/widget/{web.key}/sessions", json={"customer_token": word})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_customer_token")


async def test_only_the_accounts_two_newest_secrets_sign(
    http: httpx.AsyncClient, web: Opened, clock: FakeClock
) -> None:
    async def tried(secret: str, nonce: str) -> int:
        word = forged(secret, clock, aud=web.key, nonce=nonce)
        answer = await http.post(f"/widget/{web.key}/sessions", json={"customer_token": word})
        return answer.status_code

    url = f"/api/channels/accounts/{web.account.id}/secret"
    assert await tried("somebody-else-somebody-else-somebody", "n1") == 401
    second = (await http.post(url)).json()["secret"]
    assert await tried(web.secret, "n2") == 200
    assert await tried(second, "n3") == 200
    await http.post(url)
    assert await tried(web.secret, "n4") == 401
    assert await tried(second, "n5") == 200


async def test_an_unsigned_customer_token_is_refused(
    http: httpx.AsyncClient, web: Opened, clock: FakeClock
) -> None:
    claims = {"sub": "u-1", "aud": web.key, "nonce": "n",
              "exp": int(clock.now().timestamp()) + 60}
    word = jwt.encode(claims, key="", algorithm="none")
    answer = await http.post(f"/widget/{web.key}/sessions", json={"customer_token": word})
    assert answer.status_code == 401


async def test_another_customer_on_the_same_browser_never_sees_the_firsts_history(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    first = await enter(http, web.key, customer_token=await token(unit, web, "u-a"))
    await first.say("我的秘密")
    second = await enter(
        http, web.key,
        visitor_token=first.session["token"], customer_token=await token(unit, web, "u-b"),
    )
    assert second.session["visitor_id"] != first.session["visitor_id"]
    assert (await second.get("messages")).json()["items"] == []


async def test_the_expired_session_of_a_proven_visitor_opens_only_with_the_shops_word(
    http: httpx.AsyncClient, web: Opened, unit: Units, clock: FakeClock
) -> None:
    first = await enter(http, web.key, customer_token=await token(unit, web, "u-a"))
    await first.say("我的秘密")
    clock.advance(days=31)
    found = await enter(http, web.key, visitor_token=first.session["token"])
    assert found.session["visitor_id"] != first.session["visitor_id"]
    back = await enter(
        http, web.key,
        visitor_token=first.session["token"], customer_token=await token(unit, web, "u-a"),
    )
    assert back.session["visitor_id"] == first.session["visitor_id"]


async def test_what_was_said_before_is_the_customers_once_they_are_known(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    known = await customer(unit, external="u-77")
    widget = await enter(http, web.key)
    receipt = (await widget.say("我的订单到哪了")).json()
    await enter(
        http, web.key,
        visitor_token=widget.session["token"], customer_token=await token(unit, web, "u-77"),
    )
    async with unit() as ctx:
        conversation = await conversations.get(ctx, receipt["conversation_id"])
        turn = await conversations.turn(ctx, receipt["conversation_id"])
    assert (conversation.person.customer_id, conversation.person.proven) == (known.id, True)
    assert conversation.person.name == "王芳"
    assert turn.demand.customer_key == known.id


async def test_a_page_that_the_account_does_not_list_is_refused(
    http: httpx.AsyncClient, web: Opened
) -> None:
    url = f"/widget/{web.key}/sessions"
    for origin in ("https://evil.example", "https://shop.example.evil.example", "null",
                   "http://shop.example", "https://shop.example:8443"):
        answer = await http.post(url, json={}, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "access-control-allow-origin" not in answer.headers
        asked = await http.options(url, headers={"Origin": origin})
        assert asked.status_code == 403


async def test_an_allowed_page_may_ask_and_read_errors_too(
    http: httpx.AsyncClient, web: Opened
) -> None:
    url = f"/widget/{web.key}/sessions"
    asked = await http.options(url, headers={"Access-Control-Request-Method": "POST"})
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    for answer in (await http.post(url, json={}), await http.post(url, content=b"{")):
        assert answer.headers["vary"] == "Origin"
    refused = await http.get(f"/widget/{web.key}/messages")
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == SHOP


async def test_without_an_origin_only_apps_come_in_and_only_when_admitted(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    del http.headers["Origin"]
    refused = await http.post(f"/widget/{web.key}/sessions", json={})
    assert refused.json()["code"] == "origin_not_allowed"
    apps = await opened(unit, admits_apps=True)
    assert (await http.post(f"/widget/{apps.key}/sessions", json={})).status_code == 200


async def test_a_page_about_a_store_places_the_conversation_there(
    http: httpx.AsyncClient, unit: Units, tenant: TenantId
) -> None:
    async with unit() as ctx:
        await catalog.load(ctx, Catalogue(stores=(
            NewStore(code="bj01", unit_path="/dept/bj01/", name="朝阳店"),
            NewStore(code="sh02", unit_path="/mall/sh02/", name="浦东店"),
        )))
    web = await opened(unit, unit_path="/dept/")
    for store, path in (("bj01", "/dept/bj01/"), ("sh02", "/dept/"), ("<b>", "/dept/")):
        widget = await enter(http, web.key, page={"store": store, "url": "javascript:x"})
        receipt = (await widget.say("停车")).json()
        async with unit() as ctx:
            conversation = await conversations.get(ctx, receipt["conversation_id"])
        assert conversation.unit_path == path
        assert "url" not in conversation.page


async def test_the_accounts_own_hours_say_whether_people_are_there(
    http: httpx.AsyncClient, unit: Units, clock: FakeClock
) -> None:
    hours = {"week": [[["08:30", "22:30"]]] * 7, "zone": "Asia/Shanghai"}
    web = await opened(unit, hours=hours, hours_text="每天 8:30–22:30")
    tomorrow = clock.now() + timedelta(days=1)
    for hour_in_utc, attended in ((2, True), (18, False)):
        clock.set(tomorrow.replace(hour=hour_in_utc))
        config = (await enter(http, web.key)).session["config"]
        assert config["open_now"] is attended
        assert config["hours_text"] == "每天 8:30–22:30"


async def test_sessions_that_nobody_can_resume_are_forgotten(
    http: httpx.AsyncClient, web: Opened, unit: Units, clock: FakeClock
) -> None:
    from xiaoer.modules.channels import jobs

    widget = await enter(http, web.key)
    clock.advance(days=500)
    async with unit() as ctx:
        assert await jobs.sweep(ctx) == 1
    again = await enter(http, web.key, visitor_token=widget.session["token"])
    assert again.session["visitor_id"] != widget.session["visitor_id"]
