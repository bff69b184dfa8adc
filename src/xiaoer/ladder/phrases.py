"""What the machine says of itself, in two languages; everything else comes from records."""

from __future__ import annotations

import re

from xiaoer.ladder.contracts import Part, Turn
from xiaoer.modules import bot, conversations

_HAN = re.compile(r"[一-鿿]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+", re.ASCII)
_LATIN = re.compile(r"\b(?!(?:yes|okay|xxl|xxxl)\b)[a-z]{3,}\b", re.IGNORECASE)

_PHRASES = {
    "greeting": (
        "您好，我是小二，和您说话的是智能助手。停车、营业时间、会员、订单、退换货都可以问我，需要人工也随时说。",
        "Hello, I am Xiaoer, an automated assistant. Ask me about parking, opening hours, "
        "membership, orders or returns; a person is one tap away.",
    ),
    "thanks": ("不客气，有需要随时找我。", "You are welcome. I am here when you need me."),
    "calm": (
        "抱歉让您不愉快。您可以直接说要办什么事，我马上看；也可以转人工。",
        "I am sorry about this. Tell me what you need and I will look at it, or talk to a person.",
    ),
    "unsolved": (
        "抱歉没有帮上。您可以换个说法再问一次，或者直接转人工。",
        "Sorry that this did not help. Try other words, or talk to a person.",
    ),
    "unknown": (
        "这个问题我没有把握，不敢乱答。可以换个说法，或者转人工帮您。",
        "I am not sure about this and would rather not guess. Try other words, or talk to a "
        "person.",
    ),
    "suggest": ("您是不是想问：", "Did you mean:"),
    "queued": (
        "已为您转接人工客服，前面的对话会一起转过去，不用重复说明。",
        "I am passing you to a person. They see this conversation, so you need not repeat "
        "anything.",
    ),
    "unstaffed": (
        "已为您转接人工客服。现在没有客服在线，留言和联系方式都会保留，上班后第一时间回复您。",
        "I am passing you to a person. Nobody is online right now; leave a message and we will "
        "answer as soon as we are back.",
    ),
    "received_file": (
        "收到您发的内容，我看不懂图片和文件，已为您转接人工客服。",
        "Thank you. I cannot read pictures or files, so I am passing you to a person.",
    ),
    "care": (
        "看到您说的情况了，身体和安全最要紧。如果情况紧急，请先拨打 120 或 110；我已为您优先转接人工客服。",
        "I see what you wrote. Your safety comes first: in an emergency please call 120 or 110. "
        "I am passing you to a person with priority.",
    ),
    "person": ("转人工", "Talk to a person"),
    "may_start": ("这个问题我没有把握，不敢乱答。如果是要办理，可以直接开始：",
                  "I am not sure about this. If you want it done, start here:"),
    "prove": ("办理之前需要先确认是您本人，用订单号加手机后四位，或者验证码都可以。",
              "Before I do anything, please confirm that it is you: by order number and the last four "
              "digits of your phone, or by a code."),
    "prove_option": ("去确认身份", "Confirm identity"),
    "solved_not": ("没解决", "Not solved"),
}


def locale_of(turn: Turn) -> str:
    """The customer's language: what they write counts more than what the page said.

    A number, an address of the net or an "ok" alone is no language; then what they wrote before
    counts.
    """
    written = [turn.text, *(m.text for m in reversed(turn.history) if m.author.kind == "customer")]
    for words in written:
        if _HAN.search(words):
            return "en" if bot.is_english(words) else "zh-CN"
        if _LATIN.search(_ADDRESS.sub("", words)):
            return "en"
    return turn.conversation.locale


def say(key: str, locale: str) -> str:
    """A phrase."""
    zh, en = _PHRASES[key]
    return zh if locale.startswith("zh") else en


def text(words: str) -> Part:
    """A text part."""
    return conversations.contracts.text_part(words)


def choices(prompt: str, *options: tuple[str, str]) -> Part:
    """Chips that a customer can tap: label and what is sent."""
    return Part(
        "card",
        {
            "card": "choices",
            "prompt": prompt,
            "options": [{"label": label, "value": value} for label, value in options],
        },
    )


def offer_person(locale: str) -> Part:
    """A person in one step."""
    return choices("", (say("person", locale), "action:person"))
