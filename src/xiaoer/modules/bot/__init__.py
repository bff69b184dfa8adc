"""What the machine understands, and what it would say or do next."""

from xiaoer.modules.bot import contracts, errors
from xiaoer.modules.bot.rules.book import Book
from xiaoer.modules.bot.rules.dialogue import begin, go_on, start_option, told
from xiaoer.modules.bot.rules.faithful import differences, is_excerpt, is_faithful
from xiaoer.modules.bot.rules.hearing import hear, is_certain, is_likely
from xiaoer.modules.bot.rules.steps import Said, Scene
from xiaoer.modules.bot.rules.tone import is_english, read_tone
from xiaoer.modules.bot.service import book, dialogue, keep, next_move, read_flow, view

__all__ = [
    "Book",
    "Said",
    "Scene",
    "begin",
    "book",
    "contracts",
    "dialogue",
    "differences",
    "errors",
    "go_on",
    "hear",
    "is_certain",
    "is_english",
    "is_excerpt",
    "is_faithful",
    "is_likely",
    "keep",
    "next_move",
    "read_flow",
    "read_tone",
    "start_option",
    "told",
    "view",
]
