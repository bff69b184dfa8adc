"""Which order, which pieces of it, which other variants a customer means: by what they say.

Nothing is guessed: when the words fit two, they are both offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from xiaoer.modules import catalog, orders
from xiaoer.modules.bot.contracts import View
from xiaoer.modules.bot.rules.plain import plain

Order = orders.contracts.Order
Item = orders.contracts.Item
Variant = catalog.contracts.Variant

_NUMBER = re.compile(r"(?<![a-z0-9])(?:#?[a-z]{1,4}[-_]?\d{5,20}|\d{10,20})(?![a-z0-9])")
_TAIL = re.compile(r"(?:尾号|后[三四五六3-6]位|最后[三四五六3-6]位)(?:是|为|:|：)?\s*(\d{3,6})")
_BARE_TAIL = re.compile(r"^\D{0,6}(\d{3,6})\D{0,6}$")
_PHONE = re.compile(r"^1\d{10}$")
_NTH = re.compile(r"第\s*([一二两三四五六1-6])|^\s*([1-6一二两三四五六])\s*[.、号个]?\s*$")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_NEWEST = re.compile(
    r"最近|最新|刚(?:刚|才)?(?:下|买|拍|付)|上(?:一)?(?:单|笔|个订单)|\b(?:latest|last|newest|most recent)\b"
)
_DATE = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})[日号]")
_ARRIVED = re.compile(r"(?:天|日|号|早上?|晚上?|上午|下午|刚)(?:才)?(?:就)?(?:到|收|签|送|拿)")
_DAYS = (("大前天", 3), ("前天", 2), ("昨", 1), ("今天", 0), ("yesterday", 1), ("today", 0))
_STATES = (
    (re.compile(r"(?:还?没|未|待)发货|没发的|not shipped"), ("paid", "packing")),
    (re.compile(r"在路上|已?发货了?的|运输中|on the way"), ("shipped",)),
    (re.compile(r"待自提|到店了?的|ready for pick"), ("ready_for_pickup",)),
    (re.compile(r"(?:已经?)?(?:签收|收到|送到)了?的|delivered"), ("delivered", "completed")),
)
_ALL = re.compile(
    r"全部|全都|所有|整单|整个(?:订单|单子)|全退|全换|都(?:要|想|给|退|换|少|坏|没|破|有|保|降|是)|(?:两|二|三|四|2|3|4)(?:件|个|样|双|瓶|盒)?都|"
    r"一起(?:退|换|办)|每(?:件|个)|统统|\b(?:all|both|everything|whole order)\b"
)
_COUNT = re.compile(r"(?<![\d百千块元])([一二两三四五六1-6])\s*(?:件|个|条|双|瓶|盒|支|台|套|包|袋|罐|箱|份|把|只|块)(?!月|小时|工作日|字|问题|订单|号)")
_THAT_ONE = re.compile(r"(?:有|那|这|哪|其中|某)(?:件|个|条|双|瓶|盒|支|台|套|包|袋|罐|箱|份|把|只|块)(?!订单|单)")
_DEED = r"(?:退|换|少|坏|裂|碎|破|缺|漏|补|只|其中|保|发|有)(?:了|给我|我)?"
_COLOURS = "黑白红蓝绿黄紫粉灰棕橙金银青米"
_BECOMES = re.compile(r"换(?:成|为|个|一?件|一?双|一?条|一?款)|改(?:成|为|要)|要(?!换|退|求)|想要|→|\bfor\b|\bto\b")
_LARGER = re.compile(r"大(?:一|1|两|2|点|半)?(?:号|码|点)|(?:太|偏|有点|有些)小|小了|bigger|larger|too small")
_SMALLER = re.compile(r"小(?:一|1|两|2|点|半)?(?:号|码|点)|(?:太|偏|有点|有些)大|大了|smaller|too (?:big|large)")
_TWO_SIZES = re.compile(r"(?:大|小)(?:两|2|二)(?:号|码)")


@dataclass(frozen=True, slots=True)
class Meant:
    """What was understood: one value, or several that the words fit, or neither."""

    value: object = None
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an order's line; two of one line are two pieces."""

    place: int
    item: Item
    words: str = field(default="")


def order_meant(
    text: str, view: View, offered: Sequence[tuple[str, str]] = (), *, asked: bool = False
) -> Meant:
    """The order's number; a number that is none of the customer's is passed on as it is."""
    folded = plain(text)
    number = next((hit.group() for hit in _NUMBER.finditer(folded)
                   if not _PHONE.match(hit.group())), "")  # fmt: skip
    if number:
        own = [one.number for one in view.orders if plain(one.number) == number]
        return Meant(own[0] if own else number.upper())
    for narrowed in (_by_tail(folded, view, asked), _by_nth(folded, offered, asked)):
        if narrowed:
            return Meant(narrowed)
    if len(view.orders) == 1:
        return Meant(view.orders[0].number)
    if _NEWEST.search(folded) and view.orders:
        return Meant(view.orders[0].number)
    return _narrowed(folded, view)


def _by_tail(folded: str, view: View, asked: bool) -> str:
    hit = _TAIL.search(folded) or (_BARE_TAIL.match(folded.strip()) if asked else None)
    found = [one.number for one in view.orders if hit and one.number.endswith(hit.group(1))]
    return found[0] if len(found) == 1 else ""


def _by_nth(folded: str, offered: Sequence[tuple[str, str]], asked: bool) -> str:
    hit = _NTH.search(folded) if asked and offered else None
    if hit is None:
        return ""
    word = hit.group(1) or hit.group(2)
    place = _DIGITS.get(word) or int(word)
    return offered[place - 1][1] if place <= len(offered) else ""


def _narrowed(folded: str, view: View) -> Meant:
    """By goods, by date, by status: what each names narrows what is left."""
    left = list(view.orders)
    narrowed = False
    for choose in (_with_goods, _of_date, _in_state):
        fitting = choose(folded, left, view)
        if fitting and len(fitting) < len(left):
            left, narrowed = fitting, True
    if not narrowed:
        return Meant()
    if len(left) == 1:
        return Meant(left[0].number)
    return Meant(several=tuple(one.number for one in left[:5]))


def _with_goods(folded: str, left: list[Order], _view: View) -> list[Order]:
    pieces = [(one, item) for one in left for item in one.items]
    scores = [_score(folded, item) for _, item in pieces]
    best = max(scores, default=0)
    if best < 2:
        return []
    found = {one.number: one for (one, _), score in zip(pieces, scores, strict=True) if score == best}
    return list(found.values())


def _of_date(folded: str, left: list[Order], view: View) -> list[Order]:
    """Those of the day that is named: the day of the order, for of its arrival less is known."""
    if _ARRIVED.search(folded):
        return []
    for word, days in _DAYS:
        if word in folded:
            wanted = (view.now - timedelta(days=days)).date()
            return [one for one in left if _day(one, view) == wanted]
    hit = _DATE.search(folded)
    if hit is None:
        return []
    month, day = hit.group(1), int(hit.group(2))
    return [one for one in left
            if _day(one, view).day == day
            and (month is None or _day(one, view).month == int(month))]  # fmt: skip


def _day(order: Order, view: View) -> date:
    return order.placed_at.astimezone(view.now.tzinfo).date()


def _in_state(folded: str, left: list[Order], _view: View) -> list[Order]:
    for pattern, states in _STATES:
        if pattern.search(folded):
            return [one for one in left if str(one.status) in states]
    return []


def pieces_of(order: Order) -> tuple[Piece, ...]:
    """Every piece of an order, in the order of its lines."""
    return tuple(
        Piece(place, item, label(item))
        for place, item in enumerate(order.items) for _ in range(item.quantity)
    )  # fmt: skip


def label(item: Item) -> str:
    """A line in words: title and variant."""
    return f"{item.title} {item.variant or ' '.join(item.options.values())}".strip()


def items_meant(
    text: str, order: Order, offered: Sequence[tuple[str, str]] = (), *,
    asked: bool = False, whole: bool = False,
) -> Meant:
    """The SKUs of the pieces, each as often as it is meant; with ``whole`` all of a kind when no
    number is said."""
    pieces = pieces_of(order)
    folded = plain(text)
    if len(pieces) == 1:
        return Meant((pieces[0].item.sku,))
    nth = _by_nth(folded, offered, asked)
    if nth:
        return _counted([one for one in pieces if one.item.sku == nth], folded, whole)
    named = _named(folded, pieces)
    if named.several:
        return named
    if named.value:
        return _counted([one for one in pieces if one.item.sku in _skus(named)], folded, whole)
    if _ALL.search(folded):
        return Meant(tuple(one.item.sku for one in pieces))
    by_letter = _by_letter(folded, pieces) if asked else ""
    if by_letter:
        return _counted([one for one in pieces if one.item.sku == by_letter], folded, whole)
    if len({one.item.sku for one in pieces}) == 1:
        return _counted(list(pieces), folded, whole) if asked or _COUNT.search(folded) else Meant()
    return Meant()


def _by_letter(folded: str, pieces: Iterable[Piece]) -> str:
    """The only line that shares most single characters with a short answer ("高的那个枕头")."""
    said = set(_HAN.findall(folded)) - _COMMON
    lines = {one.item.sku: len(said & set(one.words)) for one in pieces}
    best = max(lines.values(), default=0)
    fitting = [sku for sku, shared in lines.items() if shared == best]
    return fitting[0] if best and len(fitting) == 1 else ""


def _skus(meant: Meant) -> tuple[str, ...]:
    return meant.value if isinstance(meant.value, tuple) else ()


def _named(folded: str, pieces: Iterable[Piece]) -> Meant:
    """Lines that words name which fit no other line; else those that fit several."""
    lines = {one.item.sku: one.item for one in pieces}
    evidence = {sku: _evidence(folded, item) for sku, item in lines.items()}
    own: list[str] = []
    shared: list[str] = []
    for sku, found in evidence.items():
        others = set().union(*(one for key, one in evidence.items() if key != sku))
        if found - others:
            own.append(sku)
        elif found:
            shared.append(sku)
    if own:
        return Meant(tuple(own))
    return Meant(several=tuple(shared[:6])) if shared else Meant()


def _counted(pieces: list[Piece], folded: str, whole: bool) -> Meant:
    """As many of each as was said; one of a kind needs no number, of several it must be said."""
    skus = [one.item.sku for one in pieces]
    kinds = set(skus)
    if len(kinds) == len(skus):
        return Meant(tuple(skus))
    if _ALL.search(folded):
        return Meant(tuple(skus))
    count = _count(folded)
    if not count and whole:
        return Meant(tuple(skus))
    if not count or len(kinds) > 1:
        return Meant(several=tuple(dict.fromkeys(skus)))
    return Meant(tuple(skus[:count])) if count <= len(skus) else Meant()


def _count(folded: str) -> int:
    """How many pieces are meant: the number at the deed, else the only one."""
    at_deed = re.search(rf"{_DEED}.{{0,3}}?{_COUNT.pattern}", folded)
    hits = [at_deed] if at_deed else list(_COUNT.finditer(folded))
    words = {hit.group(1) for hit in hits}
    if not words and _THAT_ONE.search(folded):
        return 1
    if len(words) != 1:
        return 0
    word = words.pop()
    return _DIGITS.get(word) or int(word)


def variant_meant(text: str, item: Item, product: catalog.contracts.Product) -> Meant:
    """The SKU of the other variant that a piece is to become."""
    folded = plain(text)
    others = [one for one in product.variants if one.sku != item.sku]
    turns = [hit.end() for hit in _BECOMES.finditer(folded)]
    for said in (folded[start:] for start in (*turns[-1:], 0)):
        wanted = _wanted_options(said, item, product)
        if wanted and wanted != dict(item.options):
            fits = [one for one in others if dict(one.options) == wanted]
            if fits:
                return Meant(fits[0].sku)
    larger = _by_size(folded, item, product)
    if larger:
        return Meant(larger)
    named = [one.sku for one in others if plain(one.sku) in folded or plain(one.label) == folded.strip()]
    return Meant(named[0]) if len(named) == 1 else Meant()


def _wanted_options(
    said: str, item: Item, product: catalog.contracts.Product
) -> dict[str, str]:
    """The piece's own options with those replaced that are named; nothing when none is, or one
    axis is named twice."""
    wanted = dict(item.options)
    named = False
    for axis in wanted:
        values = {one.options.get(axis, "") for one in product.variants}
        found = _longest({value for value in values if value and _says_value(said, value)})
        fresh = found - {wanted[axis]} if len(found) > 1 else found
        if len(fresh) > 1:
            return {}
        if fresh:
            wanted[axis], named = next(iter(fresh)), True
    return wanted if named else {}


def _longest(values: set[str]) -> set[str]:
    """Without those that are part of another: "XL" within "XXL", "蓝色" within "雾蓝色"."""
    return {one for one in values if not any(one != other and one in other for other in values)}


def _says_value(said: str, value: str) -> bool:
    low = plain(value)
    if re.fullmatch(r"[a-z0-9.]+", low):
        return bool(re.search(rf"(?<![a-z0-9.]){re.escape(low)}(?![a-z0-9.])", said))
    if low in said:
        return True
    core = low.removesuffix("色").removesuffix("码").removesuffix("号")
    if core != low and core in said and (len(core) > 1 or core in _COLOURS):
        return bool(re.search(rf"{core}(?:色|的|那|款|码|号|$|吧|啊|呢|[,，。 ])", said))
    number = re.match(r"(\d+(?:\.\d+)?)\D", low)
    return bool(number and re.search(rf"(?<!\d){re.escape(number.group(1))}(?!\d)(?:码|号|ml|g|毫升|克|片|的|$)", said))


def _by_size(folded: str, item: Item, product: catalog.contracts.Product) -> str:
    """One size (or two) up or down on the axis whose values have an order."""
    step = 1 if _LARGER.search(folded) else -1 if _SMALLER.search(folded) else 0
    step *= 2 if _TWO_SIZES.search(folded) else 1
    if not step:
        return ""
    for axis, own in item.options.items():
        ranks = {one.options.get(axis, ""): _rank(one.options.get(axis, ""))
                 for one in product.variants}  # fmt: skip
        if own not in ranks or None in ranks.values():
            continue
        sizes = sorted(ranks, key=lambda size: ranks[size] or 0.0)
        place = sizes.index(own) + step
        if 0 <= place < len(sizes):
            wanted = dict(item.options) | {axis: sizes[place]}
            return next((one.sku for one in product.variants if dict(one.options) == wanted), "")
    return ""


_LETTERS = {"xxs": 0.0, "xs": 1.0, "s": 2.0, "m": 3.0, "l": 4.0, "xl": 5.0, "xxl": 6.0, "2xl": 6.0,
            "xxxl": 7.0, "3xl": 7.0}  # fmt: skip


def _rank(size: str) -> float | None:
    """Where a size stands among others; nothing when it is none."""
    low = plain(size).removesuffix("码").removesuffix("号")
    if low in _LETTERS:
        return _LETTERS[low]
    return float(low) if re.fullmatch(r"\d+(?:\.\d+)?", low) else None


def _score(folded: str, item: Item) -> int:
    """How much of a line's words the text holds: characters of the longest shared runs."""
    return sum(len(run) for run in _longest(_evidence(folded, item)))


_HAN = re.compile(r"[一-鿿]")
_COMMON = frozenset("的了是我那个这一件要退换少坏只就不想吧啊呢在有和两")
_VAGUE = frozenset(
    ("订单", "商品", "东西", "一个", "一件", "退货", "换货", "运动", "儿童", "套装", "礼盒", "补水")
)


def _evidence(folded: str, item: Item) -> set[str]:
    """The runs of two or more characters that a line's title shares with the text, and the values
    of its options that it says."""
    title = plain(item.title)
    runs = {
        title[start : start + size]
        for size in range(2, len(title) + 1)
        for start in range(len(title) - size + 1)
        if title[start : start + size] in folded
    }
    runs = {one for one in runs if one.strip() == one and one not in _VAGUE and not one.isdigit()}
    values = {f"={value}" for value in item.options.values() if _says_value(folded, value)}
    return runs | values


def options_of(order: Order, skus: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Lines as options to choose from: label and SKU."""
    wanted = set(skus)
    found: Mapping[str, str] = {one.item.sku: one.words for one in pieces_of(order)
                                if not wanted or one.item.sku in wanted}  # fmt: skip
    return tuple((words, sku) for sku, words in found.items())
