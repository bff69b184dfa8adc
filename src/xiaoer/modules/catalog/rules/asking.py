"""Answers a question about a product from its facts alone, and tells the path it took.

Each rule looks at one kind of attribute. Nothing written means unknown, and is said so; whatever
touches health carries the catalogue's own warning and offers a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from xiaoer.kit.text import fold
from xiaoer.modules.catalog.contracts import (
    FactAnswer,
    Link,
    Need,
    NewProduct,
    Trait,
    TraitKind,
    Verdict,
)
from xiaoer.modules.catalog.rules.traits import traits_of

_CAN = re.compile(
    r"能.{0,6}(用|吃|喝|玩|穿|涂|擦|抹)|可以|可不可以|适合|合适|行吗|行不行|用吗|刺激|温和|"
    r"suit|can i|okay for|ok for|safe"
)
_STAGE = re.compile(r"几段|哪段|哪一段|什么段|which stage|what stage")
_CONTAINS = re.compile(
    r"(?:对|有没有|含不含|含有|里面有|含|有)(?P<what>[\u4e00-\u9fff]{1,5}?)(?:过敏|吗|么|嘛|没|不|成分)|"
    r"(?:contain|allergic to|free of)s?\s+(?P<en>[a-z]+)"
)
_EXPECTING = re.compile(r"孕|备孕|哺乳|喂奶期|怀宝宝|pregnan|breastfeed")
_MEDICINE = re.compile(r"吃药|服药|药物|治疗|湿疹|皮炎|痘印|medicine|medication|eczema")
_FITS = re.compile(r"通用|兼容|适配|配套|能配|配得上|装得上|电磁炉|燃气灶|明火|compatib|fit my|fits")
_HOBS = {"电磁炉": "电磁炉", "燃气灶": "燃气灶", "明火": "燃气灶", "煤气灶": "燃气灶"}
_SIZE = re.compile(r"多大|多重|容量|规格|尺寸|多少(ml|毫升|克|g|片)|几片|how (big|large|much)|size")
_DIFFERENT = re.compile(r"区别|不同|差别|差在哪|对比|比一比|哪个好|differen|compare|versus|\bvs\b")
_ASKS = re.compile(r"吗|么|嘛|呢|多|几|什么|哪|怎|是不是|有没有|\?|？|what|which|how|is it|does")


class Asked:
    """A question about one product."""

    def __init__(self, product: NewProduct, text: str) -> None:
        self.product = product
        self.traits = traits_of(product)
        self.text = fold(text)

    def of(self, *kinds: TraitKind) -> list[Trait]:
        return [t for t in self.traits if t.kind in kinds]

    def link(self, trait: Trait, rule: str) -> Link:
        return Link(self.product.code, self.product.title, trait.name, trait.words, rule,
                    trait.origin)

    def missing(self, attribute: str, rule: str) -> Link:
        return Link(self.product.code, self.product.title, attribute, "", rule, "")

    def warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.words for t in self.of(TraitKind.WARNING)))


def answer(
    products: Sequence[NewProduct], text: str, locale: str = "zh-CN"
) -> FactAnswer | None:
    """What the facts say to a question about the first product, or about how two or three differ.

    Nothing when the text asks about no fact of a product.
    """
    if _DIFFERENT.search(fold(text)):
        return difference(products, locale)
    if not products:
        return None
    asked = Asked(products[0], text)
    if not _ASKS.search(asked.text) and not _CAN.search(asked.text):
        return None
    for rule in _RULES:
        found = rule(asked, locale.startswith("zh"))
        if found is not None:
            return found
    return None


def _care(asked: Asked, zh: bool) -> FactAnswer | None:
    """Pregnancy, medicine: what the catalogue says, never more."""
    medicine = _MEDICINE.search(asked.text) is not None
    if not medicine and not _EXPECTING.search(asked.text):
        return None
    rule = "medicine" if medicine else "expecting"
    told = [t for t in asked.of(TraitKind.FOR_WHOM) if t.value == "expecting"]
    if told and not medicine:
        text = (f"资料上写明适用“{told[0].words}”。" if zh
                else f"The catalogue says it is meant for “{told[0].words}”.")
        return FactAnswer(Verdict.YES, rule, text, (asked.link(told[0], rule),),
                          asked.warnings(), offers_person=True)
    text = ("商品资料没有写明这种情况能不能用，我不猜。请先问医生，也可以让人工帮您核实。" if zh
            else "The catalogue does not say, and I will not guess. Please ask a doctor first; "
            "a person can check as well.")
    return FactAnswer(Verdict.UNKNOWN, rule, text,
                      (asked.missing("适合人群", rule),), asked.warnings(), offers_person=True)


def _contains(asked: Asked, zh: bool) -> FactAnswer | None:
    """Does it contain something: yes when written, no only when its absence is written."""
    found = _CONTAINS.search(asked.text)
    about = (found["what"] or found["en"]) if found else ""
    about = about.lstrip("不没含有").rstrip("没不")
    is_allergy = re.search(r"过敏|allerg", asked.text) is not None
    if not about or not (is_allergy or re.search(r"含|成分|里面有|添加|contain|free", asked.text)):
        return None
    traits = asked.of(TraitKind.CONTAINS, TraitKind.INGREDIENT, TraitKind.FREE_OF)
    for trait in traits:
        if about in trait.value or (len(trait.value) > 1 and trait.value in about):
            absent = trait.kind is TraitKind.FREE_OF
            verdict = Verdict.NO if absent else Verdict.YES
            zh_text = f"资料上写着“{trait.words}”。"
            en_text = f"The catalogue says “{trait.words}”."
            return FactAnswer(verdict, "contains", zh_text if zh else en_text,
                              (asked.link(trait, "contains"),), asked.warnings(), is_allergy)
    text = (f"资料没有写明是否含{about}，我不猜。" if zh
            else f"The catalogue does not say whether it contains {about}; I will not guess.")
    return FactAnswer(Verdict.UNKNOWN, "contains", text,
                      (asked.missing("成分", "contains"),), asked.warnings(), is_allergy)


def _skin(asked: Asked, zh: bool) -> FactAnswer | None:
    """Does it suit this skin."""
    skins = Need.of(asked.text).skins
    if not skins or not _CAN.search(asked.text):
        return None
    known = asked.of(TraitKind.SKIN)
    sensitive = "sensitive" in skins
    if not known:
        text = "资料没有写适合的肤质，我不猜。" if zh else "The catalogue names no skin type."
        path = (asked.missing("适合肤质", "skin"),)
        return FactAnswer(Verdict.UNKNOWN, "skin", text, path, asked.warnings(), sensitive)
    suited = [t for t in known if t.value in (skins[0], "all")]
    if not suited:
        text = (f"资料写的适合肤质是“{known[0].words}”，没有写适合您说的肤质，不建议选这款。" if zh
                else f"The catalogue says “{known[0].words}”, not your skin type; I would not "
                "choose this one.")
        return FactAnswer(Verdict.NO, "skin", text, (asked.link(known[0], "skin"),),
                          asked.warnings(), sensitive)
    best = suited[0]
    verdict = Verdict.TRY_FIRST if best.on_trial else Verdict.YES
    text = f"资料写的适合肤质是“{best.words}”。" if zh else f"Suited skin: “{best.words}”."
    return FactAnswer(verdict, "skin", text, (asked.link(best, "skin"),), asked.warnings(),
                      sensitive)


def _age(asked: Asked, zh: bool) -> FactAnswer | None:
    """Which stage for this age, or whether the age fits."""
    months = Need.of(asked.text).months
    wants_stage = _STAGE.search(asked.text) is not None
    if months is None or not (wants_stage or _CAN.search(asked.text)
                              or re.search(r"吃|喝|玩|穿", asked.text)):
        return None
    known = asked.of(TraitKind.STAGE) or asked.of(TraitKind.AGE)
    rule = "stage" if asked.of(TraitKind.STAGE) else "age"
    if not any(t.low is not None for t in known):
        text = "资料没有写适用的月龄，我不猜。" if zh else "The catalogue gives no age."
        return FactAnswer(Verdict.UNKNOWN, rule, text, (asked.missing("适用年龄", rule),),
                          asked.warnings(), offers_person=True)
    fit = [t for t in known if t.covers(months)]
    if not fit:
        text = (f"资料写的是“{known[0].words}”，不适合 {months} 个月。" if zh
                else f"It is meant for “{known[0].words}”, not for {months} months.")
        return FactAnswer(Verdict.NO, rule, text, (asked.link(known[0], rule),), asked.warnings())
    best = max(fit, key=lambda t: t.low or 0)
    text = (f"{months} 个月对应“{best.words}”。" if zh
            else f"For {months} months it is “{best.words}”.")
    return FactAnswer(Verdict.YES, rule, text, (asked.link(best, rule),), asked.warnings())


def _fits(asked: Asked, zh: bool) -> FactAnswer | None:
    """Is it compatible with something."""
    if not _FITS.search(asked.text):
        return None
    known = asked.of(TraitKind.FITS)
    if not known:
        text = ("资料没有写能和什么通用，我不猜。可以让导购或人工帮您核对型号。" if zh
                else "The catalogue does not say what it fits; a person can check the model.")
        return FactAnswer(Verdict.UNKNOWN, "fits", text, (asked.missing("适配", "fits"),),
                          offers_person=True)
    wanted = next((to for word, to in _HOBS.items() if word in asked.text), "")
    link = asked.link(known[0], "fits")
    told = f"资料写的{known[0].name}是“{known[0].words}”" if zh else f"It fits “{known[0].words}”"
    if not wanted:
        named = [t for t in known if t.value in asked.text]
        verdict = Verdict.YES if named else Verdict.TOLD
        return FactAnswer(verdict, "fits", f"{told}。" if zh else f"{told}.", (link,))
    can = any(wanted in t.value or t.value.startswith(("各种", "所有")) for t in known)
    tail = ("，可以用" if can else "，没有写这一种，不建议用") if zh else ("" if can else ", no other")
    return FactAnswer(Verdict.YES if can else Verdict.NO, "fits",
                      f"{told}{tail}。" if zh else f"{told}{tail}.", (link,))


def _quoted(asked: Asked, zh: bool) -> FactAnswer | None:
    """An attribute that is asked for by its own name is quoted."""
    named = [t for t in asked.traits if t.kind is not TraitKind.WARNING
             and len(t.name) > 1 and fold(t.name) in asked.text]
    if not named and _SIZE.search(asked.text):
        named = asked.of(TraitKind.SIZE)
    if not named:
        return None
    first = named[0]
    text = f"{first.name}：{first.words}。" if zh else f"{first.name}: {first.words}."
    return FactAnswer(Verdict.TOLD, "quoted", text, (asked.link(first, "quoted"),))


_RULES: Sequence[Callable[[Asked, bool], FactAnswer | None]] = (
    _care, _contains, _skin, _age, _fits, _quoted,
)  # fmt: skip


def difference(products: Sequence[NewProduct], locale: str = "zh-CN") -> FactAnswer | None:
    """How two or three products differ, attribute by attribute; nothing for fewer than two."""
    if len(products) < 2:
        return None
    zh = locale.startswith("zh")
    asked = [Asked(product, "") for product in products[:3]]
    lines, path = [], []
    for name in _names(asked):
        told = ["、".join(dict.fromkeys(t.words for t in a.traits if t.name == name)) for a in asked]
        if len(set(told)) > 1 and any(told):
            gap = "资料未写" if zh else "not told"
            lines.append(f"{name}：" + (" / ".join(words or gap for words in told)))
            path += [a.link(t, "difference") for a in asked for t in a.traits if t.name == name]
    price = " / ".join(str(a.product.price) for a in asked)
    head = " / ".join(a.product.title for a in asked)
    lines = [head, f"{'价格' if zh else 'Price'}：{price}", *lines]
    if len(lines) == 2:
        lines.append("资料里写到的其他项目都一样。" if zh else "All else that is written is equal.")
    return FactAnswer(Verdict.TOLD, "difference", "\n".join(lines), tuple(dict.fromkeys(path)))


def _names(asked: Iterable[Asked]) -> list[str]:
    hidden = (TraitKind.WARNING,)
    return list(dict.fromkeys(t.name for a in asked for t in a.traits if t.kind not in hidden))
