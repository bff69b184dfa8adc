"""Who speaks at a place, and how a place gets its own voice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiaoer.kit.problem import NotFound, Stale
from xiaoer.modules import catalog
from xiaoer.modules.recommender import store
from xiaoer.modules.recommender.contracts import KeptPersona, Persona
from xiaoer.modules.recommender.rules import personas as rules
from xiaoer.modules.recommender.rules.recommending import main_category
from xiaoer.ports.ctx import Ctx, Member

READ, EDIT = "knowledge.read", "knowledge.publish"


async def persona_at(ctx: Ctx, unit_path: str, category: str = "") -> Persona:
    """The persona of a place: its own words over those of the places above it, over one that ships
    (the one they name, else the one whose scope has the category of most goods there, else the
    shopping expert)."""
    kept = await store.personas_at(ctx, unit_path)
    return rules.persona_for(kept, category or await _category_at(ctx, unit_path))


async def personas(ctx: Ctx) -> tuple[KeptPersona, ...]:
    """The places within reach that have words of their own."""
    ctx.require(READ)
    return await store.personas_below(ctx)


async def persona_history(ctx: Ctx, unit_path: str) -> tuple[KeptPersona, ...]:
    """Who changed a place's words, when, and to what; newest first."""
    ctx.require(READ)
    _reach(ctx, unit_path)
    return await store.history(ctx, unit_path)


async def put_persona(
    ctx: Ctx, unit_path: str, version: int, body: Mapping[str, Any] | None
) -> Persona:
    """Give a place words of its own, or (no ``body``) take them back.

    ``version`` is the newest that the editor saw, 0 for none; every version is kept with who made
    it. Raises ``Invalid``, ``NotFound`` for a place out of reach, ``Stale`` when another was first.
    """
    ctx.require(EDIT)
    _reach(ctx, unit_path)
    told = rules.checked(body) if body is not None else None
    by = ctx.actor.name if isinstance(ctx.actor, Member) else "system"
    if not await store.put_persona(ctx, unit_path, version, told, by):
        raise Stale()
    return await persona_at(ctx, unit_path)


async def _category_at(ctx: Ctx, unit_path: str) -> str:
    """What a place mostly sells; empty where it is mixed."""
    return main_category(await catalog.offers(ctx, catalog.contracts.Shelf(unit_path, each=2)))


def _reach(ctx: Ctx, unit_path: str) -> None:
    if not unit_path.startswith(ctx.scope.path):
        raise NotFound()
