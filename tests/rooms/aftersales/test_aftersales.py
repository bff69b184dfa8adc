"""What the room promises: nothing without a yes to exactly that, and that once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.architecture.sources import ROOT
from tests.conftest import Units
from tests.rooms.aftersales.shop import (
    HOME,
    TEA,
    Payment,
    Shop,
    Status,
    cancel,
    cup,
    give_back,
    opened,
    stock,
    swap,
)
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Forbidden
from xiaoer.modules import aftersales, customers
from xiaoer.modules.aftersales.contracts import (
    SHOP_VERBS,
    Capability,
    Done,
    Refused,
    Verb,
    Wish,
)
from xiaoer.modules.aftersales.rules.policy import YES_WITHIN
from xiaoer.modules.orders.contracts import ChangeKind
from xiaoer.ports.ctx import Scope, Shopper
from xiaoer.ports.house import House


@pytest.fixture
async def shop(unit: Units) -> Shop:
    return await opened(unit)


REFUSED: list[tuple[str, Wish]] = [
    ("order_not_pending", cancel("S1")), ("order_not_pending", cancel("D1")),
    ("order_not_pending", cancel("C1")), ("order_not_pending", swap("D1")),
    ("order_not_pending", Wish(Verb.READDRESS, "S1", address=HOME)),
    ("order_not_pending", Wish(Verb.REPAY, "D1", method="wechat_1")),
    ("reason_not_accepted", cancel(reason="cheaper elsewhere")),
    ("address_incomplete", Wish(Verb.READDRESS, "P1", address=HOME | {"city": " "})),
    ("address_incomplete", Wish(Verb.MOVE_HOME, address={"address1": "somewhere"})),
    ("payment_method_unknown", Wish(Verb.REPAY, "P1", method="bank_2")),
    ("payment_method_same", Wish(Verb.REPAY, "P1", method="bank_1")),
    ("gift_card_too_small", Wish(Verb.REPAY, "P1", method="gift_card_1")),
    ("gift_card_too_small", swap("P1", method="gift_card_1")),
    ("gift_card_too_small", swap("D1", Verb.EXCHANGE, method="gift_card_1")),
    ("no_items", swap("P1", items=(), new_items=())),
    ("no_items", Wish(Verb.RETURN, "D1", method="bank_1")),
    ("items_do_not_match", swap("P1", new_items=("CUP-L", "CUP-L"))),
    ("item_not_in_order", swap("P1", items=("CUP-XS",))),
    ("item_not_in_order", give_back("D1", "TEA-1", "TEA-1", "TEA-1")),
    ("other_product", swap("P1", new_items=("TEA-2",))),
    ("other_product", swap("D1", Verb.EXCHANGE, new_items=("nothing",))),
    ("same_item", swap("P1", new_items=("CUP-S",))),
    ("same_item", swap("D1", Verb.EXCHANGE, items=("CUP-S", "TEA-1"), new_items=("CUP-L", "TEA-1"))),
    ("item_unavailable", swap("P1", new_items=("CUP-M",))),
    ("order_not_delivered", give_back("P1")), ("order_not_delivered", give_back("S1")),
    ("order_not_delivered", swap("P1", Verb.EXCHANGE)),
    ("payment_method_unknown", give_back(method="wechat_2")),
    ("refund_method_not_allowed", give_back(method="wechat_1")),
]  # fmt: skip
LATER = {"order_already_modified", "payment_already_changed"}


@pytest.mark.parametrize(("code", "wish"), REFUSED)
async def test_what_the_policy_forbids_is_refused_with_its_code(
    shop: Shop, code: str, wish: Wish
) -> None:
    assert await shop.code(wish) == code


def test_every_clause_has_a_case_here_and_a_sentence_in_two_languages() -> None:
    clauses = {clause.refusal.code: clause for policy in aftersales.POLICIES.values()
               for clause in policy.clauses}  # fmt: skip
    assert set(clauses) == {code for code, _ in REFUSED} | LATER
    assert set(aftersales.POLICIES) == set(Verb) - SHOP_VERBS
    told = [clause.refusal for clause in clauses.values()] + list(aftersales.GENERAL)
    said = [(c.zh, c.en) for c in clauses.values()] + [(r.zh, r.en) for r in told]
    assert all("一" <= letter <= "鿿" for zh, _ in said for letter in zh[:1])
    assert all(en.isascii() or "–" in en for _, en in said)
    assert all(zh and en.endswith((".", "?")) for zh, en in said)


async def test_a_proposal_changes_nothing_and_says_what_it_would(shop: Shop) -> None:
    before = await shop.found("P1")
    proposal = await shop.proposed(swap("P1"))
    assert await shop.found("P1") == before
    assert "CNY" not in proposal.zh
    assert "¥40.00" in proposal.zh
    assert "S → L" in proposal.en
    assert "cannot be modified or cancelled afterwards" in proposal.en


async def test_items_are_changed_once_with_their_payment(shop: Shop) -> None:
    done = await shop.done(swap("P1", items=("CUP-S", "TEA-1"), new_items=("CUP-L", "TEA-2")))
    assert isinstance(done, Done)
    order = await shop.found("P1")
    assert [(i.sku, i.quantity) for i in order.items] == [("CUP-L", 1), ("TEA-1", 1), ("TEA-2", 1)]
    assert order.payments[1:] == (replace(order.payments[1], method="bank_1", kind="payment",
                                          amount=Money(4000)),)  # fmt: skip
    assert order.total == Money(25000)
    assert order.was(ChangeKind.ITEMS_CHANGED)
    for wish in (swap("P1", items=("CUP-L",), new_items=("CUP-S",)), cancel(),
                 Wish(Verb.READDRESS, "P1", address=HOME),
                 Wish(Verb.REPAY, "P1", method="wechat_1")):  # fmt: skip
        assert await shop.code(wish) == "order_already_modified"


async def test_a_gift_card_gains_and_gives_exactly_what_is_due(shop: Shop) -> None:
    await shop.done(swap("P1", new_items=("CUP-XS",), method="gift_card_1"))
    assert await shop.balance() == 4000
    await shop.order("P2", payments=(Payment("gift_card_1", Money(2000)),), total=Money(2000))
    await shop.done(cancel("P2"))
    assert await shop.balance() == 6000
    await shop.order("P3", payments=(Payment("bank_1", Money(6000)),), total=Money(6000))
    await shop.done(Wish(Verb.REPAY, "P3", method="gift_card_1"))
    assert await shop.balance() == 0
    order = await shop.found("P3")
    assert [(p.kind, p.method) for p in order.payments[1:]] == [
        ("payment", "gift_card_1"), ("refund", "bank_1"),
    ]  # fmt: skip
    assert await shop.code(Wish(Verb.REPAY, "P3", method="wechat_1")) == "payment_already_changed"


async def test_what_was_refunded_before_is_not_refunded_again(shop: Shop) -> None:
    await shop.done(Wish(Verb.REPAY, "P1", method="wechat_1"))
    await shop.done(cancel())
    order = await shop.found("P1")
    assert order.status is Status.CANCELLED
    paid = sum(p.amount.minor for p in order.payments if p.kind == "payment")
    assert sum(p.amount.minor for p in order.payments if p.kind == "refund") == paid
    assert order.payments[-1].method == "wechat_1"


async def test_a_return_opens_a_case_and_moves_no_money_yet(shop: Shop) -> None:
    done = await shop.done(give_back("D1", "TEA-1", "TEA-1", method="gift_card_1"))
    assert done.order.status is Status.RETURNING
    assert done.order.payments == (Payment("bank_1", Money(21000)),)
    assert await shop.balance() == 3000
    async with shop.unit() as ctx:
        (case,) = await aftersales.cases(ctx, shop.mei)
    assert (case.verb, case.status, case.amount) == (Verb.RETURN, "requested", Money(16000))
    assert await shop.code(give_back()) == "order_not_delivered"


async def test_a_refund_goes_back_to_a_method_that_only_the_order_knows(shop: Shop) -> None:
    await shop.order("D2", status=Status.DELIVERED, payments=(Payment("alipay", Money(21000)),))
    assert await shop.code(give_back("D2", method="bank_1")) == "refund_method_not_allowed"
    assert await shop.code(give_back("D1", method="alipay")) == "payment_method_unknown"
    assert isinstance(await shop.done(give_back("D2", method="alipay")), Done)


async def test_two_cards_changed_crosswise_at_once_never_wait_for_each_other(shop: Shop) -> None:
    async with shop.unit() as ctx:
        kind = customers.contracts.IdentityKind.EXTERNAL
        cards = tuple(
            customers.contracts.PaymentMethod(f"card_{n}", "gift_card", Money(90000))
            for n in (1, 2)
        )
        await customers.load(ctx, [customers.contracts.Newcomer(
            (customers.contracts.Identity(kind, "mei"),), wallet=cards)])  # fmt: skip
    wishes = []
    for n in range(6):
        old, new = (1, 2) if n % 2 else (2, 1)
        await shop.order(f"X{n}", payments=(Payment(f"card_{old}", Money(100)),), total=Money(100))
        wishes.append(Wish(Verb.REPAY, f"X{n}", method=f"card_{new}"))
    proposals = [await shop.proposed(wish) for wish in wishes]
    results = await asyncio.gather(*(shop.confirm(one) for one in proposals))
    assert all(isinstance(one, Done) for one in results)
    assert [await shop.balance(f"card_{n}") for n in (1, 2)] == [90000, 90000]


async def test_the_yes_is_bound_to_the_exact_change(shop: Shop) -> None:
    proposal, other = await shop.proposed(swap("P1")), await shop.proposed(cancel())
    assert (await shop.confirm(other, proposal.digest)).code == "proposal_changed"
    assert (await shop.confirm(proposal)).code == "proposal_settled"
    assert isinstance(await shop.confirm(other), Done)


async def test_a_price_that_moves_needs_a_new_yes(shop: Shop) -> None:
    proposal = await shop.proposed(swap("P1"))
    async with shop.unit() as ctx:
        await stock(ctx, large=9900)
    assert (await shop.confirm(proposal)).code == "proposal_changed"
    assert not (await shop.found("P1")).changes
    assert (await shop.confirm(proposal)).code == "proposal_settled"


async def test_a_status_that_moves_is_looked_at_again(shop: Shop) -> None:
    proposal = await shop.proposed(cancel())
    await shop.order("P1", status=Status.SHIPPED)
    assert (await shop.confirm(proposal)).code == "order_not_pending"


async def test_the_same_yes_twice_does_nothing_twice(shop: Shop) -> None:
    await shop.order("P2", payments=(Payment("gift_card_1", Money(2000)),), total=Money(2000))
    proposal = await shop.proposed(cancel("P2"))
    first, again = await shop.confirm(proposal), await shop.confirm(proposal)
    assert (first.again, again.again) == (False, True)
    assert await shop.balance() == 5000
    assert len((await shop.found("P2")).payments) == 2


async def test_the_same_yes_many_times_at_once_is_done_once(shop: Shop) -> None:
    proposal = await shop.proposed(swap("P1", new_items=("CUP-XS",), method="gift_card_1"))
    results = await asyncio.gather(*(shop.confirm(proposal) for _ in range(5)))
    assert sorted(done.again for done in results) == [False, True, True, True, True]
    assert await shop.balance() == 4000


async def test_two_deeds_at_once_never_overdraw_a_gift_card(shop: Shop) -> None:
    for number in ("A", "B", "C"):
        await shop.order(number, payments=(Payment("bank_1", Money(2000)),), total=Money(2000))
    wishes = [Wish(Verb.REPAY, number, method="gift_card_1") for number in ("A", "B", "C")]
    proposals = [await shop.proposed(wish) for wish in wishes]
    results = await asyncio.gather(*(shop.confirm(one) for one in proposals))
    assert sorted(isinstance(one, Done) for one in results) == [False, False, True]
    assert await shop.balance() == 1000
    changed = [bool((await shop.found(number)).changes) for number in ("A", "B", "C")]
    assert sorted(changed) == [False, False, True]


async def test_a_proposal_waits_only_so_long(shop: Shop, clock: FakeClock) -> None:
    proposal = await shop.proposed(cancel())
    clock.advance(seconds=YES_WITHIN.total_seconds() + 1)
    assert (await shop.confirm(proposal)).code == "proposal_expired"
    assert (await shop.found("P1")).status is Status.PAID


async def test_a_no_ends_it(shop: Shop) -> None:
    proposal = await shop.proposed(cancel())
    async with shop.unit(shop.shopper()) as ctx:
        capability = await shop.capability(ctx, proposal.wish)
        assert await aftersales.withdraw(ctx, capability, proposal.id)
        assert not await aftersales.withdraw(ctx, capability, proposal.id)
    assert (await shop.confirm(proposal)).code == "proposal_settled"


async def test_a_capability_names_its_orders_and_verbs(shop: Shop, clock: FakeClock) -> None:
    async with shop.unit(shop.shopper()) as ctx:
        granted = await shop.capability(ctx, cancel())
        other_verb = await aftersales.propose(ctx, granted, swap("P1"))
        other_order = await aftersales.propose(ctx, granted, cancel("D1"))
        clock.advance(seconds=YES_WITHIN.total_seconds() + 1)
        too_late = await aftersales.propose(ctx, granted, cancel())
    for refused in (other_verb, other_order, too_late):
        assert isinstance(refused, Refused)
        assert refused.code == "not_granted"


@pytest.mark.parametrize("number", ["L1", "no such order", "p1", "#P1"])
async def test_what_is_not_theirs_does_not_exist(shop: Shop, number: str) -> None:
    async with shop.unit(shop.shopper()) as ctx:
        granted = await aftersales.grant(ctx, shop.mei, (Verb.CANCEL,), (number,))
        forged = Capability(shop.mei, frozenset(Verb), frozenset((number,)),
                            ctx.now() + YES_WITHIN)  # fmt: skip
        proposed = await aftersales.propose(ctx, forged, cancel(number))
    assert granted == proposed == aftersales.NOT_FOUND


async def test_nobody_acts_for_somebody_else(shop: Shop) -> None:
    proposal = await shop.proposed(cancel())
    lan = shop.shopper(shop.lan)
    for actor in (lan, replace(shop.shopper(), proven=False), replace(lan, customer_id=None)):
        async with shop.unit(actor) as ctx:
            assert await aftersales.grant(ctx, shop.mei, (Verb.CANCEL,), ("P1",)) == (
                aftersales.UNAUTHENTICATED
            )
    async with shop.unit(lan) as ctx:
        theirs = await aftersales.grant(ctx, shop.lan, tuple(Verb), ("L1",))
        assert isinstance(theirs, Capability)
        yes = aftersales.contracts.Yes(proposal.id, proposal.digest)
        assert await aftersales.confirm(ctx, theirs, yes) == aftersales.NOT_FOUND
    assert (await shop.found("P1")).status is Status.PAID


async def test_another_tenant_sees_no_proposal(shop: Shop, house: House, tenant: TenantId) -> None:
    proposal = await shop.proposed(cancel())
    elsewhere = TenantId(shop.mei)
    assert elsewhere != tenant
    async with house.unit(shop.shopper(), Scope(elsewhere)) as ctx:
        forged = Capability(shop.mei, frozenset(Verb), frozenset(("P1",)), ctx.now() + YES_WITHIN)
        yes = aftersales.contracts.Yes(proposal.id, proposal.digest)
        assert await aftersales.confirm(ctx, forged, yes) == aftersales.NOT_FOUND


async def test_every_outcome_leaves_a_line(shop: Shop) -> None:
    await shop.code(cancel(reason="bored"))
    proposal = await shop.proposed(cancel())
    await shop.confirm(proposal)
    await shop.confirm(proposal)
    async with shop.unit() as ctx:
        lines = await aftersales.trail(ctx, shop.mei)
    told = [(line.outcome, line.code, line.actor, line.order_number) for line in reversed(lines)]
    assert told == [
        ("refused", "reason_not_accepted", "customer", "P1"), ("proposed", "", "customer", "P1"),
        ("done", "", "customer", "P1"), ("repeated", "", "customer", "P1"),
    ]  # fmt: skip
    assert lines[1].details["payments"] == [["refund", "bank_1", 21000]]


async def test_only_those_who_may_read_orders_see_the_trail(shop: Shop) -> None:
    async with shop.unit(Shopper(shop.mei, shop.mei, shop.mei, proven=True)) as ctx:
        with pytest.raises(Forbidden):
            await aftersales.trail(ctx)


async def test_a_default_address_is_changed_after_a_yes(shop: Shop) -> None:
    wish = Wish(Verb.MOVE_HOME, address=HOME | {"zip": "200000"})
    done: Any = await shop.done(wish)
    assert done.customer.address["zip"] == "200000"
    async with shop.unit() as ctx:
        assert (await customers.get(ctx, shop.mei)).address == HOME | {"zip": "200000"}


async def test_an_absorbed_customers_order_is_theirs(shop: Shop) -> None:
    async with shop.unit() as ctx:
        kind = customers.contracts.IdentityKind.PHONE
        other = await customers.load(ctx, [customers.contracts.Newcomer(
            (customers.contracts.Identity(kind, "13800001111"),))])  # fmt: skip
        await customers.merge(ctx, shop.mei, other.ids[0])
    await shop.order("M1", customer_id=other.ids[0], items=(cup(), TEA))
    assert isinstance(await shop.done(cancel("M1")), Done)


def test_the_page_on_policies_says_what_the_policies_say() -> None:
    page = (ROOT / "docs" / "guide" / "policies.md").read_text("utf-8")
    for verb, policy in aftersales.POLICIES.items():
        assert f"`{verb}`" in page
        for clause in policy.clauses:
            assert f"| `{clause.refusal.code}` | " in page
            assert clause.en in page
    assert [r.code for r in aftersales.GENERAL if f"`{r.code}`" not in page] == []
