"""Small readings of an answer: a question back, acceptance, everything; and of a parcel's silence."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from xiaoer.modules import orders
from xiaoer.modules.bot.rules.plain import plain

STUCK_AFTER = timedelta(days=5)
_QUESTION = re.compile(
    r"[?？]|吗[啊呀呢]?[,，。\s]*$|呢[,，。\s]*$|怎么|如何|为什么|为啥|凭啥|多少|多久|几天|几点|什么时候|哪里|在哪|是不是|能不能|可不可以|会不会|"
    r"有没有|\b(?:what|when|where|why|how|who|which|can i|do you|is there|are you)\b"
)
_ACCEPTS = re.compile(
    r"好吧|好的|好嘞|行吧|那行|那好|(?<!就)行$|成吧|算了|算啦|知道(?:了|啦)|明白|理解|懂了|了解|清楚了|没事|没关系|"
    r"(?:再|改天|以后|下次|明天|过(?:一|几|两)?天).{0,6}(?:说|来|退|换|催|试|申请)|等等(?:吧)?$|(?:再)?等(?:等|几天|一?下)吧|"
    r"那(?:我|就)?.{0,14}(?:等|自己|让|找|留着|先这样)|哪(?:我|就).{0,14}(?:等|自己|让|找|留着)|不(?:退|换|改|办|弄|开|催|取消|保|申请|要|搞)(?:就(?:不\w)?|了|啦)|"
    r"这样(?:啊|子|吧|呀)|(?:^|[,，])(?:那|哪|好|还是)[,，]?(?:就|还)?.{0,12}吧[。.!！~]*$|原来|^(?:哦|噢|喔|嗯|好[,，])|"
    r"谢谢|谢了|多谢|辛苦|\b(?:ok|okay|fine|alright|all right|i see|understood|thanks?|thank you|got it)\b"
)
_INSISTS = re.compile(
    r"凭(?:什么|啥)|必须|就(?:是)?要|一定要|我不管|不管(?:你|那)|给我|还是要|偏要|别(?:废话|扯|啰嗦)|少(?:废话|来|啰嗦)|什么(?:破|鬼|垃圾)|霸王|不讲理|"
    r"不(?:行|同意|接受|答应|合理|认)|怎么(?:就)?(?:不能|不行)|为什么不|为啥不|说了半天|再说一遍|通融|破例|想办法|帮帮忙|求|别家|人家|"
    r"\b(?:must|insist|unacceptable|no way|ridiculous|i demand)\b"
)
_LATER = re.compile(r"(?:再|等|以后|下次|改天|到时候?|回头).{0,12}(?:吧|说|来|好了)|(?:再|到时候?)(?:退|换|取消|申请)")
_GOES_ON = re.compile(
    r"(?:那|就|还是)?(?:按|照|退|换|开|整单|全部|原路|实际|正常|办|取消).{0,10}(?:吧|就行|也行|可以|好了)|([一-鿿]{1,4})就\1|先(?:登记|办|申请)|"
    r"\b(?:go ahead|then do)\b"
)
_ALL = re.compile(r"都|全部|什么都|\ball\b|everything")


def is_question(text: str) -> bool:
    """Whether something is asked."""
    return bool(_QUESTION.search(plain(text)))


def lets_be(text: str) -> bool:
    """Whether a refusal is accepted: words of acceptance, and none that insist."""
    folded = plain(text).strip()
    return bool(_ACCEPTS.search(folded)) and not _INSISTS.search(folded)


def is_for_later(text: str) -> bool:
    """Whether a deed that is named is put off: "那我签收再退吧"."""
    return bool(_LATER.search(plain(text)))


def insists(text: str) -> bool:
    """Whether a refusal is not accepted."""
    return bool(_INSISTS.search(plain(text)))


def goes_on(text: str) -> bool:
    """Whether the rest is wanted all the same: "那按原路退吧"."""
    return bool(_GOES_ON.search(plain(text)))


def is_all(text: str) -> bool:
    """Whether it is about everything that was wished."""
    return bool(_ALL.search(plain(text)))


def where_a_person_must_look(order: orders.contracts.Order | None, now: datetime) -> str:
    """Why a parcel that the customer misses is a person's to find, or nothing.

    Signed for and yet not there, or without news for longer than :data:`STUCK_AFTER`.
    """
    if order is None:
        return ""
    if order.status in (orders.contracts.Status.DELIVERED, orders.contracts.Status.COMPLETED):
        return "parcel_not_received"
    if order.status is not orders.contracts.Status.SHIPPED:
        return ""
    news = [event.at for parcel in order.parcels for event in parcel.events]
    return "parcel_stuck" if news and now - max(news) > STUCK_AFTER else ""
