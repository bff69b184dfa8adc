"""Accounts: who may be let in, and by which secret."""

from __future__ import annotations

import httpx
import pytest

from tests.conftest import Units, member
from tests.rooms.channels.conftest import SHOP, Desk, Opened, call, message, opened
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, Invalid, NotFound
from xiaoer.modules import channels, org
from xiaoer.modules.channels.contracts import Profile
from xiaoer.modules.channels.rules.origins import normalised
from xiaoer.ports.house import House
from xiaoer.ports.outside import AddressRefused


async def test_a_public_key_leads_to_its_tenant_from_nowhere(
    house: House, tenant: TenantId, web: Opened, http: httpx.AsyncClient
) -> None:
    for key in ("xw_nobody", "%00", "x" * 200):
        answer = await http.post(f"/widget/{key}/sessions", json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await http.post(f"/hooks/{key}", content=b"{}")).status_code == 404
    answer = await http.post(f"/widget/{web.key}/sessions", json={})
    assert answer.status_code == 200
    assert web.key.startswith("xw_")
    assert answer.json()["token"].startswith(tenant.hex)


async def test_only_who_may_manage_channels_opens_one(unit: Units) -> None:
    async with unit(member(permissions=frozenset({"desk.serve"}))) as ctx:
        with pytest.raises(Forbidden):
            await channels.open_account(ctx, Profile("web", "官网"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"name": "  "}, "name"),
        ({"unit_path": "dept"}, "unit_path"),
        ({"allowed_origins": ("https://shop.example/page",)}, "allowed_origins"),
        ({"allowed_origins": ("shop.example",)}, "allowed_origins"),
        ({"allowed_origins": ("null",)}, "allowed_origins"),
        ({"allowed_origins": ("https://*.shop.example:99999",)}, "allowed_origins"),
        ({"kind": "webhook", "callback_url": ""}, "callback_url"),
        ({"kind": "webhook", "callback_url": "file:///etc/passwd"}, "callback_url"),
        ({"kind": "webhook", "callback_url": "https://a.example/\u0000"}, "callback_url"),
        ({"hours": {"week": "always"}}, "hours"),
        ({"hours": {"week": [[]] * 7, "zone": "Mars/Olympus"}}, "hours"),
        ({"hours": {"week": [[["25:00", "26:00"]]] * 7}}, "hours"),
    ],
)
async def test_a_profile_that_cannot_work_is_refused_by_its_field(
    unit: Units, more: dict[str, object], field: str
) -> None:
    with pytest.raises((Invalid, NotFound)) as refused:
        await opened(unit, **({"kind": "web"} | more))  # type: ignore[arg-type]
    if isinstance(refused.value, Invalid):
        assert refused.value.fields["field"] == field
    else:
        assert field == "unit_path"


async def test_any_origin_is_for_demo_groups_only(unit: Units, tenant: TenantId) -> None:
    async with unit() as ctx:
        await org.found(ctx, org.contracts.Tenant(tenant, f"g{tenant.hex[:8]}", "和光", False))
    with pytest.raises(Invalid):
        await opened(unit, allowed_origins=("*",))


async def test_a_demo_group_may_admit_any_origin(
    unit: Units, tenant: TenantId, http: httpx.AsyncClient
) -> None:
    async with unit() as ctx:
        await org.found(ctx, org.contracts.Tenant(tenant, f"g{tenant.hex[:8]}", "和光", True))
    everyone = await opened(unit, allowed_origins=("*",))
    answer = await http.post(
        f"/widget/{everyone.key}/sessions", json={}, headers={"Origin": "http://127.0.0.1:8000"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("written", "one_spelling"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://user@shop.example", None),
        ("ftp://shop.example", None),
        ("null", None),
        ("https://shop.example?x", None),
        ("http://shop.example:x", None),
    ],
)
def test_an_origin_has_one_spelling(written: str, one_spelling: str | None) -> None:
    assert normalised(written) == one_spelling


async def test_the_secret_is_shown_once_and_the_one_before_works_until_the_next(
    http: httpx.AsyncClient, hook: Opened
) -> None:
    listed = await http.get("/api/channels/accounts")
    assert listed.json()["kinds"] == ["web", "webhook"]
    assert hook.secret not in listed.text
    second = (await http.post(f"/api/channels/accounts/{hook.account.id}/secret")).json()["secret"]
    assert second != hook.secret
    account = (await http.get(f"/api/channels/accounts/{hook.account.id}")).json()
    assert len(account["secrets"]) == 2
    await http.post(f"/api/channels/accounts/{hook.account.id}/secret")
    account = (await http.get(f"/api/channels/accounts/{hook.account.id}")).json()
    assert len(account["secrets"]) == 2


async def test_a_retired_secret_signs_nothing_any_more_and_the_newest_goes_on(
    http: httpx.AsyncClient, hook: Opened, clock: FakeClock
) -> None:
    url = f"/api/channels/accounts/{hook.account.id}/secret"
    fresh = (await http.post(url)).json()["secret"]
    now = clock.now().timestamp()
    assert (await call(http, hook, message(), at=now)).status_code == 200
    for _ in range(2):
        retired = await http.post(f"{url}/retire")
        assert (retired.status_code, len(retired.json()["secrets"])) == (200, 1)
    assert (await call(http, hook, message(), at=now)).status_code == 401
    assert (await call(http, hook, message(), at=now, secret=fresh)).status_code == 200


async def test_an_account_is_changed_on_its_newest_view_and_keeps_its_kind(
    http: httpx.AsyncClient, web: Opened
) -> None:
    url = f"/api/channels/accounts/{web.account.id}"
    body = {"kind": "web", "name": "新官网", "allowed_origins": [SHOP], "version": 1}
    changed = await http.put(url, json=body)
    assert (changed.status_code, changed.json()["name"]) == (200, "新官网")
    assert (await http.put(url, json=body)).json()["code"] == "stale_version"
    refused = await http.put(url, json=body | {"version": 2, "kind": "webhook"})
    assert refused.json()["fields"]["field"] == "kind"


async def test_an_account_of_another_place_is_not_found(
    http: httpx.AsyncClient, desk: Desk, web: Opened, unit: Units
) -> None:
    desk.path = "/dept/"
    assert (await http.get(f"/api/channels/accounts/{web.account.id}")).status_code == 404
    assert (await http.get("/api/channels/accounts")).json()["items"] == []
    body = {"kind": "web", "name": "别处", "unit_path": "/mall/"}
    assert (await http.post("/api/channels/accounts", json=body)).status_code == 404


async def test_an_account_that_is_switched_off_is_closed_to_all(
    http: httpx.AsyncClient, web: Opened
) -> None:
    body = {"kind": "web", "name": "官网", "allowed_origins": [SHOP], "version": 1}
    await http.put(f"/api/channels/accounts/{web.account.id}", json=body | {"active": False})
    assert (await http.post(f"/widget/{web.key}/sessions", json={})).status_code == 404


async def test_a_callback_into_the_house_itself_is_refused_by_its_field(
    http: httpx.AsyncClient, hook: Opened
) -> None:
    inner = "http://169.254.169.254/latest/meta-data/"
    body = {"kind": "webhook", "name": "接口", "callback_url": inner}
    for answer in (
        await http.post("/api/channels/accounts", json=body),
        await http.put(f"/api/channels/accounts/{hook.account.id}", json=body | {"version": 1}),
    ):
        refusal = answer.json()
        assert (answer.status_code, refusal["code"]) == (422, "address_refused")
        assert refusal["fields"] == {"host": "169.254.169.254", "field": "callback_url"}


async def test_an_account_whose_callback_is_no_longer_allowed_can_be_switched_off(
    http: httpx.AsyncClient, hook: Opened, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(self: object, url: str) -> None:
        raise AddressRefused(host="elsewhere.example")

    monkeypatch.setattr(type(house.ports.outside), "admit", refuse)
    body = {"kind": "webhook", "name": "接口", "callback_url": hook.account.profile.callback_url}
    path = f"/api/channels/accounts/{hook.account.id}"
    kept = await http.put(path, json=body | {"version": 1})
    assert kept.json()["code"] == "address_refused"
    off = await http.put(path, json=body | {"version": 1, "active": False})
    assert (off.status_code, off.json()["active"]) == (200, False)
