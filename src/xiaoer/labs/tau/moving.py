"""Moves a τ-bench retail database into a tenant of its own, in one commit, and out again."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import orjson

from xiaoer.kit.ids import NOWHERE, TenantId
from xiaoer.kit.paging import paged
from xiaoer.kit.problem import Problem
from xiaoer.labs.tau import shapes
from xiaoer.modules import catalog, customers, orders, org
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

ACTOR = System("tau-retail")
SLUG = "tau-retail"
NAME = "τ-bench retail"
BATCH = 200
PARTS = ("products", "users", "orders")
Database = dict[str, dict[str, Any]]
R = TypeVar("R")
_GZIP = b"\x1f\x8b"


class NotTauRetail(Problem):
    """The file is not a τ-bench retail database; the reason begins with the place."""

    code = "not_tau_retail"
    status = 422
    zh = "{reason}"
    en = "{reason}"


class NoSuchGroup(Problem):
    """Nothing was imported under that name."""

    code = "no_such_group"
    status = 404
    zh = "没有名为 {slug} 的导入数据。请先运行 xiaoer import tau-retail。"
    en = "There is no imported group {slug}. Run 'xiaoer import tau-retail' first."


def read(file: Path) -> Database:
    """The database in a file, plain or gzipped; raises :class:`NotTauRetail`."""
    try:
        content = file.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        database: Database = orjson.loads(content)
    except (OSError, EOFError, zlib.error) as error:
        raise NotTauRetail(reason=f"{file}: {error}") from error
    except orjson.JSONDecodeError as error:
        raise NotTauRetail(reason=f"{file}:{error.lineno}: {error.msg}") from error
    for part in PARTS:
        if not isinstance(database, dict) or not isinstance(database.get(part), dict):
            raise NotTauRetail(reason=f"{file}:1: needs an object '{part}'")
    return database


def mapped(what: str, rows: Mapping[str, Any], shape: Callable[[str, Any], R]) -> list[R]:
    """Every record in our nouns; raises :class:`NotTauRetail` naming the one that is not right."""
    found = []
    for key, raw in rows.items():
        try:
            found.append(shape(key, raw))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            reason = f"{what} {key}: {type(error).__name__} {error}"
            raise NotTauRetail(reason=reason) from error
    return found


async def put(house: House, database: Database, slug: str = "") -> str:
    """Found a tenant and load the database into it, all or nothing; returns its short name.

    Without ``slug`` the first free of ``tau-retail``, ``tau-retail-2``, …
    """
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        taken = {tenant.slug for tenant in await org.tenants(ctx)}
        tenant = TenantId(ctx.new_id())
    name = slug or next(one for one in _names() if one not in taken)
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        if not await org.found(ctx, org.contracts.Tenant(tenant, name, NAME, demo=False)):
            raise NotTauRetail(reason=f"{name}: taken")
        await load(ctx, database)
    return name


def _names() -> Any:
    yield SLUG
    yield from (f"{SLUG}-{n}" for n in range(2, 1_000_000))


async def load(ctx: Ctx, database: Database) -> None:
    """Load the database into the tenant of the scope, and read it back.

    Records that our form does not give back to the letter are written again with their own form
    beside it, so that an untouched tenant always exports what was imported.
    """
    nothing: Database = {part: {} for part in PARTS}
    await _load(ctx, database, nothing)
    forms = await made(ctx)
    beside = {
        part: {key: {"raw": raw, "made": forms[part].get(key, ({}, {}))[0]}
               for key, raw in database[part].items()
               if not _same(forms[part].get(key, ({}, {}))[0], raw)}
        for part in PARTS
    }  # fmt: skip
    if any(beside.values()):
        odd = {part: {key: database[part][key] for key in beside[part]} for part in PARTS}
        await _load(ctx, odd | {"users": database["users"]}, beside)
    if await dump(ctx) != {part: database[part] for part in PARTS}:
        raise NotTauRetail(reason="records with the same id, or under a key that is not their id")


def _same(one: Any, other: Any) -> bool:
    """Equal to the letter but for the order of the keys: 17 is not 17.0."""
    letters = (orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in (one, other))
    return next(letters) == next(letters)


async def _load(ctx: Ctx, database: Database, beside: Database) -> None:
    def extra(part: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = beside[part].get(key, {})
        return found

    products = mapped("product", database["products"],
                      lambda key, raw: shapes.product(raw, extra("products", key)))
    await catalog.load(ctx, catalog.contracts.Catalogue(products=tuple(products)))
    people = mapped("user", database["users"],
                    lambda key, raw: shapes.newcomer(raw, extra("users", key)))
    loaded = await customers.load(ctx, people)
    ids = dict(zip(database["users"], loaded.ids, strict=True))
    now = ctx.now()
    placed = mapped("order", database["orders"], lambda key, raw: shapes.order(
        raw, ids[raw["user_id"]], now, extra("orders", key)))
    await orders.load(ctx, placed)


async def take(house: House, slug: str = "") -> Database:
    """The database of a tenant as it stands now; of the newest import without ``slug``."""
    async with house.unit(ACTOR, Scope(await group(house, slug))) as ctx:
        return await dump(ctx)


async def group(house: House, slug: str = "") -> TenantId:
    """The tenant of this short name, or of the newest import; raises :class:`NoSuchGroup`."""
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        known = [one for one in await org.tenants(ctx)
                 if one.slug == slug or (not slug and one.name == NAME)]
    if not known:
        raise NoSuchGroup(slug=slug or SLUG)
    return max(one.id for one in known)


async def dump(ctx: Ctx) -> Database:
    """The database of the scope's tenant as it stands now."""
    forms = await made(ctx)
    return {
        part: {key: shapes.restored(record, extra) for key, (record, extra) in forms[part].items()}
        for part in PARTS
    }


async def made(ctx: Ctx) -> dict[str, dict[str, tuple[Any, Mapping[str, Any]]]]:
    """What our form makes of every record, with its ``extra``; in the order of loading."""
    goods = [one async for one in paged(lambda cursor: catalog.page(
        ctx, catalog.contracts.ProductSearch(cursor=cursor, limit=BATCH)))]
    people = [one async for one in paged(lambda cursor: customers.page(
        ctx, customers.contracts.Search(cursor=cursor, limit=BATCH)))]
    wallets = await customers.wallets(ctx, *(one.id for one in people))
    placed = [one async for one in paged(lambda cursor: orders.page(
        ctx, orders.contracts.OrderSearch(cursor=cursor, limit=BATCH)))]
    return {
        "products": {one.code: (shapes.product_json(one), one.extra) for one in goods},
        "users": {one.extra["tau"]["kept"]["user_id"]: (
            shapes.user_json(one, wallets.get(one.id, ())), one.extra) for one in reversed(people)},
        "orders": {one.number: (shapes.order_json(one), one.extra) for one in reversed(placed)},
    }  # fmt: skip
