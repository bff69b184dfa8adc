"""The τ-bench retail database goes in and comes out unchanged."""

from __future__ import annotations

import copy
import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.conftest import Units
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Problem
from xiaoer.labs.tau import moving
from xiaoer.labs.tau.moving import NoSuchGroup, NotTauRetail
from xiaoer.modules import catalog, customers, orders
from xiaoer.ports.house import House

ADDRESS = {"address1": "1 Elm", "address2": "Suite 2", "city": "Denver", "country": "USA",
           "state": "CO", "zip": "80279"}  # fmt: skip
MUG = {"item_id": "11", "options": {"color": "red"}, "available": True, "price": 50.88}


def database() -> dict[str, Any]:
    return {
        "products": {"1": {"name": "Mug", "product_id": "1", "variants": {
            "11": MUG, "12": MUG | {"item_id": "12", "available": False, "price": 10}}}},
        "users": {"ann_lee_1": {
            "user_id": "ann_lee_1", "name": {"first_name": "Ann", "last_name": "Lee"},
            "address": ADDRESS, "email": "ann.lee@example.com", "orders": ["#W1", "#W2"],
            "payment_methods": {"gift_card_1": {"source": "gift_card", "id": "gift_card_1",
                                                "balance": 17}}}},
        "orders": {number: {
            "order_id": number, "user_id": "ann_lee_1", "address": ADDRESS, "status": status,
            "items": [{"name": "Mug", "product_id": "1", "item_id": "11", "price": 50.88,
                       "options": {"color": "red"}}] * 2,
            "fulfillments": [{"tracking_id": ["357"], "item_ids": ["11", "11"]}],
            "payment_history": [{"transaction_type": "payment", "amount": 101.76,
                                 "payment_method_id": "gift_card_1"}],
        } for number, status in (("#W1", "processed"), ("#W2", "pending"))},
    }  # fmt: skip


def odd() -> dict[str, Any]:
    """Legal JSON in the same schema that our nouns cannot hold to the letter."""
    data = database()
    data["products"]["1"]["name"] = "  Mug\u200f <b>"
    data["products"]["1"]["variants"]["11"]["price"] = 50.885
    data["products"]["1"]["maker"] = {"unknown": [1, 2.0, None]}
    data["users"]["ann_lee_1"] |= {"email": "ANN.Lee@Example.com", "vip": True}
    data["users"]["bob"] = copy.deepcopy(data["users"]["ann_lee_1"]) | {
        "user_id": "bob",
        "email": "",
        "orders": [],
        "address": ADDRESS | {"zip": 80279},
    }
    data["orders"]["#W1"]["status"] = "pending (item modified)"
    data["orders"]["#W2"]["fulfillments"] = [
        {"tracking_id": [], "item_ids": ["11"]},
        {"tracking_id": ["a", "b"], "item_ids": ["99"]},
    ]
    data["orders"]["#W2"]["payment_history"][0]["amount"] = 101.7649999
    data["orders"]["#W2"]["exchange_items"] = ["11"]
    return data  # fmt: skip


@pytest.mark.parametrize("make", [database, odd])
async def test_an_untouched_tenant_exports_what_was_imported(unit: Units, make: Any) -> None:
    async with unit() as ctx:
        await moving.load(ctx, make())
    async with unit() as ctx:
        assert await moving.dump(ctx) == make()


async def test_it_is_really_in_our_rooms(unit: Units) -> None:
    kinds = customers.contracts
    async with unit() as ctx:
        await moving.load(ctx, database())
    async with unit() as ctx:
        mug = await catalog.product(ctx, "12")
        ann = await customers.identify(
            ctx, kinds.Identity(kinds.IdentityKind.EMAIL, "ann.lee@example.com")
        )
        assert ann is not None
        found = await orders.of_customer(ctx, *ann.every_id)
        track = await orders.latest_parcel(ctx, ann.id)
    assert [v.price for v in mug.variants] == [Money(5088, "USD"), Money(1000, "USD")]
    assert ann.name == "Ann Lee"
    assert {o.number: o.status for o in found} == {"#W1": "shipped", "#W2": "paid"}
    assert track is not None
    assert track.parcel.items == (0, 1)


@pytest.mark.parametrize("make", [database, odd])
async def test_what_changed_since_and_only_that_is_exported_changed(unit: Units, make: Any) -> None:
    async with unit() as ctx:
        await moving.load(ctx, make())
        ann = (await customers.find(ctx, "ann_lee_1"))[0]
        await customers.change(ctx, ann.id, ann.version, {"address": ADDRESS | {"zip": "1"}})
        after = await moving.dump(ctx)
    expected = make()
    expected["users"]["ann_lee_1"]["address"] = ADDRESS | {"zip": "1"}
    assert after == expected


async def test_each_import_has_a_group_of_its_own(house: House, clock: FakeClock) -> None:
    first, other = database(), database()
    del other["orders"]["#W2"]
    names = [await moving.put(house, first)]
    now = clock.now()
    clock.set(datetime(2100, 1, 1, tzinfo=UTC))
    names.append(await moving.put(house, other))
    clock.set(now)
    assert names[0] != names[1]
    assert await moving.take(house, names[0]) == first
    assert await moving.take(house) == other
    with pytest.raises(NoSuchGroup):
        await moving.take(house, "nobody")


@pytest.mark.parametrize("harm", [
    {"orders": {"#W1": {"order_id": "#W1"}}}, {"orders": {"#W1": 5}}, {"orders": []}, {},
    {"users": {}}, {"products": {"1": {"product_id": "1", "name": "", "variants": {}}}},
    {"products": {"1": database()["products"]["1"] | {"name": "Mug\x00"}}},
    {"products": {"other key": database()["products"]["1"]}},
])  # fmt: skip
async def test_a_broken_database_leaves_no_group_behind(
    house: House, tmp_path: Path, harm: dict[str, Any]
) -> None:
    file = tmp_path / "db.json"
    file.write_bytes(orjson.dumps(database() | harm if harm else []))
    slug = f"broken-{tmp_path.name[-30:].lower()}"
    with pytest.raises(Problem):
        await moving.put(house, moving.read(file), slug)
    with pytest.raises(NoSuchGroup):
        await moving.take(house, slug)


def test_the_file_is_told_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "whatever"
    file.write_bytes(gzip.compress(orjson.dumps(database())))
    assert moving.read(file) == database()
    for content in (b"", b"{", b"\x1f\x8b\x08rest", b"[]", b'{"users": 1}', b"\xff\xfe"):
        file.write_bytes(content)
        with pytest.raises(NotTauRetail):
            moving.read(file)
    with pytest.raises(NotTauRetail):
        moving.read(tmp_path / "nothing")
