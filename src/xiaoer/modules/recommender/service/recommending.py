"""The recommendation officer: hears a wish, asks at most twice, chooses from what the place has,
answers from facts, and tells when the customer is ready for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from xiaoer.modules import catalog
from xiaoer.modules.recommender import store
from xiaoer.modules.recommender.contracts import (
    AskBack,
    Buy,
    Dialogue,
    Intent,
    NoneSuits,
    Persona,
    Recommendation,
    Refuse,
    Show,
    Told,
    Where,
    Wish,
)
from xiaoer.modules.recommender.rules import dialogues, recommending, wishing
from xiaoer.modules.recommender.rules.personas import forbids
from xiaoer.modules.recommender.rules.questions import next_question
from xiaoer.modules.recommender.service.personas import persona_at
from xiaoer.ports.ctx import Ctx

FRESH = timedelta(hours=2)
"""A dialogue that nobody has touched for longer is over."""
KEPT = timedelta(days=30)
EACH_OF_NAMED, EACH_OF_MANY = 60, 8
LEAST_FOR_GIFT = 4.0
Offer = catalog.contracts.Offer


async def recommend(ctx: Ctx, text: str, where: Where) -> Recommendation | None:
    """What the recommender does about a message; nothing when it is none of its business."""
    kept = await dialogue(ctx, where.conversation_id)
    told = await _told(ctx, text, where, kept)
    if told is not None:
        return told
    intent = wishing.read_intent(text, kept, on_product=bool(where.product))
    if intent is Intent.NONE:
        return None
    before = kept or Dialogue()
    if intent is Intent.READY:
        return await _ready(ctx, text, where, before)
    new = wishing.read_wish(text)
    wish = replace(wishing.joined(before.wish, new), owned=where.owned)
    wish = await _priced(ctx, text, wish, before)
    offers = await catalog.offers(ctx, _shelf(wish, where))
    wish = _to_the_point(wish, new, offers)
    if not offers and not await _is_known(ctx, wish):
        return None
    persona = await persona_at(ctx, where.unit_path, recommending.main_category(offers))
    if refused := forbids(persona, text, where.locale):
        return Refuse(refused, persona)
    if intent is Intent.CHOOSE and not before.shown and (back := _ask(wish, offers, before)):
        about, options = back
        now = replace(before, wish=wish, asked=(*before.asked, about), waiting=about,
                      persona=persona.key)
        await keep_dialogue(ctx, where.conversation_id, now)
        return AskBack(about, options, persona)
    return await _shown(ctx, where, before, wish, offers, persona)


async def _told(
    ctx: Ctx, text: str, where: Where, kept: Dialogue | None
) -> Recommendation | None:
    """A question about the product on the page, or about those just shown, from facts alone."""
    codes = dialogues.meant(text, kept.shown) if kept and kept.shown else ()
    codes = codes or tuple(filter(None, (where.product,)))
    if not codes:
        return None
    found = await catalog.products(ctx, *codes)
    compared = catalog.answer(found, text, where.locale)
    if not found or compared is None:
        return None
    if compared.rule == "difference":
        return Told(((found[0], compared),))
    each = ((one, catalog.answer([one], text, where.locale)) for one in found)
    return Told(tuple((one, said) for one, said in each if said is not None))


async def _ready(ctx: Ctx, text: str, where: Where, before: Dialogue) -> Recommendation:
    codes = dialogues.meant(text, before.shown) or tuple(filter(None, (where.product,)))
    found = await catalog.products(ctx, *codes)
    category = found[0].category if found else ""
    return Buy(found, before.wish, await persona_at(ctx, where.unit_path, category))


def _to_the_point(wish: Wish, new: Wish, offers: Sequence[Offer]) -> Wish:
    """Skin that was named for other goods says nothing of goods that tell no skin: a scarf."""
    tells = any(t.kind is catalog.contracts.TraitKind.SKIN for o in offers for t in o.traits)
    return wish if tells or new.skin else replace(wish, skin="")


async def _is_known(ctx: Ctx, wish: Wish) -> bool:
    """Whether the group sells such goods anywhere; a shop without a catalogue recommends none."""
    words = wish.goods or wishing.tag_words(wish)
    return bool(await catalog.offers(ctx, catalog.contracts.Shelf("/", words=words, each=1)))


async def _priced(ctx: Ctx, text: str, wish: Wish, before: Dialogue) -> Wish:
    """Cheaper or dearer than what was shown last."""
    wanted = wishing.price_wish(text)
    if not wanted or not before.shown:
        return wish
    prices = [p.price.minor for p in await catalog.products(ctx, *before.shown[:3])]
    if not prices:
        return wish
    if wanted == "cheaper":
        return replace(wish, low=None, high=min(prices) - 1)
    return replace(wish, low=max(prices) + 1, high=None)


def _shelf(wish: Wish, where: Where) -> catalog.contracts.Shelf:
    """Named goods, or what editors have tagged for the person or the occasion, or a bit of all."""
    words = wish.goods or wishing.tag_words(wish)
    high = recommending.most(wish) if wish.high else None
    each = EACH_OF_NAMED if words else EACH_OF_MANY
    return catalog.contracts.Shelf(where.unit_path, wish.categories, words=words,
                                   price_from=wish.low, price_to=high, each=each)


def _ask(
    wish: Wish, offers: Sequence[Offer], before: Dialogue
) -> tuple[str, tuple[str, ...]] | None:
    fit = [one for offer in offers if (one := recommending.suited(wish, offer))]
    return next_question(wish, fit, before)


async def _shown(
    ctx: Ctx, where: Where, before: Dialogue, wish: Wish, offers: Sequence[Offer],
    persona: Persona,
) -> Recommendation:  # fmt: skip
    least = LEAST_FOR_GIFT if wishing.tag_words(wish) and not wish.goods else 0.0
    choice = recommending.choose(wish, offers, shown=before.shown, least=least)
    chosen = [p.offer.product.code for p in choice.picks]
    codes = chosen + ([choice.alternative.offer.product.code] if choice.alternative else [])
    shown = dialogues.after_showing(before, codes)
    now = replace(before, wish=wish, waiting="", shown=shown, persona=persona.key)
    await keep_dialogue(ctx, where.conversation_id, now)
    if not chosen:
        return NoneSuits(wish, persona, shown_all=bool(before.shown))
    return Show(wish, choice, persona)


async def dialogue(ctx: Ctx, conversation_id: UUID) -> Dialogue | None:
    """The recommendation that a conversation is about, while it is fresh."""
    body = await store.wish(ctx, conversation_id, ctx.now() - FRESH)
    return dialogues.restored(body) if body else None


async def keep_dialogue(ctx: Ctx, conversation_id: UUID, kept: Dialogue) -> None:
    """Keep it until the next message."""
    await store.keep_wish(ctx, conversation_id, dialogues.stored(kept), KEPT)
