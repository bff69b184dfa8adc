"""What the machine understands, and what it would say."""

from xiaoer.modules.bot import contracts
from xiaoer.modules.bot.rules.faithful import differences, is_excerpt, is_faithful
from xiaoer.modules.bot.rules.tone import is_english, read_tone
from xiaoer.modules.bot.service import next_move

__all__ = [
    "contracts",
    "differences",
    "is_english",
    "is_excerpt",
    "is_faithful",
    "next_move",
    "read_tone",
]
