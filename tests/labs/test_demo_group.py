"""The invented group is the same for the same seed, hangs together, and can reach nobody."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from xml.etree import ElementTree

import pytest

from xiaoer.labs.demo import pictures
from xiaoer.labs.demo.group import DemoGroup, build_group
from xiaoer.labs.demo.shapes import Customer, Order

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def group() -> DemoGroup:
    return build_group(7, NOW, customers=1_500, orders=4_000)


@pytest.fixture(scope="module")
def customers(group: DemoGroup) -> list[Customer]:
    return list(group.customers())


@pytest.fixture(scope="module")
def orders(group: DemoGroup) -> list[Order]:
    return list(group.orders())


def test_one_seed_and_one_moment_always_make_the_same_group(
    group: DemoGroup, orders: list[Order]
) -> None:
    again = build_group(7, NOW, customers=1_500, orders=4_000)
    assert again == group
    assert list(again.customers()) == list(group.customers())
    assert list(again.orders()) == orders


def test_another_seed_makes_other_people_and_goods(group: DemoGroup) -> None:
    other = build_group(8, NOW, customers=1_500, orders=4_000)
    assert [p.title for p in other.products] != [p.title for p in group.products]
    assert next(other.customers()) != next(group.customers())


def test_the_group_has_the_promised_size() -> None:
    whole = build_group(1, NOW)
    assert (whole.customer_count, whole.order_count) == (20_000, 60_000)
    assert len(whole.products) == 3_000
    assert len(whole.brands) == 150
    assert len(whole.promotions) == 60
    assert len(whole.staff) == 40
    assert len(whole.stores) == 12
    assert len({s.city for s in whole.stores}) == 6
    assert {s.format for s in whole.stores} == {"dept", "mall", "super"}


def test_every_unit_hangs_under_one_that_stands_before_it(group: DemoGroup) -> None:
    known: set[str | None] = {None}
    for unit in group.units:
        assert unit.parent in known
        assert unit.path.startswith(unit.parent or "/")
        assert unit.path not in known
        known.add(unit.path)


def test_staff_promotions_skill_groups_and_counters_stand_at_known_places(
    group: DemoGroup,
) -> None:
    paths = {u.path for u in group.units}
    skills = {s.code for s in group.skill_groups}
    for member in group.staff:
        assert member.path in paths
        assert set(member.skill_groups) <= skills
    assert {s for m in group.staff for s in m.skill_groups} == skills
    assert {c.path for c in group.counters} <= paths
    assert {p for promotion in group.promotions for p in promotion.places} <= paths


def test_every_counter_stands_on_a_floor_its_store_has(group: DemoGroup) -> None:
    floors = {s.code: {f.floor for f in s.floors} for s in group.stores}
    brands = {b.code for b in group.brands}
    for counter in group.counters:
        assert counter.floor in floors[counter.store]
        assert counter.brand in brands
    assert {c.brand for c in group.counters} == brands


def test_every_store_opens_before_it_closes_each_day(group: DemoGroup) -> None:
    for store in group.stores:
        assert len(store.hours) == 7
        for opens, closes in store.hours:
            assert opens.rjust(5, "0") < closes.rjust(5, "0")


def test_no_two_products_share_a_title_and_no_two_variants_a_sku(group: DemoGroup) -> None:
    titles = Counter(p.title for p in group.products)
    skus = Counter(v.sku for p in group.products for v in p.variants)
    assert titles.most_common(1)[0][1] == 1
    assert skus.most_common(1)[0][1] == 1


def test_every_price_is_positive_and_the_cheapest_variant_gives_the_product_its_price(
    group: DemoGroup,
) -> None:
    for product in group.products:
        assert product.variants
        assert 0 < product.price == min(v.price for v in product.variants)


def test_products_belong_to_a_brand_of_their_category(group: DemoGroup) -> None:
    brands = {b.code: b for b in group.brands}
    for product in group.products:
        assert brands[product.brand].category == product.category
        assert product.line in brands[product.brand].lines


def test_every_picture_is_drawn_and_is_well_formed(group: DemoGroup) -> None:
    for name in {p.picture for p in group.products}:
        drawn = pictures.draw(name)
        assert drawn is not None
        ElementTree.fromstring(drawn)


@pytest.mark.parametrize("name", ["", "lipstick", "lipstick-99", "../x-01", "<svg>-01"])
def test_a_picture_that_does_not_exist_is_not_drawn(name: str) -> None:
    assert pictures.draw(name) is None


def test_promotions_end_after_they_start_and_many_run_today(group: DemoGroup) -> None:
    for promotion in group.promotions:
        assert promotion.starts_at < promotion.ends_at
    running = [p for p in group.promotions if p.starts_at <= NOW < p.ends_at]
    coming = [p for p in group.promotions if p.starts_at > NOW]
    assert len(running) >= 15
    assert len(coming) >= 5


def test_customers_can_be_reached_by_nobody(customers: list[Customer]) -> None:
    for customer in customers:
        assert customer.phone.startswith("199000")
        assert customer.email is None or customer.email.endswith("@example.invalid")
    assert len({c.phone for c in customers}) == len(customers)
    assert len({c.number for c in customers}) == len(customers)


def test_the_last_of_twenty_thousand_customers_still_has_an_invented_phone() -> None:
    last = list(islice(build_group(1, NOW).customers(), 20_000))[-1]
    assert last.phone == "19900019999"


def test_customers_are_of_every_level_and_kind(customers: list[Customer]) -> None:
    assert {c.level for c in customers} == {"basic", "silver", "gold", "black"}
    assert {c.kind for c in customers} == {"shopper", "vip", "distributor", "agent", "supplier"}


def test_orders_name_customers_goods_and_places_that_exist(
    group: DemoGroup, customers: list[Customer], orders: list[Order]
) -> None:
    people = {c.number for c in customers}
    prices = {v.sku: v.price for p in group.products for v in p.variants}
    paths = {u.path for u in group.units}
    for order in orders:
        assert order.customer in people
        assert order.path in paths
        assert all(prices[i.sku] == i.price for i in order.items)
    assert len({o.number for o in orders}) == len(orders) == 4_000


def test_an_order_adds_up(orders: list[Order]) -> None:
    for order in orders:
        assert order.items
        assert order.goods == sum(i.price * i.quantity for i in order.items)
        assert order.total == order.goods - order.discount + order.shipping > 0
        if order.payment:
            assert order.payment.amount == order.total
            assert 0 <= order.payment.refunded <= order.total


def test_nothing_in_an_order_happens_in_the_future_or_out_of_order(orders: list[Order]) -> None:
    for order in orders:
        assert NOW - timedelta(days=367) < order.placed_at <= order.updated_at <= NOW
        for parcel in order.parcels:
            at = [e.at for e in parcel.events]
            assert at == sorted(at)
            assert order.placed_at <= at[0]
            assert at[-1] <= NOW


def test_orders_come_oldest_first(orders: list[Order]) -> None:
    placed = [o.placed_at for o in orders]
    assert placed == sorted(placed)


def test_parcels_carry_every_item_at_most_once_and_have_their_own_numbers(
    orders: list[Order],
) -> None:
    numbers = [p.number for o in orders for p in o.parcels]
    assert len(numbers) == len(set(numbers))
    for order in orders:
        carried = [n for p in order.parcels for n in p.items]
        assert len(carried) == len(set(carried))
        assert all(0 <= n < len(order.items) for n in carried)


def test_a_state_agrees_with_payment_and_parcels(orders: list[Order]) -> None:
    for order in orders:
        if order.status == "unpaid":
            assert order.payment is None
        if order.status == "shipped":
            assert order.parcels
        if order.status in ("paid", "packing", "cancelled"):
            assert not order.parcels
        if order.status == "refunded":
            assert order.returned
            assert order.payment
            assert order.payment.refunded == order.returned.amount


def test_a_fresh_group_has_parcels_on_the_road_and_returns_in_hand() -> None:
    found = Counter(o.status for o in build_group(7, NOW, orders=20_000).orders())
    assert found["shipped"] >= 50
    assert found["returning"] >= 5
    assert found["completed"] > 15_000


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        build_group(1, datetime(2026, 1, 1))
