"""A year of orders, oldest first, streamed: who bought what, where, and how it travels.

Times fall as retail's do: more in the evening, at weekends, at the big sales, and a little
more each month. What an order has reached follows from its age at `now`, so that a fresh
demo always has parcels on the road.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from xiaoer.labs.demo.goods import CHINA
from xiaoer.labs.demo.journeys import Fate, Plan, Shelf, Travel
from xiaoer.labs.demo.shapes import Customer, Item, Order, Parcel, Payment, Return
from xiaoer.labs.demo.words import read_json

HOUR_WEIGHTS = (
    8,
    4,
    2,
    1,
    1,
    1,
    3,
    6,
    10,
    16,
    22,
    24,
    24,
    20,
    19,
    20,
    21,
    22,
    24,
    30,
    38,
    40,
    32,
    18,
)
PEAKS = {(11, 1): 3.0, (11, 10): 2.2, (11, 11): 4.5, (12, 12): 2.4, (6, 1): 1.8, (6, 18): 3.2,
         (3, 8): 1.8, (8, 18): 1.5, (12, 25): 1.4}  # fmt: skip
EAGERNESS = {"basic": 1.0, "silver": 3.4, "gold": 9.0, "black": 26.0}
BASKETS = {
    "basic": (1, 1, 1, 2),
    "silver": (1, 1, 2, 3),
    "gold": (1, 2, 2, 3, 4),
    "black": (2, 3, 4, 5),
}
METHODS = (
    ("wechat",) * 48 + ("alipay",) * 34 + ("bank_card",) * 9 + ("ecny",) * 3 + ("gift_card",) * 6
)
UNPAID_SHARE = 0.04
RETURN_SHARE = 0.05
REJECTED_SHARE = 0.06
RETURN_STAGES = (("requested", 0.5), ("approved", 2), ("on_the_way", 5))


def orders(
    seed: int, now: datetime, count: int, people: tuple[Customer, ...], shelf: Shelf
) -> Iterator[Order]:
    rng = Random(f"{seed}/orders")  # noqa: S311 - reproducible demo material, not a secret
    buyers = _Buyers(rng, people, count)
    travel = Travel(rng, int(now.timestamp()), shelf.carriers)
    today, n = "", 0
    for second in _times(rng, now, count):
        local = datetime.fromtimestamp(second, CHINA)
        day = f"{local:%Y%m%d}"
        n = n + 1 if day == today else 1
        today = day
        buyer = buyers.next(second)
        yield _order(f"HG{day}{(n * 7919 + 137) % 100_000:05d}", second, buyer, shelf, travel)


class _Buyers:
    """Draws buyers by how much their level buys; nobody buys before joining."""

    def __init__(self, rng: Random, people: tuple[Customer, ...], count: int) -> None:
        weights = list(accumulate(EAGERNESS[p.level] for p in people))
        self.drawn = iter(rng.choices(people, cum_weights=weights, k=count * 3))
        self.fallback = min(people, key=lambda p: p.joined_at)

    def next(self, second: int) -> Customer:
        for buyer in self.drawn:
            if buyer.joined_at.timestamp() < second:
                return buyer
        return self.fallback


def _times(rng: Random, now: datetime, count: int) -> list[int]:
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=n) for n in range(365, -1, -1)]
    weights = [_busy(day, n) for n, day in enumerate(days)]
    last = int(now.timestamp()) - 60
    chosen = rng.choices(days, weights, k=count)
    hours = rng.choices(range(24), HOUR_WEIGHTS, k=count)
    found = []
    for day, hour in zip(chosen, hours, strict=True):
        second = int(day.timestamp()) + hour * 3600 + rng.randrange(3600)
        found.append(second if second <= last else last - rng.randrange(86_400))
    return sorted(found)


def _busy(day: datetime, n: int) -> float:
    weekend = 1.35 if day.weekday() >= 5 else 1.0
    return weekend * PEAKS.get((day.month, day.day), 1.0) * (1 + n / 900)


def _order(number: str, second: int, buyer: Customer, shelf: Shelf, travel: Travel) -> Order:
    rng = travel.rng
    plan = shelf.plan(rng, buyer)
    items = _basket(rng, buyer, plan, shelf)
    goods = sum(i.price * i.quantity for i in items)
    discount = goods // 30_000 * 3_000 if rng.random() < 0.35 else 0
    shipping = _shipping(plan, buyer, goods - discount)
    total = goods - discount + shipping
    fate, parcels = _fate(second, plan, items, buyer, travel)
    back = _return(rng, number, goods - discount, fate, travel.now)
    status = _after(fate.status, back)
    return Order(
        number=number,
        customer=buyer.number,
        path=plan.path,
        fulfilment=plan.fulfilment,
        status=status,
        placed_at=_moment(second),
        updated_at=_last_change(fate.changed, back),
        items=items,
        goods=goods,
        discount=discount,
        shipping=shipping,
        total=total,
        recipient=buyer.name,
        phone=buyer.phone,
        address="" if plan.fulfilment in ("pickup", "counter") else buyer.address,
        payment=_payment(rng, total, fate, back),
        parcels=parcels,
        returned=back,
    )


def _basket(rng: Random, buyer: Customer, plan: Plan, shelf: Shelf) -> tuple[Item, ...]:
    picked: dict[str, Item] = {}
    for _ in range(rng.choice(BASKETS[buyer.level])):
        product = shelf.product(rng, plan.pool)
        variant = rng.choice(product.variants)
        quantity = 1 if rng.random() < 0.86 else rng.randint(2, 4)
        picked[variant.sku] = Item(
            variant.sku, product.code, product.title, variant.label, product.picture, quantity,
            variant.price,
        )  # fmt: skip
    return tuple(picked.values())


def _shipping(plan: Plan, buyer: Customer, goods: int) -> int:
    if plan.fulfilment in ("pickup", "counter") or buyer.level == "black":
        return 0
    if plan.fulfilment == "local":
        return 0 if goods >= 5_900 else 600
    remote = buyer.reach == "remote"
    return 0 if goods >= (19_900 if remote else 9_900) else (2_000 if remote else 800)


def _fate(
    second: int, plan: Plan, items: tuple[Item, ...], buyer: Customer, travel: Travel
) -> tuple[Fate, tuple[Parcel, ...]]:
    rng, age = travel.rng, travel.now - second
    if plan.fulfilment == "counter":
        return Fate("completed", second, second), ()
    if rng.random() < UNPAID_SHARE:
        closed = second + 1_800
        unpaid = age < 1_800
        return Fate("unpaid" if unpaid else "cancelled", second if unpaid else closed, None), ()
    paid = min(second + rng.randint(5, 600), travel.now)
    if plan.fulfilment == "pickup":
        return travel.pickup(paid), ()
    return travel.deliver(paid, plan, tuple(i.product for i in items), buyer)


def _return(rng: Random, number: str, amount: int, fate: Fate, now: int) -> Return | None:
    if fate.status not in ("delivered", "completed") or rng.random() > RETURN_SHARE:
        return None
    asked = fate.changed + rng.randint(3_600, 6 * 86_400)
    if asked >= now:
        return None
    age = (now - asked) / 86_400
    stage = next((name for name, days in RETURN_STAGES if age < days), "refunded")
    if stage == "refunded" and rng.random() < REJECTED_SHARE:
        stage = "rejected"
    settled = _moment(asked + 5 * 86_400) if stage in ("refunded", "rejected") else None
    reason = rng.choice(read_json("people.json")["return_reasons"])
    return Return(f"R{number[2:]}", reason, stage, amount, _moment(asked), settled)


def _after(status: str, back: Return | None) -> str:
    if back is None or back.status == "rejected":
        return status
    return "refunded" if back.status == "refunded" else "returning"


def _payment(rng: Random, total: int, fate: Fate, back: Return | None) -> Payment | None:
    if fate.paid is None:
        return None
    refunded, when = 0, None
    if fate.refunded is not None:
        refunded, when = total, _moment(fate.refunded)
    elif back and back.status == "refunded":
        refunded, when = back.amount, back.settled_at
    return Payment(rng.choice(METHODS), total, _moment(fate.paid), refunded, when)


def _last_change(changed: int, back: Return | None) -> datetime:
    if back is None:
        return _moment(changed)
    return back.settled_at or back.requested_at


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
