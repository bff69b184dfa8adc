"""The nouns of the catalogue that cross the door: places, goods, and what is on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.modules.catalog.contracts.needs import Need
from xiaoer.modules.catalog.contracts.traits import (
    FactAnswer,
    Link,
    Tag,
    Trait,
    TraitKind,
    Verdict,
)

__all__ = [
    "Brand", "Catalogue", "Counter", "Facility", "FactAnswer", "Floor", "Holiday", "Hours", "Link",
    "Loaded", "Need", "NewProduct", "NewPromotion", "NewStore", "Offer", "Opening", "Parking",
    "Product", "ProductId", "ProductSearch", "Promotion", "PromotionId", "PromotionKind", "Shelf", "Span",
    "Store", "StoreId", "Tag", "Trait", "TraitKind", "Variant", "Verdict",
]  # fmt: skip

StoreId = NewType("StoreId", UUID)
ProductId = NewType("ProductId", UUID)
PromotionId = NewType("PromotionId", UUID)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand; ``code`` is its short name in the tree and in addresses of pages."""

    code: str
    name: str
    latin: str = ""
    category: str = ""
    tier: int = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Open from ``opens`` until ``closes``, local time; past midnight when ``closes`` is earlier.

    00:00 to 00:00 is the whole day.
    """

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Holiday:
    """Hours of one date instead of its weekday's; no span means closed."""

    on: date
    spans: tuple[Span, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a place is open: seven weekdays (Monday first), exceptions, and the time zone."""

    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    holidays: tuple[Holiday, ...] = ()
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open, until when, or when it opens next (aware, in its own zone)."""

    open: bool
    until: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor and what is on it."""

    floor: str
    title: str


@dataclass(frozen=True, slots=True)
class Facility:
    """A service of a place, such as a nursing room, and where it is."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Parking:
    """Parking of a store. ``text`` says it all in one sentence; ``day_cap`` is the most a day."""

    text: str = ""
    place: str = ""
    spaces: int = 0
    free: str = ""
    then: str = ""
    day_cap: Money | None = None
    spending: str = ""
    chargers: int = 0


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store as an import or a form gives it; ``unit_path`` is its place in the tree.

    ``pickup``: orders of the online shop can be collected there.
    """

    code: str
    unit_path: str
    name: str
    short: str = ""
    en: str = ""
    format: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    metro: str = ""
    phone: str = ""
    floors: tuple[Floor, ...] = ()
    hours: Hours = field(default_factory=Hours)
    hours_text: str = ""
    desk: str = ""
    parking: Parking = field(default_factory=Parking)
    facilities: tuple[Facility, ...] = ()
    map_x: int = 0
    map_y: int = 0
    latitude: float | None = None
    longitude: float | None = None
    pickup: bool = False


@dataclass(frozen=True, slots=True)
class Store(NewStore):
    """A store of the group."""

    id: StoreId = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Counter:
    """A brand's place in a store; ``spot`` is its number on the floor, such as ``1F-A12``."""

    brand: str
    store: str
    unit_path: str
    floor: str
    spot: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought; ``options`` are its axes, such as colour and size."""

    sku: str
    label: str
    options: Mapping[str, str]
    price: Money
    available: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_flash(self) -> bool:
        """Sold at a price of a few hours: ``price_kind`` ``flash`` in ``extra``."""
        return self.extra.get("price_kind") == "flash"


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product as an import or a form gives it; ``code`` is the shop's own."""

    code: str
    title: str
    variants: tuple[Variant, ...]
    brand: str = ""
    category: str = ""
    line: str = ""
    line_name: str = ""
    description: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""
    url: str = ""
    unit_path: str = "/"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def price(self) -> Money:
        """The cheapest variant's price; zero when there is none."""
        return min((v.price for v in self.variants), key=lambda p: p.minor, default=Money(0))

    @property
    def returns_faults_only(self) -> bool:
        """Taken back only when something is wrong with it, such as fresh food or underwear:
        ``returns`` is ``quality`` in ``extra``."""
        return self.extra.get("returns") == "quality"

    @property
    def can_be_picked_up(self) -> bool:
        """Whether a store can hand it out; not when ``pickup`` is false in ``extra``, for what is
        too large."""
        return bool(self.extra.get("pickup", True))


@dataclass(frozen=True, slots=True)
class Product(NewProduct):
    """A product of the catalogue."""

    id: ProductId = field(kw_only=True)
    updated_at: datetime = field(kw_only=True)
    tags: tuple[Tag, ...] = field(default=(), kw_only=True)


class PromotionKind(StrEnum):
    """What a promotion does; a kind that a shop invents is kept as ``OTHER``."""

    FULL_REDUCTION = "full_reduction"
    DISCOUNT = "discount"
    GIFT = "gift"
    COUPON = "coupon"
    POINTS = "points"
    EVENT = "event"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NewPromotion:
    """What is on, where and when; ``rule`` is the sentence that customers are told.

    ``places`` are unit paths (a promotion of a place holds below it); without ``categories`` it
    is for all. ``ends_at`` is exclusive. ``off`` is an amount, in minor units, or per cent of
    the price, as the rule says.
    """

    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    rule: str = ""
    en: str = ""
    kind: str = "other"
    places: tuple[str, ...] = ("/",)
    categories: tuple[str, ...] = ()
    brand: str = ""
    threshold: int | None = None
    off: int | None = None


@dataclass(frozen=True, slots=True)
class Promotion(NewPromotion):
    """A promotion of the catalogue."""

    id: PromotionId = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A load of the catalogue: any part may be empty."""

    brands: tuple[Brand, ...] = ()
    stores: tuple[NewStore, ...] = ()
    counters: tuple[Counter, ...] = ()
    products: tuple[NewProduct, ...] = ()
    promotions: tuple[NewPromotion, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many things a load wrote, and how many of them all are new."""

    brands: int = 0
    stores: int = 0
    counters: int = 0
    products: int = 0
    promotions: int = 0
    created: int = 0


@dataclass(frozen=True, slots=True)
class ProductSearch:
    """Which products a list shows; prices in minor units of the shop's currency."""

    text: str = ""
    category: str = ""
    brand: str = ""
    price_from: int | None = None
    price_to: int | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """What of a place's goods is looked at; prices in minor units, both included.

    ``lines``, ``categories`` and ``words`` (any of them in the title, the line's name or a tag)
    narrow when given; ``each`` is the most of one line.
    """

    unit_path: str = "/"
    categories: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    price_from: int | None = None
    price_to: int | None = None
    each: int = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it can be had at a place: what is in stock, its cheapest price there, where."""

    product: Product
    traits: tuple[Trait, ...]
    in_stock: tuple[Variant, ...]
    place: str = ""
    promotion: str = ""

    @property
    def price(self) -> Money:
        """The cheapest variant that can be had."""
        return min((v.price for v in self.in_stock), key=lambda p: p.minor, default=Money(0))
