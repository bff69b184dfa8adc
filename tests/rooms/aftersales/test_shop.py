"""What the ten deeds promise beyond the published records: a shop's own orders and numbers."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Units, member
from tests.rooms.aftersales.shop import Shop, opened
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Forbidden, Stale
from xiaoer.modules import aftersales, catalog, customers
from xiaoer.modules.aftersales.contracts import (
    SHOP_VERBS,
    AuditLine,
    Done,
    Proposal,
    Refused,
    Terms,
    Verb,
    Wish,
)
from xiaoer.modules.aftersales.errors import BadTerms
from xiaoer.modules.aftersales.http import TermsBody
from xiaoer.modules.aftersales.rules.policy import YES_WITHIN
from xiaoer.modules.aftersales.rules.shop_published import CLAUSES
from xiaoer.modules.orders.contracts import Item, Payment, Status

MUG = Item("MUG-1", "马克杯", 3, Money(5000), product="MUG", variant="白色", paid=Money(4500))
CHEAP = Money(4000)
MANAGER = member(permissions=frozenset({"orders.read", "orders.manage"}))


@pytest.fixture
async def shop(unit: Units, clock: FakeClock) -> Shop:
    made = await opened(unit)
    kind = customers.contracts.IdentityKind.EXTERNAL
    balance = customers.contracts.PaymentMethod("acc_1", "balance", Money(100))
    variant = catalog.contracts.Variant
    mugs = (variant("MUG-1", "白色", {}, CHEAP), variant("MUG-2", "蓝色", {}, Money(6000)))
    async with unit() as ctx:
        await customers.load(ctx, [customers.contracts.Newcomer(
            (customers.contracts.Identity(kind, "mei"),), wallet=(balance,))])  # fmt: skip
        await catalog.load(ctx, catalog.contracts.Catalogue(
            products=(catalog.contracts.NewProduct("MUG", "马克杯", mugs),)))  # fmt: skip
    await mugs_of(made, clock)
    return made


async def mugs_of(shop: Shop, clock: FakeClock, **more: Any) -> None:
    """Three mugs on one line, signed for two days ago, paid from the balance."""
    now = clock.now()
    given: dict[str, Any] = {
        "status": Status.DELIVERED, "items": (MUG,), "total": Money(13500),
        "payments": (Payment("acc_1", Money(13500), at=now - timedelta(days=5)),),
        "extra": {"signed_at": (now - timedelta(days=2)).isoformat()}, "changes": None,
        "updated_at": now,
    }  # fmt: skip
    await shop.order("M1", **(given | more))


def report(*items: str, solution: str = "refund", kind: str = "damaged") -> Wish:
    return Wish(Verb.REPORT, "M1", items=items or ("MUG-1",),
                details={"kind": kind, "solution": solution})  # fmt: skip


def protect(count: int = 1) -> Wish:
    return Wish(Verb.PROTECT_PRICE, "M1", items=("MUG-1",) * count)


def give_back(count: int = 1, reason: str = "no_longer_needed") -> Wish:
    return Wish(Verb.RETURN_ITEMS, "M1", reason, ("MUG-1",) * count,
                details={"refund_to": "original"})  # fmt: skip


async def refusal(shop: Shop, wish: Wish) -> Refused:
    refused = await shop.propose(wish)
    assert isinstance(refused, Refused), refused
    return refused


async def test_pieces_of_one_line_are_protected_and_reported_one_by_one(
    shop: Shop, clock: FakeClock
) -> None:
    assert isinstance(await shop.done(report()), Done)
    assert isinstance(await shop.done(protect(2)), Done)
    order = await shop.found("M1")
    assert [(one.paid.minor, one.protected, one.reported) for one in order.pieces] == [
        (4500, False, "refund"), (4000, True, ""), (4000, True, "")]  # fmt: skip
    assert await shop.balance("acc_1") == 100 + 4500 + 1000
    assert (await refusal(shop, protect())).code == "piece_refunded"
    assert (await refusal(shop, report("MUG-1", "MUG-1", "MUG-1"))).clause == "13.3"
    assert (await shop.proposed(give_back(2))).sentence("zh-CN").count("¥80.00") == 1


async def test_a_report_of_the_shop_cannot_undo_what_was_paid(
    shop: Shop, clock: FakeClock
) -> None:
    await shop.done(protect(3))
    await mugs_of(shop, clock)
    assert (await refusal(shop, protect())).clause == "10.4"
    assert await shop.balance("acc_1") == 100 + 1500


async def test_no_more_goes_back_than_is_still_paid(shop: Shop, clock: FakeClock) -> None:
    paid = (Payment("acc_1", Money(9000)), Payment("wechat", Money(4500)),
            Payment("acc_1", Money(8000), "refund"))  # fmt: skip
    await mugs_of(shop, clock, payments=paid)
    refused = await refusal(shop, report("MUG-1", "MUG-1"))
    assert (refused.clause, "¥55.00" in refused.zh) == ("2.5", True)
    await shop.done(report())
    moved = (await shop.found("M1")).payments[3:]
    assert [(one.method, one.amount.minor, one.extra) for one in moved] == [
        ("acc_1", 1000, {"for": "report"}), ("wechat", 3500, {"for": "report"})]  # fmt: skip
    assert await shop.balance("acc_1") == 1100


async def test_the_same_yes_many_times_at_once_pays_once(shop: Shop) -> None:
    proposal = await shop.proposed(report())
    results = await asyncio.gather(*(shop.confirm(proposal) for _ in range(5)))
    assert sorted(done.again for done in results) == [False, True, True, True, True]
    assert await shop.balance("acc_1") == 4600
    assert {done.sentence("zh-CN") for done in results if done.again} == {
        "这件事刚才已经办好了，没有重复办理。"
    }


async def test_a_price_that_moves_or_a_yes_that_is_late_does_nothing(
    shop: Shop, clock: FakeClock
) -> None:
    proposal = await shop.proposed(protect())
    variant = catalog.contracts.Variant("MUG-1", "白色", {}, Money(3000))
    async with shop.unit() as ctx:
        await catalog.load(ctx, catalog.contracts.Catalogue(
            products=(catalog.contracts.NewProduct("MUG", "马克杯", (variant,)),)))  # fmt: skip
    assert (await shop.confirm(proposal)).code == "proposal_changed"
    late = await shop.proposed(protect())
    clock.advance(seconds=YES_WITHIN.total_seconds() + 1)
    assert (await shop.confirm(late)).code == "proposal_expired"
    assert await shop.balance("acc_1") == 100


async def test_a_refusal_names_the_real_days(shop: Shop, clock: FakeClock) -> None:
    clock.advance(days=6)
    refused = await refusal(shop, give_back())
    assert (refused.clause, refused.to_person) == ("7.2", False)
    assert "已经 8 天" in refused.zh
    assert "7 天内" in refused.zh
    assert isinstance(await shop.propose(give_back(reason="quality")), Proposal)


async def test_without_a_signing_time_a_person_looks(shop: Shop, clock: FakeClock) -> None:
    await mugs_of(shop, clock, extra={})
    refused = await refusal(shop, give_back())
    assert (refused.code, refused.to_person) == ("signing_unknown", True)


async def test_a_parcel_that_never_came_is_for_a_person(shop: Shop) -> None:
    refused = await refusal(shop, report("MUG-1", "MUG-1", "MUG-1", kind="missing"))
    assert (refused.clause, refused.to_person) == ("13.6", True)


async def test_an_address_that_was_one_line_becomes_the_new_one(
    shop: Shop, clock: FakeClock
) -> None:
    await mugs_of(shop, clock, status=Status.PAID, address={"text": "北京市旧路1号"}, extra={},
                  recipient="梅", phone="13800002222")  # fmt: skip
    to = {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "桂雨路5号"}
    await shop.done(Wish(Verb.CHANGE_ADDRESS, "M1", address=to))
    order = await shop.found("M1")
    assert order.address == {**to, "province": "浙江", "city": "杭州", "receiver": "梅",
                             "phone": "13800002222"}  # fmt: skip
    again = await refusal(shop, Wish(Verb.CHANGE_ADDRESS, "M1", address=to))
    assert again.clause == "5.2"


async def test_the_numbers_are_the_groups_own(shop: Shop, clock: FakeClock) -> None:
    async with shop.unit(MANAGER) as ctx:
        kept = await aftersales.set_terms(ctx, Terms(return_days=1, return_limit=4000), 0)
    assert (kept.version, kept.terms.return_days) == (1, 1)
    refused = await refusal(shop, give_back())
    assert "1 天内" in refused.zh
    over = await refusal(shop, give_back(reason="quality"))
    assert (over.clause, over.to_person, "40 元" in over.zh) == ("7.8", True, True)
    assert aftersales.published(kept.terms, "7.8")["7.8"][0].startswith("退款金额超过 40 元")


async def test_who_changes_the_numbers_may_and_leaves_a_line(shop: Shop) -> None:
    async with shop.unit(MANAGER) as ctx:
        await aftersales.set_terms(ctx, Terms(invoice_days=30), 0)
        with pytest.raises(Stale):
            await aftersales.set_terms(ctx, Terms(), 0)
        for wrong in (replace(Terms(), return_days=-1), replace(Terms(), report_limit=10**12)):
            with pytest.raises(BadTerms):
                await aftersales.set_terms(ctx, wrong, 1)
        lines: tuple[AuditLine, ...] = await aftersales.trail(ctx)
    changed = next(line for line in lines if line.outcome == "changed")
    assert (changed.verb, changed.details) == ("terms", {"invoice_days": [90, 30]})
    async with shop.unit(member(permissions=frozenset({"orders.read"}))) as ctx:
        assert (await aftersales.terms(ctx)).terms.invoice_days == 30
        with pytest.raises(Forbidden):
            await aftersales.set_terms(ctx, Terms(), 1)


async def test_a_pickup_counts_the_city_of_a_line_and_of_a_field(
    shop: Shop, clock: FakeClock
) -> None:
    store = catalog.contracts.NewStore
    async with shop.unit() as ctx:
        await catalog.load(ctx, catalog.contracts.Catalogue(stores=(
            store("A", "/a/", "西湖店", city="杭州", pickup=True),
            store("B", "/b/", "鼓楼店", city="南京市", pickup=True),
            store("C", "/c/", "滨江店", city="杭州"))))  # fmt: skip
    await mugs_of(shop, clock, status=Status.PAID, shipping=Money(800), extra={},
                  address={"text": "浙江省杭州市西湖区旧路1号"})  # fmt: skip
    codes = [(await refusal(shop, Wish(Verb.TO_PICKUP, "M1", details={"store_id": one}))).code
             for one in ("B", "C", "X")]  # fmt: skip
    assert codes == ["store_in_other_city", "store_without_pickup", "store_without_pickup"]
    await shop.done(Wish(Verb.TO_PICKUP, "M1", details={"store_id": "A"}))
    order = await shop.found("M1")
    assert (order.fulfilment, order.pickup_store, order.shipping) == ("pickup", "A", Money(0))
    assert await shop.balance("acc_1") == 900


async def test_every_deed_opens_a_case_that_a_clerk_sees(shop: Shop) -> None:
    await shop.done(report(solution="resend"))
    await shop.done(protect())
    async with shop.unit() as ctx:
        found = await aftersales.cases(ctx, UUID(str(shop.mei)))
    assert {(one.verb, one.status) for one in found} == {
        (Verb.REPORT, "requested"), (Verb.PROTECT_PRICE, "settled")}  # fmt: skip


def test_every_clause_has_a_published_sentence_and_words_of_its_own() -> None:
    assert set(aftersales.SHOP_POLICIES) == SHOP_VERBS
    for policy in aftersales.SHOP_POLICIES.values():
        for clause in policy:
            assert clause.number in CLAUSES
            assert clause.zh
            assert clause.en
            assert clause.says_en.isascii()


def test_the_numbers_over_http_are_all_numbers() -> None:
    assert set(TermsBody.model_fields) == set(asdict(Terms()))
