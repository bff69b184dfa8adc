"""How a sold thing reaches its buyer: which shelf it is taken from, who carries it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

from xiaoer.labs.demo.places import path_of
from xiaoer.labs.demo.shapes import Counter, Customer, Parcel, Product, Store, TrackingEvent

FRESH = frozenset({"frozen", "seafood", "dairy", "fruit"})
SUPER_CATEGORIES = frozenset({"food", "household", "baby"})
WAREHOUSES = ("北京仓", "上海仓", "广州仓", "成都仓")
HUBS = ("郑州", "济南", "合肥", "南昌", "长沙", "西安")
HANDED = ("本人", "本人", "家门口", "物业代收", "和光驿站")
TRANSIT_HOURS = {"home": (18, 52), "other": (44, 100), "remote": (110, 185)}
STALL_SHARE = 0.015
LATE_CANCEL_SHARE = 0.015
HOUR, DAY = 3_600, 86_400
CHINA_OFFSET = 8 * HOUR


class Plan(NamedTuple):
    """Who sells it, how it reaches the buyer, and the pool of products it is picked from."""

    path: str
    fulfilment: str  # delivery | local | pickup | counter
    pool: str


class Fate(NamedTuple):
    """What an order has come to by now; moments are Unix seconds."""

    status: str
    changed: int
    paid: int | None
    refunded: int | None = None


class Shelf:
    """What each place sells, some things far more often than others."""

    def __init__(
        self,
        rng: Random,
        products: Sequence[Product],
        stores: Sequence[Store],
        counters: Sequence[Counter],
    ) -> None:
        self.store_of = {s.path: s for s in stores}
        self.supers = {s.city: s for s in stores if s.format == "super"}
        self.online = path_of("online")
        self.carriers = {p.code: _carrier(p) for p in products}
        ranked = rng.sample(list(products), len(products))
        self.pools = {"online": _pool([p for p in ranked if p.line not in FRESH])}
        for store in stores:
            here = {c.brand for c in counters if c.store == store.code}
            sold = [p for p in ranked if p.brand in here and _sold_in(p, store)]
            self.pools[store.code] = _pool(sold)

    def plan(self, rng: Random, buyer: Customer) -> Plan:
        dice = rng.random()
        near = self.supers.get(buyer.city)
        home = self.store_of.get(buyer.home)
        if dice < 0.20 and near:
            return Plan(near.path, "local", near.code)
        if dice < 0.40 and home:
            return Plan(home.path, "counter", home.code)
        if dice < 0.45 and home:
            return Plan(home.path, "pickup", home.code)
        return Plan(self.online, "delivery", "online")

    def product(self, rng: Random, pool: str) -> Product:
        things, weights = self.pools[pool]
        return rng.choices(things, cum_weights=weights)[0]


def _sold_in(product: Product, store: Store) -> bool:
    if store.format == "super":
        return product.category in SUPER_CATEGORIES
    return product.line not in FRESH


def _pool(ranked: list[Product]) -> tuple[list[Product], list[float]]:
    return ranked, list(accumulate((rank + 6) ** -0.7 for rank in range(len(ranked))))


def _carrier(product: Product) -> str:
    if product.line in FRESH:
        return "和光冷链"
    return "青鸟快运" if product.category in ("beauty", "baby") else "白鹭速递"


PREFIXES = {"青鸟快运": "QN", "白鹭速递": "BL", "和光冷链": "HL", "和光闪送": "HS"}


class Travel:
    """Plays each order's way forward until now, and stops there."""

    def __init__(self, rng: Random, now: int, carriers: dict[str, str]) -> None:
        self.rng = rng
        self.now = now
        self.carriers = carriers
        self.parcels = 0

    def pickup(self, paid: int) -> Fate:
        ready = paid + self.rng.randint(1_200, 7_200)
        fetched = ready + self.rng.randint(HOUR, 3 * DAY)
        if self.now < ready:
            return Fate("packing", paid, paid)
        if self.now < fetched:
            return Fate("ready_for_pickup", ready, paid)
        return Fate("completed", fetched, paid)

    def deliver(
        self, paid: int, plan: Plan, products: tuple[str, ...], buyer: Customer
    ) -> tuple[Fate, tuple[Parcel, ...]]:
        """The order's state, and those of its parcels that have left by now."""
        if self.rng.random() < LATE_CANCEL_SHARE:
            at = min(paid + self.rng.randint(300, 2 * HOUR), self.now)
            return Fate("cancelled", at, paid, at), ()
        local = plan.fulfilment == "local"
        groups = self._split(products, local)
        sent = [
            self._parcel(paid, carrier, lines, plan, buyer) for carrier, lines in groups.items()
        ]
        left = tuple(p for p in sent if p is not None)
        return self._state(paid, left, len(sent)), left

    def _split(self, products: tuple[str, ...], local: bool) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for place, product in enumerate(products):
            carrier = "和光闪送" if local else self.carriers[product]
            groups.setdefault(carrier, []).append(place)
        return groups

    def _state(self, paid: int, left: tuple[Parcel, ...], all_parcels: int) -> Fate:
        if not left:
            return Fate("packing" if self.now - paid > 2 * HOUR else "paid", paid, paid)
        changed = max(int(p.events[-1].at.timestamp()) for p in left)
        if len(left) < all_parcels or any(p.status != "delivered" for p in left):
            return Fate("shipped", changed, paid)
        accepted = changed + int(self.rng.random() ** 2 * 10 * DAY)
        if accepted > self.now:
            return Fate("delivered", changed, paid)
        return Fate("completed", accepted, paid)

    def _parcel(
        self, paid: int, carrier: str, lines: list[int], plan: Plan, buyer: Customer
    ) -> Parcel | None:
        local = plan.fulfilment == "local"
        steps, eta = self._by_rider(paid) if local else self._by_van(paid, carrier, buyer)
        past = [s for s in steps if s[0] <= self.now]
        if not past:
            return None
        self.parcels += 1
        status = past[-1][1]
        done = _moment(past[-1][0]) if status == "delivered" else None
        return Parcel(
            number=f"{PREFIXES[carrier]}{7_300_000_000 + self.parcels * 37}",
            carrier=carrier,
            status=status,
            items=tuple(lines),
            shipped_at=_moment(steps[0][0]),
            eta=_moment(eta),
            delivered_at=done,
            events=tuple(TrackingEvent(_moment(at), step, text) for at, step, text in past),
        )

    def _by_rider(self, paid: int) -> tuple[list[tuple[int, str, str]], int]:
        start = _in_hours(paid, 9, 20, self.rng) + self.rng.randint(600, 1_500)
        end = start + self.rng.randint(1_200, 3_000)
        steps = [
            (start, "collected", "骑手已到店取货"),
            (start + 240, "out_for_delivery", "骑手正在配送，请保持电话畅通"),
            (end, "delivered", f"已送达，签收：{self.rng.choice(HANDED)}"),
        ]
        return steps, start + HOUR

    def _by_van(
        self, paid: int, carrier: str, buyer: Customer
    ) -> tuple[list[tuple[int, str, str]], int]:
        rng = self.rng
        low, high = TRANSIT_HOURS[buyer.reach]
        start = paid + int(rng.triangular(2, 46, 13) * HOUR)
        eta = _in_hours(start + int(rng.uniform(low, high) * HOUR), 9, 20, rng)
        stall = int(rng.uniform(74, 120) * HOUR) if rng.random() < STALL_SHARE else 0
        end = _in_hours(eta + stall, 9, 20, rng) if stall else eta
        span = eta - start
        origin, hub = rng.choice(WAREHOUSES), rng.choice(HUBS)
        middle = start + span * 45 // 100
        steps = [
            (start, "collected", f"【和光{origin}】{carrier}已揽收"),
            (start + span // 8, "in_transit", f"已离开【和光{origin}】，发往【{buyer.city}】"),
            (middle, "in_transit", f"到达【{hub}中转站】"),
            (end - span // 5, "in_transit", f"到达【{buyer.city}】营业部，等待派送"),
            (end - span // 12, "out_for_delivery", "快递员正在派送，请保持电话畅通"),
            (end, "delivered", f"已签收，签收人：{rng.choice(HANDED)}"),
        ]
        if stall:
            text = f"在【{hub}中转站】滞留，正在核查，给您添麻烦了"
            steps.insert(3, (middle + stall // 3, "delayed", text))
            steps[4:6] = [(max(at, middle + stall // 3 + 60), s, t) for at, s, t in steps[4:6]]
        return steps, eta


def _in_hours(second: int, first: int, last: int, rng: Random) -> int:
    """The moment itself in China's daytime; at night, the next morning."""
    clock = (second + CHINA_OFFSET) % DAY
    if first * HOUR <= clock < last * HOUR:
        return second
    morning = second - clock + first * HOUR + (DAY if clock >= last * HOUR else 0)
    return morning + rng.randint(300, 4 * HOUR)


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
