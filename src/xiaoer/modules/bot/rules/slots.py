"""Filling a slot from what the customer says; what does not fit is said so that they can mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiaoer.modules import catalog, orders
from xiaoer.modules.bot.contracts import View
from xiaoer.modules.bot.rules import said_orders, said_places
from xiaoer.modules.bot.rules.book import Slot
from xiaoer.modules.bot.rules.plain import plain
from xiaoer.modules.bot.rules.said_orders import Meant

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TAX = re.compile(r"(?<![0-9A-Za-z@.])[0-9A-Za-z]{18}(?![0-9A-Za-z@])")
_NEAR_TAX = re.compile(r"(?<![0-9A-Za-z@.])(?=[0-9A-Za-z]*\d{6})[0-9A-Za-z]{13,22}(?![0-9A-Za-z@])")
_KIND_OF_FIRM = (
    "公司|集团|厂|商行|商店|超市|中心|小学|中学|大学|学校|幼儿园|医院|诊所|协会|基金会|事务所|工作室|合作社|银行|"
    "研究院|研究所|委员会|酒店|宾馆|餐厅|门诊部|经营部|服务部|个体工商户"
)
_SURELY = "有限公司|有限责任公司|股份公司|集团|事务所|研究院|研究所|大学|小学|中学|医院|委员会|合作社|基金会"
_SURE_FIRM = re.compile(rf"[一-鿿A-Za-z0-9（）()·]{{2,40}}?(?:{_SURELY})(?:[一-鿿]{{2,6}}分公司)?")
_FIRM = re.compile(rf"[一-鿿A-Za-z0-9（）()·]{{2,40}}?(?:{_KIND_OF_FIRM})(?:[一-鿿]{{2,6}}分公司)?")
_TITLED = re.compile(
    r"抬头(?:是|写|开|填|为|用|就|改成|[:：])*\s*[\"“「]?([一-鿿A-Za-z0-9（）()·]{2,40})"
)
_LEAD = re.compile(
    r"^(?:嗯|哦|那|就|请|麻烦|帮我|我要|要|给|开|写|填|用|单位|公司|发票|抬头|名称|名字|全称|是|为|叫|的|[:：,，\s])+"
)
_BECOMES = re.compile(r"换成|改成|换个(?!别的)|→")
_KEEPS = re.compile(r"[^,，。;；]*(?:我要的|要留|留着|留下|留一|不退|不换|还要|没问题|是好的|没坏)[^,，。;；]*")
_DENIED = re.compile(r"(?:不用|不要(?=补|退|换|发|寄)|不是|不需要(?=补|退|换|发|寄)|别|无需)[一-鿿]{1,2}了?[,，]?|[一-鿿]{1,2}不了")
_SPLIT = re.compile(r"[,，。;；\s]|税号|纳税人")
_COURTESY = re.compile(r"(?:谢谢|吧|哈|哦|啊|就行|就好|呢|。|!|！)+$")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a slot is filled from: the words, what is known, and whether it was just asked for."""

    text: str
    view: View
    slots: Mapping[str, Any]
    offered: Sequence[tuple[str, str]] = ()
    asked: bool = False
    focus: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A value, or options that the words fit, or what is wrong with them (``wrong`` is the key of
    a phrase), or none of these."""

    value: Any = None
    several: tuple[tuple[str, str], ...] = ()
    wrong: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def fill(slot: Slot, heard: Hearing) -> Filled:
    """What the words say for this slot."""
    return _FILLERS[slot.kind](slot, heard)


def options(slot: Slot, heard: Hearing, locale: str) -> tuple[tuple[str, str], ...]:
    """What to show beside the question, as label and value."""
    match slot.kind:
        case "order":
            return tuple((order_label(one, locale), one.number) for one in heard.view.orders[:5])
        case "choice":
            return tuple((one.words.to(locale), one.words.to(locale)) for one in slot.choices)
        case "items":
            order = _order(heard)
            return said_orders.options_of(order, ()) if order else ()
        case "new_items":
            return _variants(heard)
        case "store":
            return tuple((one.name, one.name) for one in _near_stores(heard)[:8])
        case _:
            return ()


def order_label(order: orders.contracts.Order, locale: str) -> str:
    """An order in a few words: number, day, first line."""
    first = order.items[0].title if order.items else ""
    more = len(said_orders.pieces_of(order)) - 1
    zh = locale.startswith("zh")
    rest = (f" 等{more + 1}件" if zh else f" and {more} more") if more > 0 else ""
    return f"{order.number} · {order.placed_at:%m-%d} · {first}{rest}"


def _order(heard: Hearing) -> orders.contracts.Order | None:
    return heard.view.order(str(heard.slots.get("order", "")))


def _fill_order(_slot: Slot, heard: Hearing) -> Filled:
    meant = said_orders.order_meant(heard.text, heard.view, heard.offered, asked=heard.asked)
    if meant.value:
        return Filled(meant.value)
    if heard.focus and not meant.several:
        return Filled(heard.focus)
    several = [heard.view.order(number) for number in meant.several]
    return Filled(several=tuple((order_label(one, "zh"), one.number) for one in several if one))


def _fill_items(slot: Slot, heard: Hearing) -> Filled:
    order = _order(heard)
    if order is None:
        return Filled()
    tapped = _tapped(heard)
    if tapped:
        pieces = [one.item.sku for one in said_orders.pieces_of(order) if one.item.sku == tapped]
        if len(pieces) == 1 or slot.whole:
            return Filled(pieces)
        return Filled(several=said_orders.options_of(order, (tapped,)))
    text = _BECOMES.split(_KEEPS.sub("", heard.text))[0] or heard.text
    meant = said_orders.items_meant(text, order, heard.offered, asked=heard.asked, whole=slot.whole)
    if meant.value:
        return Filled(list(meant.value) if isinstance(meant.value, tuple) else meant.value)
    return Filled(several=said_orders.options_of(order, meant.several) if meant.several else ())


def _tapped(heard: Hearing) -> str:
    """The value of the option whose label was sent."""
    said = plain(heard.text).strip()
    return next((value for label, value in heard.offered if said in (plain(label), plain(value))), "")


def _fill_new_items(_slot: Slot, heard: Hearing) -> Filled:
    """One variant for each piece; the first that is not clear is asked for."""
    found: list[str] = []
    for item, product in _lines(heard):
        meant = said_orders.variant_meant(heard.text, item, product)
        nth = _tapped(heard)
        if nth and nth in {one.sku for one in product.variants}:
            meant = Meant(nth)
        if not isinstance(meant.value, str):
            return Filled()
        found.append(meant.value)
    return Filled(found) if found else Filled()


def _lines(
    heard: Hearing,
) -> list[tuple[orders.contracts.Item, catalog.contracts.Product]]:
    order = _order(heard)
    lines = {item.sku: item for item in order.items} if order else {}
    found = []
    for sku in heard.slots.get("items", ()):
        item = lines.get(sku)
        product = heard.view.products.get(item.product) if item else None
        if item and product:
            found.append((item, product))
    return found


def _variants(heard: Hearing) -> tuple[tuple[str, str], ...]:
    """The other variants that can be had, of the first piece."""
    for item, product in _lines(heard)[:1]:
        return tuple((one.label, one.sku) for one in product.variants
                     if one.sku != item.sku and one.available)[:8]  # fmt: skip
    return ()


def _fill_choice(slot: Slot, heard: Hearing) -> Filled:
    folded = plain(heard.text).strip()
    hits = [one for one in slot.choices if one.says.search(folded)]
    if len(hits) > 1:
        folded = _DENIED.sub("", folded)
    exact = [one for one in slot.choices if folded in (plain(one.words.zh), plain(one.words.en))]
    hits = exact or [one for one in slot.choices if one.says.search(folded)]
    if not hits and heard.asked:
        nth = re.fullmatch(r"(?:选|第)*([1-5一二三四五])(?:个|种|条|项|号)?[吧。.]?", folded)
        place = "一二三四五".find(nth.group(1)) + 1 or int(nth.group(1)) if nth else 0
        hits = list(slot.choices[place - 1 : place]) if nth and place else []
    if len(hits) == 1:
        return Filled(hits[0].value)
    return Filled(several=tuple((one.words.zh, one.words.zh) for one in hits))


def _fill_address(slot: Slot, heard: Hearing) -> Filled:
    if said_places.bad_phone(heard.text):
        return Filled(wrong="bad_phone")
    where = said_places.where_meant(heard.text)
    before = heard.slots.get(f"{slot.name}_so_far") or heard.slots.get(slot.name) or {}
    said = {name: value for name, value in where.arguments().items() if value}
    if where.abroad:
        return Filled(said | {"province": where.abroad, "city": where.abroad,
                              "district": where.abroad, "street": heard.text[:80]})  # fmt: skip
    if where.is_empty and heard.asked and before:
        said = _rest_of(heard.text, before, said)
    if not said or (where.is_empty and not before):
        return Filled()
    whole = dict(before) | said
    missing = [name for name in ("province", "city", "district", "street") if not whole.get(name)]
    if missing:
        wrong = f"address_{missing[0]}"
        return Filled(wrong=wrong, extra={f"{slot.name}_so_far": whole})
    return Filled(whole)


def _rest_of(
    text: str, before: Mapping[str, Any], said: Mapping[str, str]
) -> dict[str, str]:
    """What was missing, given by itself: a district, a street."""
    rest = re.sub(r"^(?:是|在|就|哦|嗯|[,，\s])+", "", text).strip(" 。.")
    found = dict(said)
    if not before.get("district"):
        hit = re.match(r"([一-鿿]{1,8}?(?:区|县|旗|市))(.*)$", rest)
        if hit is None:
            return found
        found["district"], rest = hit.group(1), hit.group(2).strip(" ,，")
    if not before.get("street") and rest:
        found["street"] = rest
    return found


def _fill_email(_slot: Slot, heard: Hearing) -> Filled:
    hit = _EMAIL.search(heard.text)
    return Filled(hit.group()) if hit else Filled(wrong="bad_email" if heard.asked else "")


def _fill_tax_number(_slot: Slot, heard: Hearing) -> Filled:
    hit = _TAX.search(heard.text)
    if hit:
        return Filled(hit.group().upper())
    return Filled(wrong="bad_tax_number" if _NEAR_TAX.search(heard.text) and heard.asked else "")


def _fill_title(_slot: Slot, heard: Hearing) -> Filled:
    text = _TAX.sub(" ", _EMAIL.sub(" ", heard.text))
    hit = _TITLED.search(text)
    said = hit.group(1) if hit else ""
    firm = (_FIRM if said or heard.asked else _SURE_FIRM).search(said or text)
    if firm:
        return Filled(_LEAD.sub("", firm.group()) or firm.group())
    if said and said not in ("个人", "公司", "单位", "我自己"):
        return Filled(_COURTESY.sub("", said))
    if not heard.asked:
        return Filled()
    rest = _COURTESY.sub("", _SPLIT.split(_LEAD.sub("", text.strip()))[0])
    return Filled(rest[:60]) if len(rest) >= 2 else Filled()


def names_firm(text: str) -> bool:
    """Whether the name of a company stands in it."""
    return bool(_FIRM.search(text))


def _fill_store(_slot: Slot, heard: Hearing) -> Filled:
    near = _near_stores(heard)
    folded = plain(heard.text)
    named = [one for one in heard.view.stores
             if any(name and plain(name) in folded for name in _names(one))]  # fmt: skip
    if len(named) > 1:
        named = [one for one in named if one in near] or named
    if len(named) == 1:
        return Filled(named[0].code)
    if len(near) == 1 and heard.asked and re.search(r"就(?:这|那)|这家|那家|可以|行|好", folded):
        return Filled(near[0].code)
    return Filled(several=tuple((one.name, one.name) for one in named[:6]))


def _names(store: catalog.contracts.Store) -> tuple[str, ...]:
    short = (store.short or store.name).removesuffix("店")
    return (store.name, store.short, short, store.district.removesuffix("区"),
            store.address, store.code)  # fmt: skip


def _near_stores(heard: Hearing) -> list[catalog.contracts.Store]:
    """Those in the city that the order goes to."""
    order = _order(heard)
    city = str(order.address.get("city", "")).removesuffix("市") if order else ""
    near = [one for one in heard.view.stores if city and one.city.removesuffix("市") == city]
    return near or list(heard.view.stores)


def _fill_text(_slot: Slot, heard: Hearing) -> Filled:
    return Filled(heard.text.strip()[:200]) if heard.asked and heard.text.strip() else Filled()


_FILLERS: Mapping[str, Callable[[Slot, Hearing], Filled]] = {
    "order": _fill_order, "items": _fill_items, "new_items": _fill_new_items,
    "choice": _fill_choice, "address": _fill_address, "email": _fill_email,
    "tax_number": _fill_tax_number, "title": _fill_title, "store": _fill_store,
    "text": _fill_text,
}  # fmt: skip
