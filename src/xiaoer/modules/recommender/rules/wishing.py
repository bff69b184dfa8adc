"""Hears a wish for goods: what, for whom, how much; and whether a message is one at all.

What is about service (returns, parcels, points, hours) is no wish, however it is worded; in doubt
the message is left to knowledge.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources

from xiaoer.kit.text import fold
from xiaoer.modules import catalog
from xiaoer.modules.recommender.contracts import Dialogue, Intent, Wish
from xiaoer.modules.recommender.rules.money_words import budget_in, without_budget

CHILD_MONTHS = 14 * 12
SHORT = 24
MOST_WISH = 120
_SERVICE = re.compile(
    r"退货|退款|换货|退换|能退|可以退|退钱|发票|快递|物流|订单|运费|包邮|发货|配送|送货|送到|优惠券|券|积分|"
    r"会员|停车|营业|几点|开门|关门|投诉|维修|保修|质保|安装|坏了|破损|少发|错发|客服|邀请|拉新|代写|包装|"
    r"小票|礼品卡|购物卡|储值|余额|支付|付款|分期|密码|登录|验证码|注册|app|小程序|招聘|加盟|供应商|入驻|"
    r"团购价|批发|预售|补货|断货|缺货|到货|什么时候有|怎么用|怎么洗|怎么吃|怎么喝|怎么存|怎么保存|怎么清洗|"
    r"保质期|过期|真假|正品|假货|尺码|码数|偏大|偏小|缩水|掉色|起球|二手|试穿|试用装|自提|取货|电梯|卫生间|"
    r"母婴室|餐厅|吃饭|电影|活动|"
    r"refund|return|exchange|order|parcel|deliver|shipping|ship|invoice|coupon|voucher|points|member|parking|"
    r"opening hours|\bopen\b|close|complain|repair|warranty|password|log ?in|gift card|gift wrap|receipt|\bpay"
)
_RECOMMEND = re.compile(
    r"推荐(一|几|个|款|些|点|下|什么|啥|哪)|有(什么|啥|没有|哪些)?(好)?推荐|求推荐|给.{0,8}推荐|帮.{0,4}推荐|^推荐|"
    r"(帮|给|替).{0,4}(挑|选)(一|几|个|款|件|双|支|份|下)|(买|选|挑)(哪|什么|啥)(款|个|种|样|牌子)?(的)?(好|合适|比较好)|"
    r"送(点|个|些)?(什么|啥)(礼物|东西)?(好|合适|比较好)|哪(款|种|支|个牌子)(比较)?(好|适合|合适)|"
    r"(用|买|穿|喝)什么.{1,8}(好|合适)$|"
    r"recommend|suggest|which .{0,30}(should i|is best|is good)|what (should|can) i (buy|get)|gift idea|looking for"
)
_WANTS = re.compile(
    r"想(买|要|找|入|给|送)|要(买|找|送)|打算(买|送)|有没有(适合|合适|什么)|有(什么|啥)适合|找(一|个|款|件|双|支)|"
    r"买(个|点|款|些|件|双|支|盒|一)|求(一|个|款)|来(一|个|款|支)|送(给)?(?!的|我|了|货|到)|"
    r"i want|i need|do you have (any|a|something)|buy a|a gift for|gift for|present for"
)
_BARE = re.compile(
    r"^(请)?((帮|给|替)(我|我们)?)?(随便)?(推荐(一下|点(什么|东西|好的)?|几(款|个))|有(什么|啥)(好)?(推荐|好东西))(吗|吧|呢)?[。？?!！]*$|"
    r"^(any|your) recommendations?\??$|^recommend (me )?something$"
)
_SETS_OUT = re.compile(r"^(我)?(想|要|打算)(要|买|入|找|选|挑|看看)|^i('m| am)? (want|need|look)")
_GIFT = re.compile(r"礼物|送礼|礼品(?!卡)|伴手礼|\bgifts?\b(?! card)|present for")
_READY = re.compile(
    r"我(就)?要(买|这|第|了)|就(要|买|这)(这|第.)?(个|款|件|支|双|一|了)|帮我(留|拿|预留|下单)|给我(留|拿|预留)|"
    r"(怎么|在哪|哪里|去哪|哪儿)(里|儿)?(能)?(买|下单|拿)|预留|留(一|个)(个|款|件|支|双)|买单|找导购|问导购|"
    r"i'?ll take|i want (this|to buy)|where (can|do) i (buy|get)|reserve|hold (one|it)"
)
_WHICH = re.compile(r"第[一二三123]|最后|到的?$|商品|东西|first|second|third|last")
_MORE = re.compile(r"换一批|换几(个|款)|还有(别的|其他|什么)|别的|其他的|再来|再推荐|看看别|more options|others?|something else")
_CHEAPER = re.compile(r"便宜(一)?(点|些)|太贵|贵了|实惠|cheaper|too expensive")
_DEARER = re.compile(r"(再)?(贵|好|高档|上档次)(一)?(点|些)|更好的|fancier|better one")
_ANY = re.compile(r"^(都(可以|行)|随便|无所谓|不(限|知道|清楚)|没有?要求|没有|看着(办|来)|any|whatever|no preference|don'?t (care|know|mind)).{0,6}$")
_EXPECTING = re.compile(r"孕妇|怀孕|孕期|备孕|哺乳期|产妇|pregnan|breastfeed")
_AGED = re.compile(r"((?<!\d)\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(个半|个)?(月|周?岁)(半)?(以上|大)?|(?<!\d)\d{1,3}\s*(months?|years?)( old)?")
_SKIN = re.compile(r"敏感(肌|皮|性)?(肤|皮肤)?|[干油]性?(皮|肌)?(肤|皮肤)?|混合(性)?(皮|肌)?(肤)?|皮肤|sensitive|oily|dry|skin")
_FILLERS = re.compile(
    r"预算|左右|以内|那种|适合|大概|有没有|还是|一般|比较|可以|看看|如果|[的要给送吧呢啊呀了想我是用在有就买和款个这那她他它您你们不再来点能吗人只件双盒支]|"
    r"\b(for|the|an?|my|under|please|about|is|i|it'?s|with|something|some|me|show|and|of|one|no|without)\b"
)
MOST_RESIDUE = 1
_REDDENS = re.compile(r"泛红|(皮肤|脸).{0,4}(易|容易|总|老)(过敏|红)|刺痛")
_AVOID = re.compile(r"(不要|不含|不能有|不能吃|没有|避开|无|过敏|忌|free|without|allergic|no )")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the package by which a wish is heard."""

    goods: Mapping[str, tuple[str, ...]]
    whom: Mapping[str, re.Pattern[str]]
    occasions: Mapping[str, re.Pattern[str]]
    seasons: Mapping[str, re.Pattern[str]]
    avoids: Mapping[str, re.Pattern[str]]


@cache
def words() -> Words:
    """Read once; the longest goods first, so that 保温杯 is heard before 杯."""
    folder = resources.files("xiaoer.modules.recommender").joinpath("personas")
    raw = tomllib.loads(folder.joinpath("words.toml").read_text("utf-8"))
    goods = {fold(n): (n,) for n in raw["nouns"].split()} | {
        fold(k): tuple(v) for part in ("groups", "english") for k, v in raw[part].items()
    }
    longest = dict(sorted(goods.items(), key=lambda one: -len(one[0])))
    compiled = {part: {k: re.compile(v) for k, v in raw[part].items()}
                for part in ("whom", "occasions", "seasons", "avoids")}
    return Words(longest, **compiled)


def code_of(kind: str, text: str) -> str:
    """The code of a person, an occasion or a season that a text names; empty for none."""
    table: Mapping[str, re.Pattern[str]] = getattr(words(), kind)
    folded = fold(text)
    return next((code for code, pattern in table.items() if pattern.search(folded)), "")


def read_wish(text: str) -> Wish:
    """What one message says of a wish."""
    folded = fold(text)
    need = catalog.contracts.Need.of(text)
    low, high = budget_in(text)
    months = need.months if need.months is not None and need.months < CHILD_MONTHS else None
    whom = code_of("whom", text)
    return Wish(
        goods=_goods(folded), low=low, high=high,
        for_whom=whom or ("child" if months is not None else ""), months=months,
        occasion=code_of("occasions", text) or ("gift" if _GIFT.search(folded) else ""),
        skin=_skin(folded, need.skins), season=code_of("seasons", text),
        avoids=_avoids(folded), expecting=bool(_EXPECTING.search(folded)),
    )  # fmt: skip


def tag_words(wish: Wish) -> tuple[str, ...]:
    """The words by which editors' tags speak of the person or the occasion of a wish."""
    found: list[str] = []
    for kind, code in (("whom", wish.for_whom), ("occasions", wish.occasion)):
        if code == "gift":
            found.append("礼")
        elif code:
            pattern = getattr(words(), kind)[code].pattern
            found += [word for word in pattern.split("|") if not word.isascii() and "?" not in word]
    return tuple(found)


def _skin(folded: str, named: tuple[str, ...]) -> str:
    """The most delicate of the types that are named; skin that reddens is sensitive."""
    if "sensitive" in named or _REDDENS.search(folded):
        return "sensitive"
    return named[0] if named else ""


def _goods(folded: str) -> tuple[str, ...]:
    """The things that are named; a name inside a longer one is not heard again."""
    found: list[str] = []
    for heard, searched in words().goods.items():
        if _names(heard, folded):
            found += searched
            folded = folded.replace(heard, "\n")
    return tuple(dict.fromkeys(found))


def _names(heard: str, folded: str) -> bool:
    if heard.isascii():
        return re.search(rf"\b{heard}s?\b", folded) is not None
    if len(heard) > 1:
        return heard in folded
    # One character names a thing only where it ends a phrase: 买个包, not 打包.
    return re.search(rf"(个|款|双|只|点|些|件|口|瓶|买|的|喝){heard}($|[\s，。,.吧呢吗\n]|送|推荐)", folded) is not None


def _avoids(folded: str) -> tuple[str, ...]:
    """What is named in a clause that says to keep away from it."""
    clauses = [c for c in re.split(r"[的，,。;；!！?？\n]", folded) if _AVOID.search(c)]
    return tuple(what for what, pattern in words().avoids.items()
                 if any(pattern.search(clause) for clause in clauses))


def joined(before: Wish, new: Wish) -> Wish:
    """The wish with what a new message adds; naming other goods starts anew but for the person."""
    if new.goods and before.goods and set(new.goods) != set(before.goods):
        before = Wish(for_whom=before.for_whom, months=before.months, skin=before.skin,
                      avoids=before.avoids, expecting=before.expecting, owned=before.owned)
    told = {f.name: getattr(new, f.name) for f in fields(Wish) if getattr(new, f.name)}
    if new.low or new.high:
        told |= {"low": new.low, "high": new.high}
    if new.avoids:
        told["avoids"] = tuple(dict.fromkeys((*before.avoids, *new.avoids)))
    return replace(before, **told)


def read_intent(text: str, dialogue: Dialogue | None, *, on_product: bool = False) -> Intent:
    """What the message wants of the recommender.

    ``dialogue`` is the one under way, if any; ``on_product``: the page shows one product.
    """
    folded = fold(text).strip()
    if not folded or len(folded) > MOST_WISH:
        return Intent.NONE
    under_way = dialogue is not None and bool(dialogue.shown or dialogue.waiting)
    has_shown = dialogue is not None and bool(dialogue.shown)
    if (has_shown or on_product) and _is_ready(folded):
        return Intent.READY
    wish = read_wish(text)
    if dialogue is not None and under_way and _goes_on(folded, wish, dialogue):
        return Intent.REFINE
    if _SERVICE.search(folded):
        return Intent.NONE
    if _chooses(folded, wish):
        return Intent.CHOOSE
    return Intent.NONE


def _is_ready(folded: str) -> bool:
    """A short message that says little else than that they will take it."""
    if len(folded) > SHORT or not _READY.search(folded):
        return False
    return len(_residue(_READY.sub(" ", _WHICH.sub(" ", folded)))) <= MOST_RESIDUE


def _goes_on(folded: str, wish: Wish, dialogue: Dialogue) -> bool:
    """A short message that only adds to the wish, answers what was asked, or wants others: what is
    left of it without the words of wishes is next to nothing."""
    if len(folded) > SHORT or _SERVICE.search(folded):
        return False
    if dialogue.waiting and _ANY.match(folded):
        return True
    turns = any(p.search(folded) for p in (_MORE, _CHEAPER, _DEARER))
    if wish == Wish() and not (turns and dialogue.shown):
        return False
    return len(_residue(folded)) <= MOST_RESIDUE


def _residue(folded: str) -> str:
    """What of a message tells something else than a wish."""
    folded = without_budget(folded)
    known = words()
    patterns = [_MORE, _CHEAPER, _DEARER, _EXPECTING, _REDDENS, _GIFT, _AGED, _SKIN]
    for table in (known.whom, known.occasions, known.seasons, known.avoids):
        patterns += table.values()
    for pattern in patterns:
        folded = pattern.sub(" ", folded)
    for heard in known.goods:
        folded = re.sub(rf"\b{heard}s?\b", " ", folded) if heard.isascii() else folded.replace(heard, " ")
    return re.sub(r"\W|_", "", _FILLERS.sub("", folded))


def _chooses(folded: str, wish: Wish) -> bool:
    """Whether somebody wants something chosen: asks for it, or names things within bounds."""
    asks = _RECOMMEND.search(folded) is not None
    bounds = sum(map(bool, (wish.low or wish.high, wish.for_whom, wish.occasion, wish.skin,
                            wish.season, wish.avoids, wish.expecting)))
    if asks or _BARE.match(folded):
        return bool(wish.goods or bounds or _BARE.match(folded))
    priced, wants = bool(wish.low or wish.high), _WANTS.search(folded) is not None
    if wish.goods and priced:
        return True
    if _GIFT.search(folded) and wish.for_whom:
        return priced or wants
    if not wish.goods or re.search(r"吗|么\b|能不能|可以", folded.replace("什么", "")):
        return False
    return bool(bounds and wants) or (
        len(folded) <= SHORT // 2 and _SETS_OUT.search(folded) is not None)


def is_more(text: str) -> bool:
    """Whether others than those shown are wanted."""
    return _MORE.search(fold(text)) is not None


def price_wish(text: str) -> str:
    """``cheaper`` or ``dearer`` than what was shown; empty for neither."""
    folded = fold(text)
    if _CHEAPER.search(folded):
        return "cheaper"
    return "dearer" if _DEARER.search(folded) else ""
