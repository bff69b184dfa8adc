"""What the invented group is made of: frozen values that name each other by code, not by id.

Rooms give ids; the generator must not know them, so that the same seed yields the same
group in any tenant. Money is in minor units (fen), times are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the organisation tree; `path` is the unit codes between slashes, `/` the group."""

    code: str
    path: str
    kind: str  # group | format | store | counter
    name: str
    en: str
    parent: str | None  # path of the parent


@dataclass(frozen=True, slots=True)
class Floor:
    floor: str
    title: str


@dataclass(frozen=True, slots=True)
class Facility:
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Parking:
    place: str
    spaces: int
    free: str
    then: str
    day_cap: int  # minor units
    spending: str
    chargers: int
    text: str


@dataclass(frozen=True, slots=True)
class Store:
    code: str
    path: str
    format: str
    city: str
    name: str
    short: str
    en: str
    district: str
    address: str
    metro: str
    floors: tuple[Floor, ...]
    hours: tuple[tuple[str, str], ...]  # Monday first, local time, "HH:MM"
    hours_text: str
    desk: str
    phone: str
    parking: Parking
    facilities: tuple[Facility, ...]
    map_x: int  # on the city's schematic map, 0..100 from the west
    map_y: int  # 0..100 from the north
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Counter:
    """A brand's place in a store."""

    brand: str
    store: str
    path: str
    floor: str
    spot: str  # e.g. "1F-A12"
    phone: str


@dataclass(frozen=True, slots=True)
class Brand:
    code: str
    name: str
    latin: str
    category: str
    tier: int  # 1 everyday, 2 middle, 3 premium
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    sku: str
    label: str
    options: tuple[tuple[str, str], ...]  # (axis, value)
    price: int


@dataclass(frozen=True, slots=True)
class Product:
    code: str
    brand: str
    category: str
    line: str
    line_name: str
    title: str
    description: str
    facts: tuple[tuple[str, str], ...]
    picture: str  # a name that pictures.draw understands
    price: int  # of the cheapest variant
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    code: str
    title: str
    en: str
    kind: str
    places: tuple[str, ...]  # unit paths
    categories: tuple[str, ...]  # empty: every category
    brand: str | None
    starts_at: datetime
    ends_at: datetime
    rule: str
    threshold: int | None
    off: int | None


@dataclass(frozen=True, slots=True)
class SkillGroup:
    code: str
    name: str
    en: str
    path: str


@dataclass(frozen=True, slots=True)
class Staff:
    login: str
    name: str
    role: str
    path: str
    skill_groups: tuple[str, ...]
    functions: tuple[str, ...]  # what an owner answers for
    title: str
    capacity: int
    password: str


@dataclass(frozen=True, slots=True)
class Customer:
    number: str
    name: str
    phone: str
    email: str | None
    gender: str  # f | m
    birthday: date
    city: str
    address: str
    level: str  # basic | silver | gold | black
    points: int
    kind: str  # shopper | vip | distributor | agent | supplier
    company: str | None
    language: str
    home: str  # path of the store where they joined
    joined_at: datetime
    consent_marketing: bool
    consent_memory: bool
    identities: tuple[tuple[str, str], ...]  # (kind, value)
    reach: str  # home | other | remote: how long a parcel takes


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    product: str
    title: str
    variant: str
    picture: str
    quantity: int
    price: int  # of one piece


@dataclass(frozen=True, slots=True)
class Payment:
    method: str
    amount: int
    paid_at: datetime
    refunded: int
    refunded_at: datetime | None


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    at: datetime
    status: str  # collected | in_transit | out_for_delivery | delivered | delayed
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    number: str
    carrier: str
    status: str
    items: tuple[int, ...]  # positions in Order.items
    shipped_at: datetime
    eta: datetime
    delivered_at: datetime | None
    events: tuple[TrackingEvent, ...]


@dataclass(frozen=True, slots=True)
class Return:
    number: str
    reason: str
    status: str  # requested | approved | on_the_way | refunded | rejected
    amount: int
    requested_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    customer: str
    path: str  # the unit that sold it
    fulfilment: str  # delivery | local | pickup | counter
    status: str
    placed_at: datetime
    updated_at: datetime
    items: tuple[Item, ...]
    goods: int
    discount: int
    shipping: int
    total: int
    recipient: str
    phone: str
    address: str
    payment: Payment | None
    parcels: tuple[Parcel, ...]
    returned: Return | None
