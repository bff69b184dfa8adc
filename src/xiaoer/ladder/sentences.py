"""Reads how a message asks: several questions at once, or half a question after an answer. Pure."""

from __future__ import annotations

import re

from xiaoer.kit.hanzi import simplified
from xiaoer.kit.text import fold

MOST_PARTS = 4
LONGEST_REST = 12  # characters; Latin ones count a quarter

_HARD = re.compile(r"[?？!！。;；\n]+")
_SOFT = re.compile(r"[,，、]+|还有|以及|另外|\b(?:and|also)\b")
_COURTESY = re.compile(
    r"^(?:[\s,，、~～]|你好|您好|在吗|亲|请问(?:一下|下)?|麻烦问(?:一下|下)|(?:我)?(?:想|要)?(?:问|咨询|了解)(?:一下|下)|"
    r"另外|顺便(?:问)?(?:一下|下)?|谢谢|\b(?:hi|hello|hey|and|also|please|thanks?)\b)+"
)
_ASKS = re.compile(
    r"吗|呢$|怎么|怎样|如何|多少|多久|多大|几(?!乎)|什么|啥|哪|是否|为何|(.)不\1|有没有|可不可以|能不能|"
    r"\b(?:what|when|where|why|how|who|which|can|could|do|does|is|are|may)\b"
)
# 那周末呢, what about Sunday: the words that lead to half a question, and those that end it.
_LEADS = re.compile(
    r"^(?:那么|那|如果是?|要是|假如|换成|改成)[,，\s]*|^(?:and\s+)?(?:what|how)\s+about\s+|^and\s+"
)
_ENDS = re.compile(r"(?:的话)?(?:呢|嘞|咧)?[\s?？!！。.,，~～]*$")
# Questions that name nothing: they ask about what was spoken of last.
_BARE = re.compile(
    r"(?:一?共|大概|一般|最多|最少|还)?(?:要|需要|得|会)?(?:"
    r"多少钱?|多久|几天|几点|几楼|什么时候|什么价|什么条件|为什么|"
    r"怎么(?:办理?|弄|算|收费?|用|去|走|买|领取?|申请|预约|操作|联系)?|"
    r"(?:在|去|到)?哪(?:里|儿|边)?(?:可以)?(?:办理?|买|领取?|用|看|查)?|"
    r"(?:要|收)(?:钱|费)|免费|贵|便宜|可以|预约|排队|限时|"
    r"有(?:优惠|折扣|限制|期限|效期|时间限制|条件))(?:吗|啊|呀|啦|的)?"
    r"|how (?:much|long|many|far)(?: (?:is|does|do|will) (?:it|that|this)(?: \w+)?)?|(?:where|when)(?: is (?:it|that))?"
    r"|is (?:it|that) free|why(?: not)?"
)
_MONEY = re.compile(r"钱|价|费|贵|便宜|多少$|free|much|cost")
_TIME = re.compile(r"多久|几天|几点|时候|long|when")
_NAMED = re.compile(r"预约|排队|优惠|折扣|限制|条件|限时|期限|效期")
_HAS_MONEY = re.compile(r"\d+(?:\.\d+)?\s*元|[一二两三四五六七八九十百千]+元|[¥￥$]|免费|收费|\bfree\b")
_HAS_TIME = re.compile(
    r"[\d一二两三四五六七八九十]\s*(?:个)?(?:工作)?(?:[天日点时年周月]|小时|分钟|星期)|:\d\d|\b(?:days?|hours?|minutes?|am|pm)\b"
)
_HEAD = re.compile(
    r"怎么|怎样|如何|多少|多久|几[点天楼号折个岁]?|什么|啥|在?哪|可以|能|有没有|(.)不\1|有|要|需要|会(?!员)|是|吗|呢"
)
_SUBJECT = re.compile(r"^(?:请问|你们|咱们|我们|你|我|想|店里|商场|这里|这边|的)+")
_NOTHING = frozenset(("", "还有", "然后", "你", "您", "人"))
_IDLE = frozenset("的了是有一不么吗呢在到我你们这那个可以能")


def apart(text: str) -> tuple[str, ...]:
    """The questions of one message, two to four, each in its own words; none unless all are
    questions."""
    pieces = [_plain(piece) for piece in _HARD.split(text)]
    found: list[str] = []
    for piece in filter(None, pieces):
        clauses = [clause for one in _SOFT.split(piece) if (clause := _plain(one))]
        several = len(clauses) > 1 and all(map(_asks, clauses))
        found += clauses if several else [piece]
    once = tuple(dict.fromkeys(found))
    return once if 2 <= len(once) <= MOST_PARTS and all(map(_asks, once)) else ()


def half_of(text: str) -> str:
    """What half a question says by itself ("那周末呢" says 周末); nothing for a whole one."""
    folded = _plain(_HARD.sub(" ", text)).strip()
    core = _ENDS.sub("", _LEADS.sub("", folded)).strip()
    if core in _NOTHING or sum(0.25 if c.isascii() else 1 for c in core) > LONGEST_REST:
        return ""
    if _BARE.fullmatch(core):
        return core
    led = folded.endswith(("呢", "的话")) or folded.startswith(("what about", "how about", "and "))
    return core if led and not _ASKS.search(core) else ""


def joined(topic: str, half: str) -> tuple[str, ...]:
    """Half a question made whole with the question that was answered last, likeliest first."""
    subject = subject_of(topic)
    if _latin(half):
        return (f"{topic.rstrip('?？ ')} {half}",)
    if _BARE.fullmatch(half):
        return (subject + half,)
    return (half + subject + _predicate(topic), subject + half)


def subject_of(question: str) -> str:
    """What a question is about: 礼品卡 of 礼品卡能退吗, 退款 of 怎么退款."""
    plain = _SUBJECT.sub("", _plain(question).rstrip("?？。 "))
    head = _HEAD.search(plain)
    if head is None:
        return plain
    before = plain[: head.start()]
    return before if len(before) >= 2 else _ENDS.sub("", plain[head.end() :]).rstrip("吗") or plain


def speaks_of(half: str, said: str, *, again: bool) -> bool:
    """Whether what an entry says has to do with the half: money or a time where that is asked, else
    its words. ``again``: it has just been said, so saying it again needs the very words."""
    whole = simplified(fold(said))
    if _BARE.fullmatch(half):
        named = _NAMED.search(half)
        if named is not None:
            return named.group() in whole
        wanted = _HAS_MONEY if _MONEY.search(half) else _HAS_TIME if _TIME.search(half) else None
        return not again if wanted is None else bool(wanted.search(whole))
    if _latin(half):
        return not again or all(word in whole for word in half.split() if len(word) > 3)
    return half in whole if again else any(c in whole for c in half if c not in _IDLE)


def _predicate(question: str) -> str:
    plain = _plain(question)
    return plain[plain.find(subject_of(question)) + len(subject_of(question)) :]


def _plain(text: str) -> str:
    return _COURTESY.sub("", simplified(fold(text)).strip()).strip(" ,，、")


def _asks(text: str) -> bool:
    return bool(_ASKS.search(text))


def _latin(text: str) -> bool:
    return text.isascii()
