"""Which deeds a message asks for: by the flows' own words, and the small words around them.

"怎么退货" asks about the rules and is the knowledge base's; "我要退货" and "这件能退吗" ask for the
deed. What is denied ("不退了") is not asked for, and what was corrected ("不对，是换货") counts as
corrected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xiaoer.modules.bot.rules.book import Book, Flow
from xiaoer.modules.bot.rules.plain import plain

_TURNS = re.compile(
    r"不对|啊?不是(?=[,，。])|(?:哦|啊|噢|呃|哎)不(?!要|用|想|对)|说错了?|搞错了|打错了|(?<![你他她])算了|(?:^|[,，。;；!！\s])(?:那|我|要不)?还是(?!没|不|有)|不是.{1,8}[,，]?(?:我?是|而是)|我是说|我的意思是|"
    r"\b(?:actually|no wait|i mean|instead)\b"
)
_DENIED = re.compile(
    r"(?:不(?:是)?(?:想|要|用|需要|打算|能再?|可以|给|让|必|会|准备)?(?:再|去|给我)?|没(?:有)?(?:想|要|说)?(?:过)?|别(?:给我|再)?|"
    r"取消|撤(?:销|回)?|don'?t\s(?:want\sto\s)?|not\s(?:to\s)?)$"
)
_ASKS_RULES = re.compile(
    r"怎么(?!还|没|又|回事|办|搞|这么|能)|如何|流程|规则|政策|规定|条件|步骤|多久|多长时间|几天(?:内|之内|到)|什么时候(?!发)|"
    r"多少钱?(?=$|[,，。?？了呀啊])|退款.{0,6}(?:多少|到账|到没|到了|进度|在哪|什么时候)|收费|要不要(?:钱|运费)|谁(?:出|承担|付)|哪里(?:可以|能)|在哪(?:里|儿)?(?:开|退|换|申请|办)|什么意思|是什么|"
    r"是不是(?:都|所有)|支持|(?:能|可以)(?:换|退|抵|开)(?:些)?什么|一般|哪些|什么(?:情况|样|商品|东西|材料)|"
    r"\b(?:how (?:do|can|long|much|to)|what is|policy|rules?|when (?:do|can|will))\b"
)
_DEMANDS = re.compile(
    r"我(?:现在|就|还|也|是)?(?:想|要|需要|打算|申请)(?!问|知道|了解|咨询|的|自己)|(?:^|[,，。\s])(?:想|要)(?!是|不|问|知道|另|多久|退货点)|"
    r"帮(?:我|忙|一下|催|取消|查|改|开|退|换)|替我|麻烦|请|劳驾|催|取消|[a-z]{1,4}\d{6,}|\d{10,}|尾号|"
    r"\b(?:i (?:want|need|would like|'d like)|please|help me)\b"
)
_URGES = re.compile(r"给我|申请|办理|办一下|赶紧|马上|立刻|快点|吧[。.!！~]*$")
_ASKING = re.compile(r"[?？]|(?:吗|么|呢|不|没)[啊呀]?[。.!！~]*$|怎么|怎样|还是|来得及|多久|哪里|哪儿|几点|多少")
_CAN = re.compile(
    r"(?:能|可以|可不可以|能不能|会|给|要|有|支持).{0,12}(?:吗|么|不|嘛|[?？])[啊呀呢]?[?？。.!！~\s]*$|"
    r"^(?:能不能|可不可以|can (?:i|you)|do you)"
)
_POINTS = re.compile(
    r"我|这(?!里|儿|样)|那(?!里|儿|样)|[a-z]{1,4}\d{6,}|\d{10,}|尾号|刚|昨天|前天|今天|上(?:周|次|个)|买的|收到|订单|帮|了[,，。]|便宜了|降了|还在|\b(?:my|this|it)\b"
)
_BESIDES = re.compile(r"顺便|另外|还有|同时|并且|然后|其次|\b(?:also|and then)\b")
_CLAUSE = re.compile(r"[,，。;；!！?？\n、]|顺便|另外|还有|然后|再(?:帮|给)")
_OPEN = re.compile(r"也行|也可以|都行|都可以|随便|看着办")
_EITHER = re.compile(r"还是|或者|要么|也行|也可以|都行|都可以|随便|看着办|\bor\b|\beither\b")


@dataclass(frozen=True, slots=True)
class Heard:
    """The flows a message asks for, in the order of its words. ``is_question``: it asks about the
    rules rather than for the deed. ``turns``: it corrects what was said before; ``either``: it
    leaves open which is meant; ``asked_for``: in words that demand it. ``words`` are the clauses
    that belong to each wish."""

    wishes: tuple[str, ...] = ()
    is_question: bool = False
    turns: bool = False
    either: bool = False
    asked_for: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mention:
    flow: Flow
    start: int
    end: int


def hear(book: Book, text: str) -> Heard:
    """What the words ask for."""
    folded = plain(text).strip()
    turns = [one.start() for one in _TURNS.finditer(folded)]
    turned = max(turns, default=-1)
    said = [one for one in _mentions(book, folded) if not _is_denied(folded, one)]
    after = [one for one in said if one.end > turned]
    torn = len(turns) > 1 and len({one.flow.id for one in said}) > 1
    either = bool(_EITHER.search(folded)) and (not turns or bool(_OPEN.search(folded)))
    counted = said if torn or either else _without_reasons(folded, after or said)
    wishes = tuple(dict.fromkeys(one.flow.id for one in counted))
    asks = _ASKS_RULES.search(folded) or (_CAN.search(folded) and not _POINTS.search(folded))
    is_question = bool(wishes and asks and not _wants_deed(folded))
    return Heard(
        wishes, is_question, turned >= 0,
        len(wishes) > 1 and (torn or either), _is_demand(folded),
        _words_of(text, folded, counted, wishes),
    )  # fmt: skip


def _words_of(
    text: str, folded: str, mentions: Sequence[_Mention], wishes: Sequence[str]
) -> tuple[str, ...]:
    """Each wish with the clauses around it; those before the first belong to the first."""
    if len(wishes) < 2 or len(folded) != len(text.strip()):
        return tuple(text for _ in wishes)
    whole = text.strip()
    firsts = [next(one.start for one in mentions if one.flow.id == wish) for wish in wishes]
    starts = [0] + [
        max((hit.end() for hit in _CLAUSE.finditer(folded, 0, first)), default=first)
        for first in firsts[1:]
    ]
    ends = [*starts[1:], len(whole)]
    return tuple(whole[start:end] for start, end in zip(starts, ends, strict=True))


def _wants_deed(folded: str) -> bool:
    """A plain demand beside the question: "我要退货，怎么弄"."""
    return bool(re.search(
        r"我(?:现在)?(?:想|要|需要|得|打算)(?!知道|问|了解|咨询|看看)|帮我(?!看看|问|查)|给我(?!说|讲|看)|(?:申请|办理)一下|"
        r"\bi (?:want|need) to\b|please\b", folded,
    ))  # fmt: skip


def _is_demand(folded: str) -> bool:
    """A plain demand; softer words count where nothing is asked."""
    if _ASKING.search(folded):
        return bool(_DEMANDS.search(folded)) and not _ASKING.search(folded.rstrip("吗么?？。！! "))
    return bool(_DEMANDS.search(folded) or _URGES.search(folded))


def is_certain(heard: Heard) -> bool:
    """Whether the deed is demanded: begin with it at once."""
    return is_likely(heard) and heard.asked_for


def is_likely(heard: Heard) -> bool:
    """Whether the deed is named and no question about its rules is asked: begin with it unless the
    knowledge base has an answer."""
    return bool(heard.wishes) and not heard.is_question


def _mentions(book: Book, folded: str) -> Sequence[_Mention]:
    """Where each flow is named; of two that overlap the longer counts."""
    found = [
        _Mention(flow, hit.start(), hit.end())
        for flow in book.flows.values()
        for pattern in flow.hears
        for hit in pattern.finditer(folded)
    ]
    kept: list[_Mention] = []
    for one in sorted(found, key=lambda m: (m.start - m.end, m.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda m: m.start)


def _without_reasons(folded: str, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Without those that only say why another deed is wished ("还不发货，取消吧")."""
    named = {one.flow.id for one in mentions}
    return [one for one in mentions
            if not named & set(one.flow.yields_to) or _BESIDES.search(folded)]  # fmt: skip


def _is_denied(folded: str, mention: _Mention) -> bool:
    return bool(_DENIED.search(folded[max(0, mention.start - 8) : mention.start]))
