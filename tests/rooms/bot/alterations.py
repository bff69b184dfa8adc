"""Answers with exactly one fact altered, made from a seed: what a careless or hostile model says."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Alter = Callable[[str, random.Random], str | None]

_ZH_DIGITS = "一二三四五六七八九"
_UNITS = (("小时", "分钟"), ("分钟", "小时"), ("天", "小时"), ("工作日", "周"), ("元", "角"), ("公斤", "克"),
          ("个月", "天"), ("%", "元"), ("折", "倍"), ("楼", "号"), ("公里", "米"), ("次", "年"),
          ("hours", "minutes"), ("hour", "day"), ("days", "weeks"), ("yuan", "dollars"), ("minutes", "hours"),
          ("months", "days"), ("%", " yuan"), ("working days", "days"), ("floor", "building"))  # fmt: skip
_NEGATIONS = ("不", "没有", "没", "无", "非", "未", "勿", "不能", "别", " not", "no ", " never", "don't", "can't",
              "isn't", "without", "can not")  # fmt: skip
_NEGATED = (("可以", "不可以"), ("能", "不能"), ("支持", "不支持"), ("有", "没有"), ("送", "不送"), ("免费", "不免费"),
            ("退", "不退"), ("需要", "不需要"), ("用", "不用"), ("在", "不在"), ("会", "不会"), ("营业", "不营业"), ("是", "不是"),
            (" is ", " is not "), (" are ", " are not "), (" can ", " cannot "), ("free", "not free"),
            (" will ", " will not "), (" have ", " have no "), ("open", "not open"))  # fmt: skip
_CONDITIONS = ("如果", "的话", "满", "仅", "只", "需要", "需", "必须", "才", "除", "凭", "提前", "本人", "会员", "没拆",
               "先", "请带", "当天", "以上", "起", "unless", "only", "if ", "must", "at least", "within", "except",
               "before", "after")  # fmt: skip
_LIMITS = (("最多", "至少"), ("至少", "最多"), ("以内", "以外"), ("内", "后"), ("以上", "以下"), ("起", "止"), ("最高", "最低"),
           ("前", "后"), ("后", "前"), ("每天", "每周"), ("每周", "每月"), ("当天", "次日"), ("一年", "两年"), ("半", "一"),
           ("大约", ""), ("一般", "一定"), ("大多", "全部"), ("最短", "最长"), ("at most", "at least"), ("up to", "from"),
           ("within", "after"), ("from", "below"), ("every day", "on weekdays"), ("about", "exactly"),
           ("until", "after"), ("before", "after"), ("at least", "at most"))  # fmt: skip
_PLACES = ("朝阳", "静安", "望京", "浦东", "滨江", "西湖", "天河", "海珠", "春熙", "高新", "江汉", "Chaoyang", "Pudong",
           "Jing'an", "Binjiang", "Tianhe", "Haizhu", "Chunxi", "Gaoxin", "Jianghan", "Wangjing")  # fmt: skip
_SIDES = (("东", "西"), ("南", "北"), ("左", "右"), ("上午", "下午"), ("周一", "周二"), ("周五", "周六"), ("里面", "外面"), ("B1", "B2"),
          ("L1", "L4"), ("门店", "线上"), ("百货", "超市"), ("超市", "百货"), ("金卡", "银卡"), ("微信", "支付宝"), ("直梯", "扶梯"),
          ("身份证", "驾照"), ("小票", "发票"), ("快递", "自提"), ("Friday", "Monday"), ("Sunday", "Saturday"),
          ("department store", "supermarket"), ("Gold", "Silver"), ("WeChat", "Alipay"), ("order", "coupon"))  # fmt: skip
_PARTIES = (("我们", "您"), ("您", "我们"), ("帮您", "您"), ("给您", "您给"), ("客服", "快递员"), ("our", "your"),
            ("we ", "you "), ("you ", "we "), ("you", "anyone"))  # fmt: skip
_PRODUCTS = ("床垫", "面霜", "奶粉", "礼品卡", "优惠券", "家电", "裤装", "珠宝", "积分", "家具", "酒类", "黄金", "电子发票", "手机",
             "gift cards", "points", "lockers", "coupons", "restaurants")  # fmt: skip
_PROMISES = ("运费我们出。", "不满意全额退款。", "都免费。", "还会送您一张券。", "我已经帮您办好了。", "明天一定送到。", "所有商品都可以退。",
             "过期也能退。", "不用带证件。", "价格一定最低。", "我们赔您一倍。", "可以的。", "随时可以退。", "会员也一样。", "终身保修。",
             "我保证今天到账。", "也支持现金。", "全国都能用。", "没有限制。", "不需要任何条件。", "退款马上到。",
             " It is free.", " We will refund you.", " No receipt needed.", " You can return anything.",
             " This is guaranteed.", " Any store will do.", " We pay the shipping.", " Yes, you can.")  # fmt: skip
_OPENINGS = ("您好，", "亲，", "", "", "请您放心，", "Hello! ")
_ENDINGS = ("哦", "呢～", "", "", "啦")


@dataclass(frozen=True, slots=True)
class Altered:
    """An answer, what became of it, and how."""

    kind: str
    source: str
    said: str


def alterations(answers: list[str], seed: int) -> Iterator[Altered]:
    """Without end; every one differs from its source in one fact."""
    chance = random.Random(seed)
    kinds = tuple(_KINDS.items())
    while True:
        for kind, alter in kinds:
            for _ in range(200):
                source = chance.choice(answers)
                said = alter(source, chance)
                if said is not None and _bare(said) != _bare(source):
                    yield Altered(kind, source, _with_courtesy(said, chance))
                    break


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _with_courtesy(said: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return said
    if said.isascii() or "–" in said:
        return f"Hello! {said}"
    return re.sub(r"([。]?)$", rf"{chance.choice(_ENDINGS)}\1", chance.choice(_OPENINGS) + said)


def _one(pattern: str, to: Callable[[re.Match[str]], str]) -> Alter:
    def alter(text: str, chance: random.Random) -> str | None:
        places = list(re.finditer(pattern, text))
        if not places:
            return None
        place = chance.choice(places)
        return text[: place.start()] + to(place) + text[place.end() :]

    return alter


def _pairs(pairs: tuple[tuple[str, str], ...]) -> Alter:
    def alter(text: str, chance: random.Random) -> str | None:
        fitting = [(old, new) for old, new in pairs if old in text]
        if not fitting:
            return None
        old, new = chance.choice(fitting)
        place = chance.choice([m.start() for m in re.finditer(re.escape(old), text)])
        return text[:place] + new + text[place + len(old) :]

    return alter


def _number(found: re.Match[str]) -> str:
    return str(int(found.group()) + 1).zfill(len(found.group()))


def _swapped(text: str, chance: random.Random) -> str | None:
    """Two figures change places."""
    places = list(re.finditer(r"\d+", text))
    if len(places) < 2:
        return None
    one, other = sorted(chance.sample(places, 2), key=lambda m: m.start())
    middle = text[one.end() : other.start()]
    return text[: one.start()] + other.group() + middle + one.group() + text[other.end() :]


def _without_a_clause(text: str, chance: random.Random) -> str | None:
    pieces = re.split(r"(?<=[，。；,;])", text)
    pieces = [piece for piece in pieces if piece.strip()]
    if len(pieces) < 2:
        return None
    gone = chance.randrange(len(pieces))
    if len(_bare(pieces[gone])) < 4 or pieces[gone].strip().lower() in ("sorry,", "抱歉。"):
        return None
    return "".join(pieces[:gone] + pieces[gone + 1 :])


def _clauses_swapped(text: str, chance: random.Random) -> str | None:
    """What follows two conditions changes places."""
    pieces = [piece for piece in re.split(r"[，。；]", text) if len(piece) >= 3]
    if len(pieces) < 3 or "抱歉" in text or "谅解" in text:  # where courtesy stands is no fact
        return None
    one, other = chance.sample(range(len(pieces)), 2)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return "，".join(pieces)


def _promise(text: str, chance: random.Random) -> str | None:
    if text.startswith(("可以", "能", "有", "Yes")):  # to say so again adds nothing
        return None
    fitting = [p for p in _PROMISES if p.startswith(" ") == (text.isascii() or "–" in text)]
    promise = chance.choice(fitting)
    return promise.strip() + " " + text if chance.random() < 0.3 else text + promise


def _place(text: str, chance: random.Random) -> str | None:
    named = [place for place in _PLACES if place in text]
    if not named or len(named) > 4:
        return None
    others = [p for p in _PLACES if p not in text and p.isascii() == named[0].isascii()]
    return text.replace(chance.choice(named), chance.choice(others), 1)


def _product(text: str, chance: random.Random) -> str | None:
    named = [product for product in _PRODUCTS if product in text]
    others = [p for p in _PRODUCTS if p not in text and p.isascii() == text.isascii()]
    if not named or not others:
        return None
    return text.replace(chance.choice(named), chance.choice(others), 1)


def _without(words: tuple[str, ...]) -> Alter:
    return _one("|".join(map(re.escape, words)), lambda _: "")


def _next_numeral(found: re.Match[str]) -> str:
    at = _ZH_DIGITS.find(found.group().replace("两", "二"))
    return _ZH_DIGITS[(at + 1) % len(_ZH_DIGITS)]


_KINDS: dict[str, Alter] = {
    "number changed": _one(r"\d+", _number),
    "numeral changed": _one(r"[一二三四五六七八九两](?=[个天小周年次张级件楼位座元])", _next_numeral),
    "figures swapped": _swapped,
    "unit changed": _pairs(_UNITS),
    "negation dropped": _without(_NEGATIONS),
    "negation added": _pairs(_NEGATED),
    "condition dropped": _without(_CONDITIONS),
    "limit changed": _pairs(_LIMITS),
    "place swapped": _place,
    "thing swapped": _pairs(_SIDES),
    "product swapped": _product,
    "party swapped": _pairs(_PARTIES),
    "promise added": _promise,
    "clause dropped": _without_a_clause,
    "clauses swapped": _clauses_swapped,
}  # fmt: skip
