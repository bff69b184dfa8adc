"""Which answers a model may put into other words, and the fixed sentences of each manner."""

from __future__ import annotations

import re

from xiaoer.kit.text import fold
from xiaoer.modules.advice.contracts import Manner

_VERBATIM_TAGS = re.compile(r"原文|verbatim|政策|policy|价格|price|安全|safety|法律|legal")
_MONEY = re.compile(
    r"元|¥|\$|€|%|\d折|[一二三四五六七八九]折|钱|价|费|券|积分|优惠|满减|押金|赔|补偿|付款|到账|额度|发票|报销|税|礼品卡|"
    r"\b(?:yuan|rmb|price|fee|free|cost|pay|paid|payment|discount|coupon|voucher|points?|deposit|"
    r"charge|invoice|tax|refund|compensat\w*|gift cards?)"
)
_RIGHTS = re.compile(
    r"退|换货|调换|保修|质保|三包|无理由|政策|规则|条款|协议|权益|等级|隐私|个人信息|投诉|法|身份证|证件|年龄|未成年|资格|"
    r"不予|禁止|不得|必须|"
    r"\b(?:return|exchange|warrant\w*|guarantee\w*|policy|policies|terms|conditions|privacy|personal "
    r"data|complain\w*|law|legal|passport|must|not allowed|forbidden|adult)"
)
_SAFETY = re.compile(
    r"过敏|致敏|孕|哺乳期|医|药|急救|病|中毒|召回|危险|安全|火|电池|紧急|受伤|烫|窒息|月龄|奶粉|酒|烟|"
    r"\b(?:allerg\w*|pregnan\w*|doctor|medic\w*|ill|illness|poison\w*|recall\w*|danger\w*|safe\w*|"
    r"fire|batter\w*|emergenc\w*|injur\w*|formula|alcohol|tobacco)"
)
_FRAMES = {
    Manner.PLAIN: ("{text}", "{text}"),
    Manner.WARM: ("为您查到啦～\n{text}", "Here is what I found for you:\n{text}"),
    Manner.FORMAL: ("您好，答复如下：\n{text}", "Dear customer, here is our answer:\n{text}"),
}
LONGEST = 600


def may_reword(category: str, question: str, answer: str) -> bool:
    """Whether an entry's answer may be put into other words at all.

    Never what an editor marked (category 原文 or ``verbatim``), and never an answer of whose kind a
    wrong word costs money, a right or health: told by the category and by the words of question
    and answer. What is told wrongly is told on the safe side.
    """
    if _VERBATIM_TAGS.search(fold(category)) or not answer.strip() or len(answer) > LONGEST:
        return False
    whole = fold(f"{category}\n{question}\n{answer}")
    return not any(pattern.search(whole) for pattern in (_MONEY, _RIGHTS, _SAFETY))


def dressed(text: str, manner: Manner, locale: str) -> str:
    """The stored words, untouched, inside the fixed sentence of the manner."""
    zh, en = _FRAMES[manner]
    return (zh if locale.startswith("zh") else en).replace("{text}", text)
