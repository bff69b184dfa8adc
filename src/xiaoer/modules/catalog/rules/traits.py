"""Reads what is known of a product: typed attributes from its facts, variants, tags and warnings.

Only what is written is read. A value that no pattern knows stays as words under ``OTHER``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xiaoer.kit.text import fold
from xiaoer.modules.catalog.contracts import NewProduct, Product, Tag, Trait, TraitKind
from xiaoer.modules.catalog.contracts.needs import SKINS, YEAR

HAIRS: Mapping[str, re.Pattern[str]] = {
    "fine": re.compile(r"细软|fine"),
    "oily": re.compile(r"油性|油头|oily"),
    "damaged": re.compile(r"受损|干枯|毛躁|damaged"),
    "dyed": re.compile(r"染|烫|dyed|permed"),
}
SEASONS: Mapping[str, re.Pattern[str]] = {
    "spring": re.compile(r"春"), "summer": re.compile(r"夏"), "autumn": re.compile(r"秋"),
    "winter": re.compile(r"冬"), "all": re.compile(r"四季|全年"),
}  # fmt: skip
NAMES: Mapping[TraitKind, re.Pattern[str]] = {
    TraitKind.SKIN: re.compile(r"肤质|皮肤类型|skin"),
    TraitKind.HAIR: re.compile(r"发质|hair type"),
    TraitKind.CONTAINS: re.compile(r"过敏|致敏|allerg"),
    TraitKind.INGREDIENT: re.compile(r"成分|配料|面料|材质|填充|鞋面|奶源|ingredient|material"),
    TraitKind.FREE_OF: re.compile(r"配方|不含|无添加|free of"),
    TraitKind.AGE: re.compile(r"年龄|月龄|\bage"),
    TraitKind.STAGE: re.compile(r"段位|阶段|stage"),
    TraitKind.SEASON: re.compile(r"季节|season"),
    TraitKind.FITS: re.compile(r"适用灶具|适用机型|适配|兼容|通用|compatib|fits"),
    TraitKind.GOES_WITH: re.compile(r"搭配|配套|goes with"),
    TraitKind.OCCASION: re.compile(r"场合|场景|occasion"),
    TraitKind.FOR_WHOM: re.compile(r"人群|适用对象|for whom"),
    TraitKind.SIZE: re.compile(r"净含量|规格|容量|尺寸|尺码|片数|承重|重量|\bsize"),
}
_WARNS = re.compile(
    r"请先询问|询问医生|遵医嘱|过敏|试用|测试|孕|哺乳期|未成年|小零件|岁以下|儿童拿不到|易燃|看管|"
    r"少量尝试|慎用|禁用|doctor|pregnan|allerg"
)
_EXPECTING = re.compile(r"孕|哺乳|产妇")
_BETWEEN = re.compile(
    r"(?<!\d)(\d{1,4})\s*(?:个)?(月|岁)?\s*[-–—~～至到]\s*(\d{1,4})\s*(?:个)?(月|岁)"
)
_OPEN = re.compile(r"(?<!\d)(\d{1,4})\s*(?:个)?(月|岁)(?:龄)?\s*(?:以上|\+|起)")
_BELOW = re.compile(r"(?<!\d)(\d{1,4})\s*(?:个)?(月|岁)(?:龄)?\s*(?:以下|以内)")
_SPLIT = re.compile(r"[、,，;；/及和]")
_NOT_THERE = re.compile(r"^(不含|不添加|无添加|未添加|0添加|零添加|无)(?P<what>.+)")


def traits_of(product: NewProduct) -> tuple[Trait, ...]:
    """All that is known, in the order facts, variants, tags, warnings."""
    found = [t for name, words in product.facts.items() for t in _fact(name, str(words))]
    found += _variants(product)
    if isinstance(product, Product):
        found += [t for tag in product.tags for t in _tag(tag)]
    found += _warnings(product)
    return tuple(dict.fromkeys(found))


def months_in(words: str) -> tuple[int, int | None] | None:
    """An age range in months, the upper end exclusive; nothing when none is written."""
    folded = fold(words)
    if between := _BETWEEN.search(folded):
        low, unit, high, last = between.groups()
        return _months(low, unit or last), _months(high, last)
    if opened := _OPEN.search(folded):
        return _months(*opened.groups()), None
    if below := _BELOW.search(folded):
        return 0, _months(*below.groups())
    return None


def _months(number: str, unit: str) -> int:
    return int(number) * (YEAR if unit == "岁" else 1)


def _fact(name: str, words: str, origin: str = "facts") -> Iterator[Trait]:
    folded = fold(name)
    kind = next((k for k, pattern in NAMES.items() if pattern.search(folded)), TraitKind.OTHER)
    if name == "适用":
        kind = TraitKind.FOR_WHOM if _EXPECTING.search(words) else TraitKind.OCCASION
    yield from _typed(kind, name, words, origin)


def _typed(kind: TraitKind, name: str, words: str, origin: str) -> Iterator[Trait]:
    match kind:
        case TraitKind.SKIN:
            yield from _coded(kind, name, words, SKINS, origin)
        case TraitKind.HAIR:
            yield from _coded(kind, name, words, HAIRS, origin)
        case TraitKind.SEASON:
            yield from _coded(kind, name, words, SEASONS, origin)
        case TraitKind.AGE | TraitKind.STAGE:
            low, high = months_in(words) or (None, None)
            yield Trait(kind, name, words, words, origin, low, high)
        case TraitKind.FOR_WHOM:
            value = "expecting" if _EXPECTING.search(words) else fold(words)
            yield Trait(kind, name, words, value, origin)
        case TraitKind.CONTAINS | TraitKind.INGREDIENT | TraitKind.FREE_OF:
            yield from _listed(kind, name, words, origin)
        case TraitKind.FITS | TraitKind.GOES_WITH:
            for one in filter(None, (w.strip() for w in _SPLIT.split(words))):
                yield Trait(kind, name, words, fold(one).removeprefix("仅"), origin)
        case _:
            yield Trait(kind, name, words, fold(words), origin)


def _coded(
    kind: TraitKind, name: str, words: str, codes: Mapping[str, re.Pattern[str]], origin: str
) -> Iterator[Trait]:
    found = [code for code, pattern in codes.items() if pattern.search(fold(words))]
    on_trial = bool(re.search(r"测试|试用", words))
    for code in found or [fold(words)]:
        yield Trait(kind, name, words, code, origin, on_trial=on_trial)


def _listed(kind: TraitKind, name: str, words: str, origin: str) -> Iterator[Trait]:
    for one in filter(None, (w.strip() for w in _SPLIT.split(words))):
        absent = _NOT_THERE.match(one)
        if absent:
            yield Trait(TraitKind.FREE_OF, name, words, fold(absent["what"]), origin)
        else:
            value = fold(one).removeprefix("含") if kind is TraitKind.CONTAINS else fold(one)
            yield Trait(kind, name, words, value, origin)


def _variants(product: NewProduct) -> Iterator[Trait]:
    """Stages and ages that variants have, of those that can be had."""
    seen: set[tuple[str, str]] = set()
    for variant in product.variants:
        for name, words in variant.options.items():
            if (name, words) in seen or not variant.available:
                continue
            seen.add((name, words))
            if re.search(r"段位|月龄|年龄|阶段", name):
                yield from _fact(name, words, "variant")


def _tag(tag: Tag) -> Iterator[Trait]:
    yield from _typed(tag.kind, NAME_OF[tag.kind], tag.value, "tags")


def _warnings(product: NewProduct) -> Iterator[Trait]:
    for name, words in product.facts.items():
        if NAMES[TraitKind.CONTAINS].search(fold(name)):
            yield Trait(TraitKind.WARNING, name, f"{name}：{words}", origin="facts")
    for sentence in re.split(r"(?<=[。！!])", product.description):
        if _WARNS.search(sentence) and product.title not in sentence:
            told = sentence.strip()
            # The sentence that lists the facts is no warning of its own.
            if told and not any(f"{k}{v}" in told for k, v in product.facts.items()):
                yield Trait(TraitKind.WARNING, "提示", told, origin="description")


NAME_OF: Mapping[TraitKind, str] = {
    TraitKind.SKIN: "适合肤质", TraitKind.HAIR: "适合发质", TraitKind.INGREDIENT: "成分",
    TraitKind.FREE_OF: "不含", TraitKind.CONTAINS: "含有", TraitKind.AGE: "适用年龄",
    TraitKind.STAGE: "段位", TraitKind.SEASON: "适用季节", TraitKind.OCCASION: "适合场合",
    TraitKind.FOR_WHOM: "适合人群", TraitKind.SIZE: "规格", TraitKind.FITS: "适配",
    TraitKind.GOES_WITH: "搭配", TraitKind.WARNING: "提示", TraitKind.OTHER: "说明",
}  # fmt: skip
