"""Products, their variants and prices, and the promotions around them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import product as every_pair
from random import Random
from typing import Any

from xiaoer.labs.demo.places import path_of
from xiaoer.labs.demo.shapes import Brand, Product, Promotion, Variant
from xiaoer.labs.demo.words import read_json, read_rows

CHINA = timezone(timedelta(hours=8))
TIER_FACTOR = {1: 0.62, 2: 1.0, 3: 1.7}


def products(seed: int, brands: tuple[Brand, ...]) -> tuple[Product, ...]:
    """3,000 products: each category's number shared evenly over its brands' lines."""
    rng = Random(f"{seed}/products")  # noqa: S311 - reproducible demo material, not a secret
    book = read_json("lines.json")
    found: list[Product] = []
    for category, about in book["categories"].items():
        pairs = [(b, line) for b in brands if b.category == category for line in b.lines]
        total = about["products"]
        for place, (brand, line) in enumerate(pairs):
            share = total * (place + 1) // len(pairs) - total * place // len(pairs)
            found += _line_of_brand(rng, brand, line, share, len(found))
    return tuple(found)


def _line_of_brand(rng: Random, brand: Brand, line: str, share: int, at: int) -> list[Product]:
    book = read_json("lines.json")
    words = book["lines"][line]
    series = rng.sample(book["categories"][brand.category]["series"], 3)
    if "titles" in words:
        named = [f"{one}系列 {title}" for one, title in every_pair(series, words["titles"])]
    else:
        pairs = every_pair(words["traits"], words["nouns"])
        named = [f"{rng.choice(series)}系列 {_join(*pair)}" for pair in pairs]
    return [
        _product(rng, brand, line, f"{brand.name} {name}", at + n)
        for n, name in enumerate(rng.sample(named, share))
    ]


def _join(trait: str, noun: str) -> str:
    return noun if trait in noun else trait + noun


def _product(rng: Random, brand: Brand, line: str, title: str, number: int) -> Product:
    words = read_json("lines.json")["lines"][line]
    code = f"P{100001 + number}"
    low, high = words["price"]
    full = (low + (high - low) * rng.random() ** 1.6) * TIER_FACTOR[brand.tier]
    facts = tuple((k, rng.choice(v)) for k, v in words["facts"].items())
    variants = _variants(rng, words, code, full)
    note = _note(rng.choice(words["notes"]), facts)
    told = "，".join(f"{k}{v}" for k, v in facts)
    return Product(
        code=code,
        brand=brand.code,
        category=brand.category,
        line=line,
        line_name=words["name"],
        title=title,
        description=f"{title}。{told}。{note}",
        facts=facts,
        picture=f"{line}-{number % 12:02d}",
        price=min(v.price for v in variants),
        variants=variants,
    )


def _note(note: str, facts: tuple[tuple[str, str], ...]) -> str:
    """Toys for the smallest have no small parts to warn of."""
    is_for_small = dict(facts).get("适用年龄", "") in ("6个月以上", "1岁以上")
    return "请在大人看护下玩耍。" if is_for_small and "小零件" in note else note


def _variants(rng: Random, words: dict[str, Any], code: str, full: float) -> tuple[Variant, ...]:
    axes = [(a["name"], _taken(rng, a["options"], *a["take"])) for a in words["axes"]]
    found = []
    for n, choice in enumerate(every_pair(*(options for _, options in axes))):
        factor = 1.0
        for _, times in choice:
            factor *= times
        options = tuple((name, value) for (name, _), (value, _) in zip(axes, choice, strict=True))
        label = " ".join(value for value, _ in choice)
        found.append(Variant(f"{code}-{n + 1:02d}", label, options, _price(full * factor)))
    return tuple(found)


def _taken(
    rng: Random, options: list[tuple[str, float]], low: int, high: int
) -> list[tuple[str, float]]:
    """A run of neighbours for sizes and shades; (0, 0) in the word list means all of them."""
    if not high:
        return options
    size = min(rng.randint(low, high), len(options))
    start = rng.randint(0, len(options) - size)
    return options[start : start + size]


def _price(yuan: float) -> int:
    """Shelf prices: under 30 yuan end in .90, above in 9 yuan."""
    if yuan < 30:
        return max(3, round(yuan)) * 100 - 10
    return max(3, round((yuan + 1) / 10)) * 1000 - 100


def promotions(now: datetime, brands: tuple[Brand, ...]) -> tuple[Promotion, ...]:
    known = {b.code for b in brands}
    counters = {r["code"]: r["counters"].split() for r in read_rows("brands.csv")}
    return tuple(_promotion(r, now, known, counters) for r in read_rows("promotions.csv"))


def _promotion(
    row: dict[str, str], now: datetime, brands: set[str], counters: dict[str, list[str]]
) -> Promotion:
    brand = row["places"] if row["places"] in brands else None
    spots = [f"{c.split(':')[0]}/{brand}" for c in counters[brand]] if brand else None
    first = _first_day(row["start"], int(row["days"]), now)
    return Promotion(
        code=row["code"],
        title=row["title"],
        en=row["en"],
        kind=row["kind"],
        places=tuple(path_of(p) for p in spots or row["places"].split()),
        categories=() if row["scope"] == "*" else tuple(row["scope"].split()),
        brand=brand,
        starts_at=first.astimezone(UTC),
        ends_at=(first + timedelta(days=int(row["days"]))).astimezone(UTC),
        rule=row["rule"],
        threshold=int(row["threshold"]) if row["threshold"] else None,
        off=int(row["off"]) if row["off"] else None,
    )


def _first_day(start: str, days: int, now: datetime) -> datetime:
    """`now-5` counts from today; `11-27` is the yearly date whose middle is nearest to now."""
    today = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    if start.startswith("now"):
        return today + timedelta(days=int(start.removeprefix("now")))
    month, day = map(int, start.split("-"))
    half = timedelta(days=days / 2)
    years = [today.replace(year=today.year + n, month=month, day=day) for n in (-1, 0, 1)]
    return min(years, key=lambda first: abs(first + half - today))
