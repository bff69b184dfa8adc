"""A person: asked for, needed, or offered in one step. Nothing climbs past this tier."""

from __future__ import annotations

from xiaoer.ladder.contracts import Answer, Climb, HandOff, Part, Turn
from xiaoer.ladder.phrases import locale_of, offer_person, say, text
from xiaoer.modules import conversations, desk
from xiaoer.ports.ctx import Ctx

URGENT = {"self_harm": 3, "medical": 3, "regulator": 2, "legal": 2, "media": 2, "complaint": 1}
LEVELS = {"black": 1, "黑金卡": 1}
REASONS = {
    "asked": "客户要求人工",
    "unsolved": "客户两次表示没解决",
    "nothing_known": "知识库没有答案",
    "low_confidence": "机器人把握不足",
    "no_text": "客户发来图片或文件",
    "long_text": "内容较长",
    "error": "系统处理出错",
    "self_harm": "有自伤风险，请立即关注",
    "medical": "涉及身体不适",
    "legal": "提到法律途径",
    "regulator": "提到监管投诉",
    "media": "提到媒体曝光",
    "complaint": "客户要投诉",
    "insists": "按规则不能办，客户坚持要求",
    "flow_stuck": "办理中几次没有弄清客户的意思",
    "parcel_not_received": "显示已签收，客户说没收到，请查件",
    "parcel_stuck": "物流超过五天没有更新，请查件",
}
TIERS = {"self_service": "自助", "bot": "机器人", "human": "人工"}
NOTE = "hand_off_note"
URGENT_FROM = 2
LONGEST_QUOTE, MOST_TRIES = 200, 6
OFFERED = ("nothing_known", "low_confidence")


async def human(ctx: Ctx, turn: Turn, below: Climb) -> Answer:
    """Hand off with everything learnt; a first question that nobody understood is only offered a
    person, for most such customers just want to ask in other words."""
    locale, reason = locale_of(turn), below.reason
    if reason in OFFERED and not _was_unknown_before(turn):
        return Answer((text(say("unknown", locale)), offer_person(locale)), settled=False)
    staffed = await desk.is_staffed(ctx, turn.conversation.unit_path)
    words = text("\n".join((*below.said, say(_phrase(reason, staffed=staffed), locale))))
    person = turn.conversation.person
    priority = URGENT.get(reason, 0) + LEVELS.get(person.level, 0) + (person.kind == "vip")
    wanted = HandOff(reason, None, priority, (words,), (note(turn, below),))
    return Answer((words,), settled=False, hand_off=wanted)


def _phrase(reason: str, *, staffed: bool) -> str:
    if reason in ("self_harm", "medical"):
        return "care"
    if not staffed:
        return "unstaffed"
    return "received_file" if reason == "no_text" else "queued"


def _was_unknown_before(turn: Turn) -> bool:
    """Two questions in a row that the machine could not answer are enough."""
    ends = [t.outcome for t in turn.tries if t.outcome != "climbed"]
    return ends[-1:] == ["offered"]


def note(turn: Turn, below: Climb) -> Part:
    """For the agent: why, what was said, about what, and what was tried; each desk says it in its
    reader's language."""
    reason = below.reason
    said = turn.text.replace("\n", " / ")[:LONGEST_QUOTE]
    tried = turn.tries[-MOST_TRIES:]
    fields = {
        "reason": reason,
        "urgent": URGENT.get(reason, 0) >= URGENT_FROM,
        "said": said,
        "topic": turn.demand.topic,
        "subject": turn.demand.subject,
        "tried": [{"tier": t.tier, "confidence": t.confidence} for t in tried],
        "filled": [{"name": name, "words": words} for name, words in below.filled],
    }
    return conversations.contracts.told_part(NOTE, fields, _in_words(turn, below, said))


def _in_words(turn: Turn, below: Climb, said: str) -> str:
    tried = " → ".join(
        f"{TIERS.get(t.tier, t.tier)}{f' {t.confidence:.2f}' if t.confidence is not None else ''}"
        for t in turn.tries[-MOST_TRIES:]
    )
    lines = [f"转人工原因：{REASONS.get(below.reason, below.reason)}", f"客户说：{said}"]
    lines += [f"已问到：{name} {words}" for name, words in below.filled]
    if turn.demand.topic and ":" not in turn.demand.topic:
        lines.append(f"诉求：{turn.demand.topic} {turn.demand.subject}".rstrip())
    if tried:
        lines.append(f"已尝试：{tried}")
    return "\n".join(lines)
