"""20,000 invented customers, streamed.

Phone numbers come from 199-0000-0000 upwards, a block that the demo keeps for itself, and
e-mail addresses end in example.invalid, so that nothing the demo sends can reach anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from xiaoer.labs.demo.places import path_of
from xiaoer.labs.demo.shapes import Customer
from xiaoer.labs.demo.words import read_json

FIRST_PHONE = 19900000000
LEVELS = ("basic", "silver", "gold", "black")
LEVEL_SHARES = (0.70, 0.90, 0.98, 1.0)
POINTS = {"basic": 2_000, "silver": 9_000, "gold": 40_000, "black": 180_000}
SPECIAL = (("distributor", 0.004), ("agent", 0.007), ("supplier", 0.011))
BUSINESS_ENDINGS = {
    "distributor": "商贸有限公司",
    "agent": "供应链服务部",
    "supplier": "实业有限公司",
}


def customers(seed: int, now: datetime, count: int) -> Iterator[Customer]:
    rng = Random(f"{seed}/customers")  # noqa: S311 - reproducible demo material, not a secret
    words = read_json("people.json")
    names = _Words(words)
    cities = words["cities"]
    weights = list(accumulate(c["weight"] for c in cities))
    for n in range(count):
        city = rng.choices(cities, cum_weights=weights)[0]
        yield _customer(rng, now, n, names, city)


class _Words:
    def __init__(self, words: dict[str, Any]) -> None:
        self.words = words
        self.surnames = list(words["surnames"])
        self.weights = list(accumulate(words["surnames"].values()))
        near = {c for city in words["cities"] for c in city["near"].split()}
        self.paths = {c: path_of(c) for c in near}

    def person(self, rng: Random, gender: str) -> str:
        family = rng.choices(self.surnames, cum_weights=self.weights)[0]
        given: str = rng.choice(self.words["female" if gender == "f" else "male"])
        return f"{family}{given}"


def _customer(rng: Random, now: datetime, n: int, names: _Words, city: dict[str, Any]) -> Customer:
    gender = "f" if rng.random() < 0.64 else "m"
    foreign = rng.random() < 0.015
    name = rng.choice(names.words["foreign"]) if foreign else names.person(rng, gender)
    level = _level(rng)
    kind = _kind(rng, level)
    phone = str(FIRST_PHONE + n)
    email = f"c{n + 1:05d}@example.invalid" if rng.random() < 0.35 else None
    return Customer(
        number=f"8600{n + 1:06d}",
        name=name,
        phone=phone,
        email=email,
        gender=gender,
        birthday=date(1955, 1, 1) + timedelta(days=int(rng.triangular(0, 19_000, 13_000))),
        city=city["name"],
        address=_address(rng, city, names.words),
        level=level,
        points=int(rng.random() ** 1.8 * POINTS[level]),
        kind=kind,
        company=_company(rng, kind, city["name"], names.words),
        language="en" if foreign else "zh-CN",
        home=names.paths[rng.choice(city["near"].split())],
        joined_at=_joined(rng, now),
        consent_marketing=rng.random() < 0.62,
        consent_memory=rng.random() < 0.48,
        identities=_identities(rng, n, phone, email),
        reach=city["tier"],
    )


def _level(rng: Random) -> str:
    dice = rng.random()
    return next(level for level, edge in zip(LEVELS, LEVEL_SHARES, strict=True) if dice < edge)


def _kind(rng: Random, level: str) -> str:
    dice = rng.random()
    for kind, edge in SPECIAL:
        if dice < edge:
            return kind
    return "vip" if level == "black" else "shopper"


def _company(rng: Random, kind: str, city: str, words: dict[str, Any]) -> str | None:
    ending = BUSINESS_ENDINGS.get(kind)
    return f"{city}{rng.choice(words['companies'])}{ending}" if ending else None


def _address(rng: Random, city: dict[str, Any], words: dict[str, Any]) -> str:
    door = f"{rng.randint(1, 28)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 26)}{rng.randint(1, 4):02d}"
    road = f"{rng.choice(words['roads'])}路{rng.randint(1, 320)}号"
    district = rng.choice(city["districts"])
    return f"{city['name']}市{district}{road}{rng.choice(words['compounds'])}{door}"


def _joined(rng: Random, now: datetime) -> datetime:
    """Six in seven joined before the year of orders begins, so that most can have ordered."""
    old = rng.random() < 0.86
    seconds = rng.uniform(365, 2_200) if old else rng.uniform(1, 365)
    return datetime.fromtimestamp(int(now.timestamp() - seconds * 86_400), UTC)


def _identities(rng: Random, n: int, phone: str, email: str | None) -> tuple[tuple[str, str], ...]:
    known = [("phone", phone), ("member_card", f"8600{n + 1:06d}")]
    if rng.random() < 0.7:
        known.append(("shop_account", f"hg{n + 1:06d}"))
    if rng.random() < 0.3:
        known.append(("wechat", f"demo-open-{rng.getrandbits(48):012x}"))
    if email:
        known.append(("email", email))
    return tuple(known)
