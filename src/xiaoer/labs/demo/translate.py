"""Says the invented group in the words of the rooms: shapes in, each room's contracts out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from uuid import UUID

from xiaoer.kit.ids import UnitId
from xiaoer.kit.money import Money
from xiaoer.labs.demo import aftercare, shapes
from xiaoer.modules import catalog, customers, orders, org

PICTURES = "/demo/pictures/"
BALANCE = "balance"
IDENTITIES = {
    "phone": customers.contracts.IdentityKind.PHONE,
    "member_card": customers.contracts.IdentityKind.MEMBER_NO,
    "shop_account": customers.contracts.IdentityKind.EXTERNAL,
    "wechat": customers.contracts.IdentityKind.OPENID,
    "email": customers.contracts.IdentityKind.EMAIL,
}


def picture(name: str) -> str:
    return f"{PICTURES}{name}.svg"


def unit(one: shapes.Unit, unit_id: UUID) -> org.contracts.OrgUnit:
    kind = org.contracts.UnitKind(one.kind)
    return org.contracts.OrgUnit(UnitId(unit_id), one.path, kind, one.name, one.en)


def member(one: shapes.Staff, password_hash: str) -> org.contracts.NewMember:
    roles = frozenset({org.contracts.Role(one.role)})
    return org.contracts.NewMember(
        one.login, one.name, roles, one.path, one.functions, password_hash
    )


def store(one: shapes.Store) -> catalog.contracts.NewStore:
    words = catalog.contracts
    week = tuple((words.Span(_clock(a), _clock(b)),) for a, b in one.hours)
    parking = one.parking
    return words.NewStore(
        code=one.code,
        unit_path=one.path,
        name=one.name,
        short=one.short,
        en=one.en,
        format=one.format,
        city=one.city,
        district=one.district,
        address=one.address,
        metro=one.metro,
        phone=one.phone,
        floors=tuple(words.Floor(f.floor, f.title) for f in one.floors),
        hours=words.Hours(week=week),
        hours_text=one.hours_text,
        desk=one.desk,
        parking=words.Parking(
            text=parking.text,
            place=parking.place,
            spaces=parking.spaces,
            free=parking.free,
            then=parking.then,
            day_cap=Money(parking.day_cap),
            spending=parking.spending,
            chargers=parking.chargers,
        ),
        facilities=tuple(words.Facility(f.name, f.place) for f in one.facilities),
        map_x=one.map_x,
        map_y=one.map_y,
        latitude=one.latitude,
        longitude=one.longitude,
        pickup=True,
    )


def _clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour) % 24, int(minute))


def brand(one: shapes.Brand) -> catalog.contracts.Brand:
    return catalog.contracts.Brand(one.code, one.name, one.latin, one.category, one.tier)


def counter(one: shapes.Counter) -> catalog.contracts.Counter:
    return catalog.contracts.Counter(one.brand, one.store, one.path, one.floor, one.spot, one.phone)


def product(one: shapes.Product) -> catalog.contracts.NewProduct:
    variants = tuple(_variant(v) for v in one.variants)
    return catalog.contracts.NewProduct(
        code=one.code,
        title=one.title,
        variants=variants,
        brand=one.brand,
        category=one.category,
        line=one.line,
        line_name=one.line_name,
        description=one.description,
        facts=dict(one.facts),
        picture=picture(one.picture),
        url=f"/shop#product/{one.code}",
        extra=aftercare.of_line(one.line),
    )


def _variant(one: shapes.Variant) -> catalog.contracts.Variant:
    now, extra = aftercare.price_now(one.sku, one.price)
    return catalog.contracts.Variant(
        one.sku, one.label, dict(one.options), Money(now), aftercare.in_stock(one.sku), extra
    )


def promotion(one: shapes.Promotion) -> catalog.contracts.NewPromotion:
    return catalog.contracts.NewPromotion(
        code=one.code,
        title=one.title,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        rule=one.rule,
        en=one.en,
        kind=one.kind,
        places=one.places,
        categories=one.categories,
        brand=one.brand or "",
        threshold=one.threshold,
        off=one.off,
    )


def wallet(one: shapes.Customer) -> tuple[customers.contracts.PaymentMethod, ...]:
    """The customer's balance with the shop."""
    held = Money(aftercare.balance(one.number))
    return (customers.contracts.PaymentMethod(BALANCE, BALANCE, held),)


def customer(one: shapes.Customer) -> customers.contracts.Newcomer:
    words = customers.contracts
    said = {
        words.Purpose.MARKETING: one.consent_marketing,
        words.Purpose.MEMORY: one.consent_memory,
    }
    return words.Newcomer(
        identities=tuple(words.Identity(IDENTITIES[kind], value) for kind, value in one.identities),
        name=one.name,
        kind=words.Kind(one.kind),
        level=one.level,
        points=one.points,
        unit_path=one.home,
        language=one.language,
        gender=one.gender,
        birthday=one.birthday,
        city=one.city,
        address={"text": one.address},
        company=one.company or "",
        joined_at=one.joined_at,
        consents=frozenset(str(purpose) for purpose, yes in said.items() if yes),
    )


def order(one: shapes.Order, buyers: Mapping[str, UUID]) -> orders.contracts.NewOrder:
    words = orders.contracts
    return words.NewOrder(
        number=one.number,
        status=words.Status(one.status),
        placed_at=one.placed_at,
        items=tuple(_item(one, i) for i in one.items),
        total=Money(one.total),
        customer_id=buyers[one.customer],
        unit_path=one.path,
        fulfilment=one.fulfilment,
        updated_at=one.updated_at,
        goods=Money(one.goods),
        discount=Money(one.discount),
        shipping=Money(one.shipping),
        recipient=one.recipient,
        phone=one.phone,
        address=_address(one.address),
        payments=_payments(one.payment),
        parcels=tuple(_parcel(p) for p in one.parcels),
        returned=_returned(one.returned),
        extra=aftercare.of_order(one),
    )


def _address(text: str) -> dict[str, str]:
    """The line, and the city that it begins with."""
    return {"text": text, "city": text.partition("市")[0]} if text else {}


def _item(order: shapes.Order, one: shapes.Item) -> orders.contracts.Item:
    return orders.contracts.Item(
        sku=one.sku,
        title=one.title,
        quantity=one.quantity,
        price=Money(one.price),
        product=one.product,
        variant=one.variant,
        picture=picture(one.picture),
        paid=Money(aftercare.paid_for(order, one.price)),
    )


def _payments(one: shapes.Payment | None) -> tuple[orders.contracts.Payment, ...]:
    if one is None:
        return ()
    words = orders.contracts
    paid = words.Payment(one.method, Money(one.amount), at=one.paid_at)
    if not one.refunded:
        return (paid,)
    return paid, words.Payment(one.method, Money(one.refunded), "refund", one.refunded_at)


def _parcel(one: shapes.Parcel) -> orders.contracts.Parcel:
    words = orders.contracts
    return words.Parcel(
        number=one.number,
        carrier=one.carrier,
        status=one.status,
        items=one.items,
        shipped_at=one.shipped_at,
        eta=one.eta,
        delivered_at=one.delivered_at,
        events=tuple(words.TrackingEvent(e.at, e.status, e.text) for e in one.events),
    )


def _returned(one: shapes.Return | None) -> orders.contracts.Return | None:
    if one is None:
        return None
    amount = Money(one.amount)
    return orders.contracts.Return(
        one.number, one.status, one.reason, amount, one.requested_at, one.settled_at,
        **aftercare.way_back(one),
    )
