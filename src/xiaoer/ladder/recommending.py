"""The recommendation officer's moves in words, cards and chips; a ready customer gets a person."""

from __future__ import annotations

from typing import Any

from xiaoer.ladder.contracts import Answer, HandOff, Part, Source, Turn
from xiaoer.ladder.phrases import choices, locale_of, offer_person, say, text
from xiaoer.modules import catalog, conversations, desk, orders, recommender
from xiaoer.ports.ctx import Ctx

Pick = recommender.contracts.Pick
Kind = catalog.contracts.TraitKind

TOPIC = "recommend"
BRIEF = "buying_brief"
BOUGHT = 20
_QUESTIONS = {
    "goods": ("想看哪一类？", "What kind of thing?"),
    "skin": ("是什么肤质？", "Which type of skin?"),
    "age": ("孩子多大了？", "How old is the child?"),
    "budget": ("预算大概多少？", "About how much?"),
    "whom": ("送给谁？", "Who is it for?"),
}
_WORDS = {
    "place": ("{name}", "{name}"),
    "everywhere": ("本店", "the shop"),
    "near_budget": ("预算稍微放宽一点的话，还有这款：", "A little above your budget:"),
    "other": ("也可以看看这款：", "Or something else:"),
    "more": ("换一批", "Show others"),
    "cheaper": ("便宜一点的", "Something cheaper"),
    "buy": ("我要买，找导购", "I want to buy this"),
    "none": (
        "这里有货的商品里，没有资料写明符合您要求的，我不硬凑。可以换个条件，或者让导购帮您找。",
        "Nothing in stock here is written to meet what you said, and I will not stretch it. "
        "Change a condition, or ask a colleague.",
    ),
    "no_more": (
        "符合条件的就这些了。可以放宽一点条件，或者让导购帮您找。",
        "That was all that fits. Loosen a condition, or ask a colleague.",
    ),
    "unsure": ("可以让人工帮您核实。", "A person can check it for you."),
    "nobody": (
        "现在没有导购在线，您的话和看中的商品都留下了，上班后第一时间联系您。",
        "Nobody is online now; your wish is kept and a colleague will answer first thing.",
    ),
    "warning": ("商品提示：{words}", "From the catalogue: {words}"),
    "at": ("{spot} 有售", "at {spot}"),
}


async def recommending(ctx: Ctx, turn: Turn) -> Answer | None:
    """Answer a wish for goods or a question about a product's facts; nothing for other messages."""
    said = await recommender.recommend(ctx, turn.text, await _where(ctx, turn))
    match said:
        case recommender.contracts.AskBack():
            return _ask(turn, said)
        case recommender.contracts.Show():
            return await _show(ctx, turn, said)
        case recommender.contracts.NoneSuits():
            return _none(turn, said)
        case recommender.contracts.Told():
            return _told(turn, said)
        case recommender.contracts.Buy():
            return await _buy(ctx, turn, said)
        case recommender.contracts.Refuse():
            locale = locale_of(turn)
            return _answer((text(said.text), offer_person(locale)), settled=False)
        case None:
            return None


async def greeting(ctx: Ctx, turn: Turn, locale: str) -> str:
    """How the persona of a store or counter greets; empty where nobody has a voice of its own."""
    path = turn.conversation.unit_path
    persona = await recommender.persona_at(ctx, path)
    if not persona.told_at and await catalog.store(ctx, path) is None:
        return ""
    return recommender.said(persona.opening, locale)


async def _where(ctx: Ctx, turn: Turn) -> recommender.contracts.Where:
    conversation = turn.conversation
    person = conversation.person
    owned: list[str] = []
    if person.proven and person.customer_id is not None:
        for order in await orders.of_customer(ctx, person.customer_id, limit=BOUGHT):
            owned += [part for item in order.items for part in (item.product, item.title)]
    return recommender.contracts.Where(
        conversation.id, conversation.unit_path, locale_of(turn),
        str(conversation.page.get("product", "")), tuple(filter(None, owned)),
    )  # fmt: skip


def _w(key: str, locale: str, **fields: str) -> str:
    zh, en = _WORDS[key]
    return (zh if locale.startswith("zh") else en).format(**fields)


def _answer(parts: tuple[Part, ...], **more: Any) -> Answer:
    return Answer(parts, topic=TOPIC, confidence=1.0, **more)


def _ask(turn: Turn, back: recommender.contracts.AskBack) -> Answer:
    zh, en = _QUESTIONS[back.about]
    asked = zh if locale_of(turn).startswith("zh") else en
    return _answer((choices(asked, *((o, o) for o in back.options)),), settled=False)


async def _show(ctx: Ctx, turn: Turn, show: recommender.contracts.Show) -> Answer:
    locale, choice = locale_of(turn), show.choice
    store = await catalog.store(ctx, turn.conversation.unit_path)
    name = (store.short or store.name) if store else _w("everywhere", locale)
    lead = recommender.said(show.persona.lines.get("lead", {}), locale).replace("{place}", name)
    parts = [text(lead), *(Part("card", _card(pick, locale)) for pick in choice.picks)]
    if choice.alternative is not None:
        parts += [text(_w(choice.why, locale)), Part("card", _card(choice.alternative, locale))]
    chips = [(_w(key, locale),) * 2 for key in ("more", "cheaper", "buy")]
    parts.append(choices("", *chips, (say("person", locale), "action:person")))
    sources = tuple(_source(pick) for pick in choice.picks)
    return _answer(tuple(parts), sources=sources, subject=choice.picks[0].offer.product.code)


def _card(pick: Pick, locale: str) -> dict[str, Any]:
    """The product card with its one reason, then where it is and what is on."""
    offer = pick.offer
    reason = [f"{pick.fact.name}：{pick.fact.words}"]
    if offer.place:
        reason.append(_w("at", locale, spot=offer.place))
    if offer.promotion and offer.promotion != pick.fact.words:
        reason.append(offer.promotion)
    card = catalog.product_card(offer.product, "；".join(r.rstrip("。；") for r in reason))
    return card | {
        "price": {"minor": offer.price.minor, "currency": offer.price.currency},
        "code": offer.product.code,
    }


def _source(pick: Pick) -> Source:
    product, fact = pick.offer.product, pick.fact
    return Source(product.code, f"{product.title} → {fact.name} → {fact.words}", "product")


def _none(turn: Turn, none: recommender.contracts.NoneSuits) -> Answer:
    locale = locale_of(turn)
    words = text(_w("no_more" if none.shown_all else "none", locale))
    chips = choices("", (_w("buy", locale),) * 2, (say("person", locale), "action:person"))
    return _answer((words, chips if none.shown_all else offer_person(locale)), settled=False)


def _told(turn: Turn, told: recommender.contracts.Told) -> Answer:
    """What the facts say; the catalogue's own warning beside whatever touches health."""
    locale = locale_of(turn)
    several = len(told.answers) > 1
    lines = [f"{one.title}：{said.text}" if several else said.text for one, said in told.answers]
    warned = dict.fromkeys(w for _, said in told.answers for w in said.warnings)
    cared = any(said.offers_person for _, said in told.answers)
    if warned:
        lines.append(_w("warning", locale, words=" ".join(warned)))
    unknown = all(said.verdict == "unknown" for _, said in told.answers)
    parts: tuple[Part, ...] = (text("\n".join(lines)),)
    if cared or unknown:
        parts = (*parts, offer_person(locale))
    sources = tuple(
        Source(link.code, f"{link.product} → {link.attribute} → {link.value or '资料未写'}",
               "product")
        for _, said in told.answers for link in said.path[:3]
    )  # fmt: skip
    subject = told.answers[0][0].code
    return _answer(parts, sources=sources, subject=subject, settled=not unknown)


async def _buy(ctx: Ctx, turn: Turn, buy: recommender.contracts.Buy) -> Answer | None:
    """Over to the guide on duty, with a brief of what was wished and chosen."""
    if not buy.products:
        return None
    locale = locale_of(turn)
    staffed = await desk.is_staffed(ctx, turn.conversation.unit_path)
    ready = recommender.said(buy.persona.lines.get("ready", {}), locale)
    words = text(ready if staffed else _w("nobody", locale))
    wanted = HandOff(TOPIC, None, 1, (words,), (brief(turn, buy),))
    return _answer((words,), settled=False, hand_off=wanted, subject=buy.products[0].code)


def brief(turn: Turn, buy: recommender.contracts.Buy) -> Part:
    """For the guide: what is wanted, for whom, within which bounds, and where they stand."""
    titles = [f"{p.title}（{p.code}，{p.price}）" for p in buy.products[:3]]
    wish = buy.wish
    bounds = {
        "预算": _budget(wish), "给谁": wish.for_whom, "场合": wish.occasion, "肤质": wish.skin,
        "月龄": str(wish.months) if wish.months is not None else "",
        "不要": "、".join(wish.avoids), "孕期": "是" if wish.expecting else "",
    }  # fmt: skip
    told = {name: value for name, value in bounds.items() if value}
    lines = ["客户准备购买，请接待。", f"看中：{'；'.join(titles)}",
             *(f"{name}：{value}" for name, value in told.items()),
             f"客户说：{turn.text[:200]}"]  # fmt: skip
    fields = {"products": [p.code for p in buy.products[:3]], "bounds": told}
    return conversations.contracts.told_part(BRIEF, fields, "\n".join(lines))


def _budget(wish: recommender.contracts.Wish) -> str:
    low = f"¥{wish.low // 100}" if wish.low else ""
    high = f"¥{wish.high // 100}" if wish.high else ""
    return f"{low}–{high}" if low or high else ""
