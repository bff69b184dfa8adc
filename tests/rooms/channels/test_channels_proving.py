"""Proof of identity: five tries, one wording, and nothing told about what exists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.conftest import Units
from tests.rooms.channels.conftest import Opened, Widget, customer, enter
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.verifier.console import ConsoleVerifier
from xiaoer.kit.event import Fact
from xiaoer.kit.money import Money
from xiaoer.modules import channels, conversations, customers, orders
from xiaoer.modules.channels.rules.proving import retry_after, subject
from xiaoer.modules.orders.contracts import Item, NewOrder, Status
from xiaoer.ports.house import House
from xiaoer.ports.verifier import CodeNotSent

NUMBER = "HG20260101001"


@pytest.fixture
async def buyer(unit: Units) -> customers.contracts.Customer:
    """Someone with an order whose phone ends in 1234."""
    known = await customer(unit, phone="13800001234", external="u-77")
    async with unit() as ctx:
        placed = datetime(2026, 1, 1, tzinfo=UTC)
        item = Item(sku="s", title="口红", quantity=1, price=Money(9900))
        new = NewOrder(
            NUMBER, Status.SHIPPED, placed, (item,), Money(9900),
            customer_id=known.id, phone="13800001234",
        )
        await orders.load(ctx, [new])
    return known


async def by_order(widget: Widget, number: str = NUMBER, last4: str = "1234") -> httpx.Response:
    return await widget.post("prove", {"order_number": number, "phone_last4": last4})


async def test_an_order_number_and_four_digits_prove_the_customer(
    http: httpx.AsyncClient, web: Opened, unit: Units, buyer: customers.contracts.Customer
) -> None:
    widget = await enter(http, web.key)
    receipt = (await widget.say("我的订单到哪了")).json()
    answer = await by_order(widget, f" {NUMBER.lower()} ", "１２３４")
    assert answer.json() == {"proven": True, "name": "王芳", "level": "gold"}
    async with unit() as ctx:
        conversation = await conversations.get(ctx, receipt["conversation_id"])
    assert (conversation.person.customer_id, conversation.person.proven) == (buyer.id, True)
    again = await enter(http, web.key, visitor_token=widget.session["token"])
    assert again.session["identity"]["proven"] is True


async def test_whether_the_order_exists_cannot_be_told_from_the_answer(
    http: httpx.AsyncClient, web: Opened, buyer: customers.contracts.Customer
) -> None:
    real, invented = await enter(http, web.key), await enter(http, web.key)
    for _ in range(6):
        one = await by_order(real, NUMBER, "0000")
        other = await by_order(invented, "HG99999999999", "0000")
        assert (one.status_code, one.json()) == (other.status_code, other.json())
    assert one.json()["code"] == "too_many_tries"


async def test_five_tries_are_all_a_visitor_has_on_any_order(
    http: httpx.AsyncClient, web: Opened, buyer: customers.contracts.Customer, clock: FakeClock
) -> None:
    widget = await enter(http, web.key)
    for n in range(5):
        assert (await by_order(widget, f"HG{n}")).json()["proven"] is False
    refused = await by_order(widget)
    assert refused.status_code == 429
    assert refused.json()["fields"]["retry_after_s"] == 86_401
    clock.advance(hours=24)
    assert (await by_order(widget)).json()["proven"] is True


async def test_five_tries_are_all_an_order_has_whoever_tries(
    http: httpx.AsyncClient, web: Opened, buyer: customers.contracts.Customer
) -> None:
    spellings = [NUMBER, f"#{NUMBER}", NUMBER.lower(), f"{NUMBER[:2]} {NUMBER[2:]}", f"{NUMBER}"]
    for spelling in spellings:
        widget = await enter(http, web.key)
        assert (await by_order(widget, spelling, "0000")).json()["proven"] is False
    widget = await enter(http, web.key)
    assert (await by_order(widget)).status_code == 429


async def test_tries_at_once_do_not_get_more(
    http: httpx.AsyncClient, web: Opened, buyer: customers.contracts.Customer
) -> None:
    widget = await enter(http, web.key)
    answers = await asyncio.gather(*(by_order(widget, NUMBER, f"000{n}") for n in range(10)))
    assert sorted(a.status_code for a in answers) == [200] * 5 + [429] * 5


async def test_a_proof_forgives_the_tries_before_it(
    http: httpx.AsyncClient, web: Opened, buyer: customers.contracts.Customer
) -> None:
    for _ in range(3):
        widget = await enter(http, web.key)
        for _ in range(2):
            await by_order(widget, NUMBER, "0000")
        assert (await by_order(widget)).json()["proven"] is True


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"order_number": NUMBER}, "invalid"),
        ({"order_number": "", "phone_last4": "1234"}, "invalid"),
        ({"order_number": "\u0000", "phone_last4": "1234"}, "invalid"),
        ({"order_number": NUMBER, "phone_last4": "12345"}, "invalid"),
        ({"order_number": NUMBER, "phone_last4": "12a4"}, "invalid"),
        ({"send_code_to": "nobody"}, "invalid"),
        ({"send_code_to": "a@b"}, "invalid"),
        ({"order_number": "x" * 201, "phone_last4": "1234"}, "invalid"),
    ],
)
async def test_what_can_be_no_proof_is_refused_without_costing_a_try(
    http: httpx.AsyncClient, web: Opened, body: dict[str, Any], code: str,
    buyer: customers.contracts.Customer,
) -> None:
    widget = await enter(http, web.key)
    for _ in range(6):
        answer = await widget.post("prove", body)
        assert answer.json()["code"] == code or answer.status_code == 422
    assert (await by_order(widget)).json()["proven"] is True


async def sent_code(house: House, address: str) -> str:
    verifier = house.ports.verifier
    assert isinstance(verifier, ConsoleVerifier)
    code = verifier.last(address)
    assert code is not None
    return code


async def test_a_code_to_the_phone_proves_its_owner(
    http: httpx.AsyncClient, web: Opened, house: House, unit: Units
) -> None:
    known = await customer(unit, phone="13900005678")
    widget = await enter(http, web.key)
    receipt = (await widget.say("在吗")).json()
    answer = await widget.post("prove", {"send_code_to": "139 0000 5678"})
    assert answer.json() == {"sent": True}
    code = await sent_code(house, "13900005678")
    assert len(code) == 6
    wrong = "000000" if code != "000000" else "111111"
    assert (await widget.post("prove", {"code": wrong})).json()["proven"] is False
    assert (await widget.post("prove", {"code": code})).json()["proven"] is True
    async with unit() as ctx:
        conversation = await conversations.get(ctx, receipt["conversation_id"])
    assert conversation.person.customer_id == known.id


async def test_a_code_is_good_once_for_its_visitor_and_for_five_minutes(
    http: httpx.AsyncClient, web: Opened, house: House, clock: FakeClock
) -> None:
    mine, theirs = await enter(http, web.key), await enter(http, web.key)
    await mine.post("prove", {"send_code_to": "me@shop.example"})
    code = await sent_code(house, "me@shop.example")
    assert (await theirs.post("prove", {"code": code})).json()["proven"] is False
    clock.advance(minutes=5)
    assert (await mine.post("prove", {"code": code})).json()["proven"] is False
    await mine.post("prove", {"send_code_to": "me@shop.example"})
    fresh = await sent_code(house, "me@shop.example")
    assert (await mine.post("prove", {"code": fresh})).json()["proven"] is True
    assert (await mine.post("prove", {"code": fresh})).json()["proven"] is False


async def test_guessing_codes_ends_after_five_tries(
    http: httpx.AsyncClient, web: Opened, house: House
) -> None:
    widget = await enter(http, web.key)
    await widget.post("prove", {"send_code_to": "13700000000"})
    code = await sent_code(house, "13700000000")
    wrong = [f"{n:06d}" for n in range(6) if f"{n:06d}" != code][:5]
    for guess in wrong:
        await widget.post("prove", {"code": guess})
    assert (await widget.post("prove", {"code": code})).status_code == 429


async def test_an_address_is_not_sent_codes_without_end(
    http: httpx.AsyncClient, web: Opened
) -> None:
    for n in range(6):
        widget = await enter(http, web.key)
        answer = await widget.post("prove", {"send_code_to": "+86 136-0000-0000"})
        assert answer.status_code == (200 if n < 5 else 429)


async def test_a_gateway_that_is_down_says_so(
    http: httpx.AsyncClient, web: Opened, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: str) -> None:
        raise CodeNotSent()

    monkeypatch.setattr(house.ports.verifier, "send", fail)
    widget = await enter(http, web.key)
    answer = await widget.post("prove", {"send_code_to": "13700000000"})
    assert (answer.status_code, answer.json()["code"]) == (503, "code_not_sent")


async def test_one_proven_as_a_customer_cannot_become_another(
    http: httpx.AsyncClient, web: Opened, unit: Units, house: House,
    buyer: customers.contracts.Customer,
) -> None:
    await customer(unit, phone="13900009999")
    widget = await enter(http, web.key)
    await by_order(widget)
    await widget.post("prove", {"send_code_to": "13900009999"})
    code = await sent_code(house, "13900009999")
    refused = await widget.post("prove", {"code": code})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_identified")
    assert (await by_order(widget)).json()["proven"] is True


async def test_a_proof_is_told_once_so_that_what_waited_can_go_on(
    http: httpx.AsyncClient, web: Opened, unit: Units, buyer: customers.contracts.Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Fact] = []
    from xiaoer.engines.postgres.unit import PostgresUnit

    tell: Callable[[PostgresUnit, Fact], None] = PostgresUnit.tell

    def hear(uow: PostgresUnit, fact: Fact) -> None:
        told.append(fact)
        tell(uow, fact)

    monkeypatch.setattr(PostgresUnit, "tell", hear)
    widget = await enter(http, web.key)
    receipt = (await widget.say("查订单")).json()
    for _ in range(2):
        await by_order(widget)
    identified = [f for f in told if isinstance(f, channels.events.Identified)]
    assert [(str(f.key), f.customer_id) for f in identified] == [
        (receipt["conversation_id"], buyer.id)
    ]


async def test_counts_and_codes_are_swept(
    http: httpx.AsyncClient, web: Opened, unit: Units, clock: FakeClock
) -> None:
    from xiaoer.modules.channels import jobs

    widget = await enter(http, web.key)
    await by_order(widget)
    await widget.post("prove", {"send_code_to": "13700000000"})
    clock.advance(hours=25)
    async with unit() as ctx:
        assert await jobs.sweep(ctx) == 5
        assert await jobs.sweep(ctx) == 0


def test_spellings_of_a_number_are_counted_together() -> None:
    assert len({subject("order", n) for n in ("hg-1", "HG 1", "#HG1")}) == 1
    assert subject("order", "HG1") != subject("address", "HG1")
    assert subject("order", "——") != subject("order", "--")


@pytest.mark.parametrize(("count", "seconds"), [(1, 0), (5, 0), (6, 86_401), (50, 86_401)])
def test_the_sixth_try_waits_a_day(count: int, seconds: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert retry_after([(1, now), (count, now)], now) == seconds


