"""What can go wrong with a conversation."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class AlreadyClaimed(Problem):
    """Two agents reached for the same conversation; one was first."""

    code = "already_claimed"
    status = 409
    zh = "这条会话刚被{agent}接入，不用再处理。"
    en = "{agent} has just claimed this conversation."


class NotYours(Problem):
    """Only the owner speaks to the customer."""

    code = "not_your_conversation"
    status = 409
    zh = "这条会话现在不归您，请先接入再回复。"
    en = "You do not own this conversation. Claim it before you reply."


class NotOpen(Problem):
    """The conversation has been resolved."""

    code = "conversation_resolved"
    status = 409
    zh = "这条会话已经结束，重新打开后才能继续。"
    en = "This conversation is resolved. Reopen it to go on."


class CustomerWrote(Problem):
    """The customer wrote after the place up to which the one who resolves has read.

    ``seq`` is the place of their newest message: who has read that far may resolve.
    """

    code = "customer_wrote"
    status = 409
    zh = "客户刚刚又发来消息，请先看一眼；确认无需回复，再次点“解决”即可。"
    en = "The customer has just written again. Read it first; if it needs no reply, resolve again."


class Overtaken(Problem):
    """A draft of the assistant is too late: a person took over, or the customer wrote again."""

    code = "overtaken"
    status = 409
    zh = "会话有了新的进展，这条草稿已作废。"
    en = "The conversation has moved on; the draft was dropped."


class BadMessage(Problem):
    """A message that cannot be stored as it is."""

    code = "bad_message"
    status = 422
    zh = "消息没有发出去：{reason}"
    en = "The message was not sent: {reason}"


class TooLong(Problem):
    """More text than one message may carry."""

    code = "message_too_long"
    status = 422
    zh = "消息超过 {limit} 字，没有发出去。请分几条发送。"
    en = "The message is longer than {limit} characters and was not sent. Please split it."
