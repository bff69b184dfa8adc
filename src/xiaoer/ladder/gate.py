"""May this tier try? Pure."""

from __future__ import annotations

from xiaoer.ladder.contracts import Climb, Turn
from xiaoer.modules import bot

MOST_UNSOLVED = 2
MOST_TEXT = 1000


def may_try(tier: str, turn: Turn) -> Climb | None:
    """Nothing when the tier may try; else why the demand climbs past it."""
    if tier == "human":
        return None
    tone = bot.read_tone(turn.text)
    if tone.wants_person:
        return Climb("asked")
    if tone.risk:
        return Climb(tone.risk)
    if turn.conversation.unsolved >= MOST_UNSOLVED:
        return Climb("unsolved")
    if not turn.text:
        return Climb("no_text")
    if len(turn.text) > MOST_TEXT:
        return Climb("long_text")
    return None
