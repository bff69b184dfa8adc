"""Answer, suggest, or climb: what a search result allows."""

from __future__ import annotations

from xiaoer.modules import knowledge
from xiaoer.modules.bot.contracts import Climb, Move, Say, Suggest


def choose(found: knowledge.contracts.Found) -> Move:
    """Answer, suggest, or climb, as the search judged its own confidence."""
    if not found.candidates:
        return Climb("nothing_known", 0.0)
    best = found.candidates[0]
    match found.verdict:
        case "answer":
            return Say(
                best.answer, str(best.entry_id), best.question, best.category, found.confidence
            )
        case "suggest":
            questions = tuple(dict.fromkeys(c.question for c in found.candidates[:3]))
            return Suggest(questions, found.confidence)
        case _:
            return Climb("low_confidence", found.confidence)
