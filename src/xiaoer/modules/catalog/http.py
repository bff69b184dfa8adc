"""The routes of the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from xiaoer.kit.money import Money
from xiaoer.kit.problem import BadCursor, Forbidden, NotFound
from xiaoer.modules.catalog import rules, service
from xiaoer.modules.catalog.contracts import (
    FactAnswer,
    Product,
    ProductSearch,
    Promotion,
    Store,
    Tag,
    TraitKind,
)
from xiaoer.modules.catalog.errors import BadCatalogue
from xiaoer.modules.catalog.rules import asking, picture, traits
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.http import Cursor, Limit, MemberCtx, locale_of, raises

router = APIRouter(prefix="/api/catalog", tags=["catalog"])

READ = "catalog.read"
Path = Annotated[str, Query(max_length=400)]
Word = Annotated[str, Query(max_length=80)]


class MoneyBody(BaseModel):
    minor: int
    currency: str


class StoreBody(BaseModel):
    code: str
    unit_path: str
    name: str
    en: str
    city: str
    address: str
    floors: list[dict[str, str]]
    hours_text: str
    hours_today: str
    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None
    phone: str
    desk: str
    facilities: list[dict[str, str]]
    parking: str
    map: dict[str, int]


class VariantBody(BaseModel):
    sku: str
    label: str
    options: dict[str, str]
    price: MoneyBody
    available: bool


class ProductBody(BaseModel):
    code: str
    title: str
    brand: str
    category: str
    description: str
    facts: dict[str, str]
    image: str | None
    price: MoneyBody
    variants: list[VariantBody]


class ProductPage(BaseModel):
    items: list[ProductBody]
    next: str | None


class TagBody(BaseModel):
    kind: TraitKind
    value: Annotated[str, Field(min_length=1, max_length=80)]


class TagsBody(BaseModel):
    tags: Annotated[list[TagBody], Field(max_length=60)]


class TraitBody(BaseModel):
    kind: TraitKind
    name: str
    words: str
    value: str
    origin: str
    low_months: int | None
    high_months: int | None


class TraitsBody(BaseModel):
    code: str
    title: str
    traits: list[TraitBody]
    tags: list[TagBody]


class LinkBody(BaseModel):
    code: str
    product: str
    attribute: str
    value: str
    rule: str
    origin: str


class AnswerBody(BaseModel):
    """``asked`` is false when the text asks about no fact; ``picture`` is SVG."""

    asked: bool
    verdict: str
    text: str
    warnings: list[str]
    offers_person: bool
    path: list[LinkBody]
    picture: str


class PromotionBody(BaseModel):
    code: str
    title: str
    kind: str
    places: list[str]
    categories: list[str]
    brand: str
    starts_at: datetime
    ends_at: datetime
    rule: str


@router.get("/stores", responses=raises(Forbidden))
async def stores(ctx: MemberCtx, request: Request, unit: Path = "/") -> dict[str, list[StoreBody]]:
    """The stores below a place, with whether they are open."""
    ctx.require(READ)
    found = await service.stores(ctx, unit)
    return {"items": [_store(ctx, store, locale_of(request)) for store in found]}


@router.get("/products", responses=raises(Forbidden, BadCursor))
async def products(
    ctx: MemberCtx, q: Word = "", category: Word = "", brand: Word = "", cursor: Cursor = None,
    limit: Limit = 50,
) -> ProductPage:  # fmt: skip
    """Products by words, category and brand."""
    ctx.require(READ)
    page = await service.page(ctx, ProductSearch(q, category, brand, cursor=cursor, limit=limit))
    return ProductPage(items=[_product(one) for one in page.items], next=page.next)


@router.get("/products/{code}", responses=raises(NotFound, Forbidden))
async def product(ctx: MemberCtx, code: str) -> ProductBody:
    """A product by its code or a SKU."""
    ctx.require(READ)
    return _product(await service.product(ctx, code))


@router.get("/products/{code}/traits", responses=raises(NotFound, Forbidden))
async def traits_of(ctx: MemberCtx, code: str) -> TraitsBody:
    """What is known of a product, attribute by attribute, and what an editor has said of it."""
    ctx.require(READ)
    return _traits(await service.product(ctx, code))


@router.put("/products/{code}/tags", responses=raises(NotFound, Forbidden, BadCatalogue))
async def tag(ctx: MemberCtx, code: str, body: TagsBody) -> TraitsBody:
    """Make an editor's tags of a product exactly these."""
    tags = [Tag(one.kind, one.value) for one in body.tags]
    await service.tag(ctx, {code: tags})
    return _traits(await service.product(ctx, code))


@router.get("/answers", responses=raises(NotFound, Forbidden))
async def answer(
    ctx: MemberCtx, request: Request, q: Word, code: Annotated[list[str], Query(max_length=3)]
) -> AnswerBody:
    """What the facts of one product, or of two or three, say to a question, and by which path."""
    ctx.require(READ)
    found = [await service.product(ctx, one) for one in code]
    return _answer(asking.answer(found, q, locale_of(request)))


@router.get("/promotions", responses=raises(Forbidden))
async def promotions(
    ctx: MemberCtx, request: Request, unit: Path = "/", at: datetime | None = None,
    category: Word = "",
) -> dict[str, list[PromotionBody]]:  # fmt: skip
    """What is on at a place, now or at another moment."""
    ctx.require(READ)
    found = await service.active_promotions(ctx, unit, at, category)
    return {"items": [_promotion(one, locale_of(request)) for one in found]}


def _store(ctx: Ctx, store: Store, locale: str) -> StoreBody:
    opening = rules.open_now(store.hours, ctx.now())
    card: dict[str, Any] = rules.store_card(store, ctx.now(), locale)
    return StoreBody(
        code=store.code, unit_path=store.unit_path, name=card["name"], en=store.en,
        city=store.city, address=store.address,
        floors=[{"floor": one.floor, "title": one.title} for one in store.floors],
        hours_text=store.hours_text,
        hours_today=rules.hours_on(store.hours, rules.day_of(store.hours, ctx.now())),
        open_now=opening.open, opens_at=opening.next_at, closes_at=opening.until,
        phone=store.phone, desk=store.desk,
        facilities=[{"name": one.name, "place": one.place} for one in store.facilities],
        parking=store.parking.text, map={"x": store.map_x, "y": store.map_y},
    )


def _product(product: Product) -> ProductBody:
    return ProductBody(
        code=product.code, title=product.title, brand=product.brand, category=product.category,
        description=product.description, facts=dict(product.facts),
        image=product.picture or None, price=_money(product.price),
        variants=[
            VariantBody(sku=v.sku, label=v.label, options=dict(v.options), price=_money(v.price),
                        available=v.available)
            for v in product.variants
        ],
    )  # fmt: skip


def _money(money: Money) -> MoneyBody:
    return MoneyBody(minor=money.minor, currency=money.currency)


def _promotion(promotion: Promotion, locale: str) -> PromotionBody:
    title = promotion.en if locale == "en" and promotion.en else promotion.title
    return PromotionBody(
        code=promotion.code, title=title, kind=promotion.kind, places=list(promotion.places),
        categories=list(promotion.categories), brand=promotion.brand,
        starts_at=promotion.starts_at, ends_at=promotion.ends_at, rule=promotion.rule,
    )


def _traits(product: Product) -> TraitsBody:
    return TraitsBody(
        code=product.code, title=product.title,
        traits=[
            TraitBody(kind=t.kind, name=t.name, words=t.words, value=t.value, origin=t.origin,
                      low_months=t.low, high_months=t.high)
            for t in traits.traits_of(product)
        ],
        tags=[TagBody(kind=t.kind, value=t.value) for t in product.tags],
    )  # fmt: skip


def _answer(found: FactAnswer | None) -> AnswerBody:
    if found is None:
        return AnswerBody(asked=False, verdict="", text="", warnings=[], offers_person=False,
                          path=[], picture="")
    path = [LinkBody(code=one.code, product=one.product, attribute=one.attribute, value=one.value,
                     rule=one.rule, origin=one.origin) for one in found.path]
    return AnswerBody(asked=True, verdict=found.verdict, text=found.text,
                      warnings=list(found.warnings), offers_person=found.offers_person, path=path,
                      picture=picture.path_svg(found.path))
