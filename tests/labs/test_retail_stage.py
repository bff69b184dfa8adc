"""The shop's ten deeds against its published rules: what they forbid is not done, what they allow is
done to the letter. ``zh_retail_policy`` and ``zh_retail_effects`` are a second implementation of
the rules, written from their text alone."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import pytest
import pytest_asyncio

from tests.architecture.sources import ROOT
from tests.labs.retail_calls import HOME, calls, malformed, whole
from tests.labs.zh_retail_effects import apply
from tests.labs.zh_retail_policy import Call, Shop
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.labs.retail.stage import Stage, read
from xiaoer.ladder import tools
from xiaoer.modules import aftersales

FILES = ROOT / "src/xiaoer/labs/evals/data/zh_retail"
DB = read(FILES / "db.json")
DEEDS = ("urge_dispatch", "change_address", "cancel_order", "return_items", "exchange_items",
         "report_missing_or_damaged", "price_protect", "claim_freight_insurance", "issue_invoice",
         "change_to_pickup")  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def built(assembly: Assembly) -> Stage:
    """Loaded once for all tests of the file."""
    return await Stage.built(assembly.house, DB)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(built: Stage) -> AsyncIterator[Stage]:
    """The shop as it was imported."""
    yield built
    await built.reset()


def expected(user: str, name: str, given: Any) -> Any:
    """The user's records afterwards, as `tools.json` words it."""
    theirs = {"users": {user: DB["users"][user]}, "orders": {
        number: order for number, order in DB["orders"].items() if order["user_id"] == user}}
    changed = copy.deepcopy(theirs)
    apply(Shop({**DB, **changed}, user), name, given)
    return changed


def clauses(user: str, name: str, given: Any) -> set[str]:
    """What forbids a call; with the clauses that hold besides those that the second
    implementation stops at: a loss in a parcel that stands still, a way back that we pay."""
    shop, order = Shop(DB, user), DB["orders"][given["order_id"]]
    found = shop.violated(Call(name, given))
    if name == "report_missing_or_damaged" and order["status"] == "shipped" and shop.stalled(order):
        return found | {"3.4"}
    if name == "claim_freight_insurance" and (order["return"] or {}).get("shipping_by") == "seller":
        return found | {"11.3"}
    return found


def legal(name: str, most: int, seed: int = 0) -> list[tuple[str, Any]]:
    """Legal calls of a tool, as many as the records hold."""
    found = ((user, given) for user, tool, given in calls(DB, seed)
             if tool == name and not clauses(user, tool, given) and not _vanished(tool, given))  # fmt: skip
    return list(islice(found, most))


def _vanished(name: str, given: Any) -> bool:
    """Every one of several pieces missing: the bench knows a parcel that never came by what is
    said, the tool by this."""
    pieces = whole(DB["orders"][given["order_id"]])
    return given.get("kind") == "missing" and len(pieces) > 1 and len(given["items"]) == len(pieces)


async def test_what_was_imported_is_exported_to_the_letter(stage: Stage) -> None:
    assert await stage.state() == stage.database
    for user in stage.owners:
        assert await stage.records(user) == stage.untouched(user)


@pytest.mark.parametrize("name", DEEDS)
async def test_what_is_allowed_is_done_as_it_is_published(stage: Stage, name: str) -> None:
    found = legal(name, 12)
    assert found
    for user, given in found:
        done = await stage.act(stage.session(user), name, given)
        assert done.executed, (given, done)
        assert await stage.records(user) == expected(user, name, given), given
        await stage.reset(user)
    assert await stage.state() == stage.database


async def test_a_deed_changes_nothing_but_its_own_order_and_account(stage: Stage) -> None:
    wanted = copy.deepcopy(DB)
    busy: set[str] = set()
    for name in DEEDS:
        user, given = next(one for one in legal(name, 99) if one[0] not in busy)
        busy.add(user)
        assert (await stage.act(stage.session(user), name, given)).executed
        apply(Shop(wanted, user), name, given)
    assert await stage.state() == wanted


async def test_what_the_rules_forbid_is_refused_by_one_of_their_clauses(stage: Stage) -> None:
    await _forbidden(stage, 250)


@pytest.mark.slow
async def test_two_thousand_forbidden_calls_and_none_is_done(stage: Stage) -> None:
    await _forbidden(stage, 10_000)


async def _forbidden(stage: Stage, most: int) -> None:
    every = [one for one in calls(DB) if clauses(*one)]
    told: Counter[str] = Counter()
    for user, name, given in every[:: max(len(every) // most, 1)]:
        refused = await stage.act(stage.session(user), name, given)
        assert not refused.executed, (name, given)
        assert refused.code == "bad_arguments" or refused.clause in clauses(user, name, given), (
            name, given, refused, clauses(user, name, given))  # fmt: skip
        told[refused.clause] += 1
    assert await stage.state() == stage.database
    assert len(told) > 20


async def test_what_cannot_be_asked_is_refused(stage: Stage) -> None:
    await _malformed(stage, 250)


@pytest.mark.slow
async def test_two_thousand_calls_that_nobody_may_make_and_none_is_done(stage: Stage) -> None:
    await _malformed(stage, 2000)


async def _malformed(stage: Stage, most: int) -> None:
    every = list(malformed(DB))
    for user, name, given in every[:: max(len(every) // most, 1)]:
        refused = await stage.act(stage.session(user), name, given)
        assert not refused.executed, (user, name, given)
        assert refused.code
    assert await stage.state() == stage.database


@pytest.mark.parametrize("name", DEEDS)
async def test_nothing_is_done_without_a_yes_to_exactly_that(stage: Stage, name: str) -> None:
    user, given = legal(name, 1)[0]
    session = stage.session(user)
    assert (await stage.act(session, name, given, confirmed=False)).code == "not_confirmed"
    async with stage.unit() as ctx:
        proposal = (await tools.use(ctx, session, name, given)).outcome
    assert isinstance(proposal, tools.Proposal)
    forged = await stage.confirm(session, proposal, "0" * 64)
    other = await stage.confirm(stage.session(next(u for u in DB["users"] if u != user)), proposal)
    assert (forged.code, other.code) == ("proposal_changed", "not_found")
    assert await stage.state() == stage.database
    for locale, ends in (("zh-CN", "请确认是否办理。"), ("en", "Shall I do this?")):
        assert given["order_id"] in proposal.sentence(locale)
        assert proposal.sentence(locale).endswith(ends)


@pytest.mark.parametrize("name", DEEDS)
async def test_the_same_yes_twice_is_done_once(stage: Stage, name: str) -> None:
    user, given = legal(name, 1)[0]
    session = stage.session(user)
    async with stage.unit() as ctx:
        proposal = (await tools.use(ctx, session, name, given)).outcome
    assert isinstance(proposal, tools.Proposal)
    for _ in range(2):
        assert (await stage.confirm(session, proposal)).executed
    assert await stage.records(user) == expected(user, name, given)


async def test_what_was_done_once_is_refused_the_second_time(stage: Stage) -> None:
    again = {"urge_dispatch": "4.4", "change_address": "5.2", "cancel_order": "6.1",
             "return_items": "2.10", "exchange_items": "2.10", "report_missing_or_damaged": "13.3",
             "price_protect": "10.4", "claim_freight_insurance": "11.1", "issue_invoice": "12.3",
             "change_to_pickup": "14.1"}  # fmt: skip
    for name, clause in again.items():
        user, given = next(
            (user, given) for user, given in legal(name, 99)
            if max(Counter(whole(DB["orders"][given["order_id"]])).values()) == 1
        )  # fmt: skip
        session = stage.session(user)
        assert (await stage.act(session, name, given)).executed
        assert (await stage.act(session, name, given)).clause == clause, name
        await stage.reset(user)


@pytest.mark.parametrize(("given", "known"), [
    ({"phone_last4": "2271"}, True), ({"email": "linxm@example.com"}, True),
    ({"email": "LINXM@example.com", "phone_last4": "2271"}, True), ({}, False),
    ({"phone_last4": "2272"}, False), ({"email": "linxm@example.com", "phone_last4": "1"}, False),
    ({"phone_last4": "2271", "email": "else@example.com"}, False),
])  # fmt: skip
async def test_a_name_counts_with_its_digits_or_its_address(
    stage: Stage, given: dict[str, str], known: bool
) -> None:
    found = await stage.act(stage.session(), "verify_identity", {"name": "林晓梅"} | given)
    assert found.executed is known
    assert found.value == "u01" if known else found.session.customer_id is None


async def test_two_wrong_identities_end_it_and_the_right_one_does_not_help(stage: Stage) -> None:
    session = stage.session()
    wrong, right = ({"name": "林晓梅", "phone_last4": last4} for last4 in ("0000", "2271"))
    first = await stage.act(session, "verify_identity", wrong)
    second = await stage.act(first.session, "verify_identity", wrong)
    third = await stage.act(second.session, "verify_identity", right)
    assert [(one.clause, one.to_person) for one in (first, second, third)] == [
        ("1.1", False), ("1.4", True), ("1.4", True)]  # fmt: skip
    assert third.session.customer_id is None
    for name in ("get_user", "list_orders"):
        assert (await stage.act(third.session, name, {})).code == "unauthenticated"


async def test_the_look_ups_show_what_is_published_and_only_ones_own(stage: Stage) -> None:
    session = stage.session("u01")
    mine = DB["users"]["u01"]["orders"][0]
    theirs = DB["users"]["u02"]["orders"][0]

    async def shown(name: str, **given: Any) -> Any:
        return (await stage.act(session, name, given)).value

    user = await shown("get_user")
    assert sorted(user.pop("orders")) == sorted(DB["users"]["u01"]["orders"])
    assert user == {name: value for name, value in DB["users"]["u01"].items() if name != "orders"}
    assert await shown("get_order", order_id=mine) == DB["orders"][mine]
    assert (await stage.act(session, "get_order", {"order_id": theirs})).code == "not_found"
    assert (await stage.act(session, "get_parcels", {"order_id": theirs})).code == "not_found"
    listed = [one["order_id"] for one in await shown("list_orders")]
    assert sorted(listed) == sorted(DB["users"]["u01"]["orders"])
    assert await shown("get_product", product_id="P01") == DB["products"]["P01"]
    assert [one["store_id"] for one in await shown("list_stores", city="上海市")] == ["S01", "S02"]
    assert DB["products"]["P01"] in await shown("search_products", query="跑鞋")
    assert "7 天" in (await shown("get_policy", clause="7.2"))["7.2"]


def test_the_tools_take_what_is_published() -> None:
    published = {one["function"]["name"]: one for one in read(FILES / "tools.json")["tools"]}
    assert {one.name: one.parameters for one in tools.SHOP_SPECS} == {
        name: one["function"]["parameters"] for name, one in published.items()
    }
    deeds = {one.name for one in tools.SHOP_SPECS if one.effect is tools.Effect.DEED}
    assert deeds == {name for name, one in published.items() if one["writes"]}


def test_the_rules_in_code_are_the_published_ones() -> None:
    page = (FILES / "policy.md").read_text("utf-8").replace("\n  ", "")
    terms = aftersales.contracts.Terms()
    for section in range(1, 16):
        for number, (zh, en) in aftersales.published(terms, str(section)).items():
            assert f"- {number} {zh}" in page
            assert en.endswith((".", ")"))


async def test_an_address_keeps_whom_it_is_for_unless_they_change(stage: Stage) -> None:
    user, given = next(one for one in legal("change_address", 99) if "phone" in one[1]["address"])
    done = await stage.act(stage.session(user), "change_address", given)
    assert done.value["address"] == {**HOME, "receiver": "王芳", "phone": "13800001111"}
