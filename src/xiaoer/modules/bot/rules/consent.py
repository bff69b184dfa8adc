"""A yes is a yes only when nothing else is in it; everything else is not one.

What is bound to a yes moves goods and money, so a message counts as consent only if all of its
words are words of consent, courtesy or the deed itself. "好的，我再看看" is none, and neither is
"可以吗".
"""

from __future__ import annotations

import re
from functools import cache

from xiaoer.modules.bot.rules.plain import plain

_MARKS = re.compile(r"[\s,，.。!！;；、~～…:：\-—\"'“”‘’()（）👌👍✅🙏😊🙂]+")
_ANY_DEED = "办|处理|弄|操作|提交|申请|安排|确认"
_AGREES = r"""(?:
    是的?|对的?|没错|正确|没有?问题|可以的?|行的?|成交?|中|得嘞|得[嘞咧]|妥妥?|必须的?|没毛病|走起|来吧|(?:信息|内容|地址|商品|金额|订单)?(?:都|全|全都)?对|核对(?:过|好)?了?|没(?:有)?(?:异议|意见)|(?:按|照)(?:系统|规则|规定|你们|实际|流程)(?:的)?(?:金额|价格)?(?:算|显示|说|写|走)?的?(?:来|办)?|照办|依你|听你的|可以?|阔以|搞起|整|冲|(?:请)?继续|看(?:过|好|清楚)了|核实(?:过)?了|要得|就(?:这个|它)|无误|(?:就)?这么着|废话|赶紧的|好[的嘞滴哒呀啊吧]?|嗯+[呐哪啊呢哼]?|恩+|昂|
    (?:确认|确定|同意)(?:无误|DEED理?)?|要的?|需要|当然|
    (?:就|都|那就?|就是)?(?:按|照)(?:这|那|你说的?|您说的?)(?:样|么|个|些)?(?:DEED理?|来|做)?|
    (?:就|都|那就?)?(?:这|那|恁)(?:样|么)?(?:DEED理?|来|做)|(?:就|都|那就?)(?:这|那)(?:样|么)|
    (?:那|那就|就|都|请|直接|帮我|给我|帮忙|麻烦|劳驾|赶紧|快|现在|马上|尽快)+(?:您|你)?(?:帮我|给我|帮忙)?
        DEED(?:理|交)?(?:货|款|订单|发票|地址)?(?:掉|了|一下|下)?|
    DEED(?:理|交)?(?:货|款|订单|发票|地址)?(?:掉|了|吧|一下|下)|(?:办|处理|提交|操作|安排)理?|
    ok(?:ay)?|yes|yeah|yep|yup|sure|confirm(?:ed)?|agree(?:d)?|correct|right|fine|go\ ?ahead|
    do\ ?it|please\ ?do|y
    )"""
_COURTESY = re.compile(
    r"(?:谢谢|多谢|感谢|谢啦|谢|麻烦|辛苦|劳驾|拜托|请|快点|快一点|快些|快|尽快|赶紧|赶快|抓紧|马上|立刻|"
    r"您|你|了|啦|吧|啊|呀|哦|噢|喔|哈|嘛|呗|咯|的|一下|下|就|那|亲|老板|客服|小二|哥|姐|谢了|"
    r"就行|就好|即可|thanks|thankyou|thx|please|pls|now|it)"
)
_SURELY = "得嘞"
_SAME_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(?:块钱?|元)?就\1(?:块钱?|元)?")
_REFUSES = re.compile(
    r"^(?:(?:那|我|还是|先|暂时|就|都|嗯|哦|啊|唉)*)"
    r"(?:不(?:用|要|了|是|对|行|可以|办|想|需要|同意|确认|退|换|改|取消|开|好|能|必)?|别|"
    r"算了|取消(?:吧|掉|办理|操作)?$|没有(?!问题|意见|异议|错)|否|"
    r"等(?:等|一下|会)|(?:再)?(?:想|考虑|看)(?:想|看|虑)?|no\b|nope|not\b|don'?t|cancel$|stop|wait|never ?mind)"
)
_GIVES_UP = re.compile(
    r"(?:算了|不(?:办|弄|退|换|改|开|催|取消|申请|想(?:办|退|换|改|取消|弄))(?:了|啦)|"
    r"先不(?:办|退|换|弄|改|取消|要)|先别(?:办|退|换|弄|改|取消)|不用(?:办|退|换|弄|麻烦|处理|催|改|取消)|没事(?:了|啦)|"
    r"别(?:办|退|换|弄|取消)(?:了|啦)?|取消办理|不办|我自己(?:弄|来|去)|never ?mind|forget it|cancel that|stop it)"
)
_GIVES_UP_SOFTLY = re.compile(r"^\W*(?:那|我|就|嗯|哦|先)*不(?:用|要|需要|想要)(?:了|啦)")


@cache
def _agrees(echo: tuple[str, ...]) -> re.Pattern[str]:
    deeds = f"(?:{_ANY_DEED}{''.join('|' + re.escape(one) for one in echo)})"
    return re.compile(_AGREES.replace("DEED", deeds), re.VERBOSE)


def is_yes(text: str, echo: tuple[str, ...] = (), sentence: str = "") -> bool:
    """Whether all of it is consent, at least once, with nothing asked, added or denied.

    ``echo`` are the characters of the deed that was proposed: "那就退吧" agrees to a return and
    to nothing else. An amount may be said again ("10块就10块吧") if it stands in the ``sentence``
    that was proposed.
    """
    rest = _SAME_AMOUNT.sub(lambda hit: _unless_other(hit, sentence), plain(text).strip())
    rest = rest if _SURELY in rest else rest.replace("得", "的")
    if not rest or "?" in rest or len(rest) > 40:
        return False
    agrees, agreed = _agrees(echo), False
    for word in filter(None, _MARKS.split(rest)):
        place = 0
        while place < len(word):
            found = agrees.match(word, place) or _COURTESY.match(word, place)
            if found is None or found.end() == place:
                return False
            agreed = agreed or found.re is agrees
            place = found.end()
    return agreed


def _unless_other(hit: re.Match[str], sentence: str) -> str:
    """Nothing for an amount that was proposed; any other stays, and is no word of consent."""
    return "" if re.search(rf"(?<![\d.]){re.escape(hit.group(1))}(?!\d)", sentence) else hit.group()


def is_no(text: str) -> bool:
    """Whether it begins by refusing."""
    return bool(_REFUSES.match(plain(text).strip()))


def gives_up(text: str) -> bool:
    """Whether the customer no longer wants what is being arranged."""
    return bool(_GIVES_UP.search(plain(text)))


def gives_up_softly(text: str) -> bool:
    """As :func:`gives_up`, in words that can also be the answer to a question: "不要了" is a reason
    for a return as well."""
    return bool(_GIVES_UP_SOFTLY.search(plain(text)))
