"""Makes a draft entry from how agents solved what knowledge could not: pure.

The answer is the reply that is nearest to the other conversations' replies and to the question: what
several agents say in their own words is the house's answer, what one says is an accident.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.contracts import Content, Gap, Miss, Reply
from xiaoer.modules.knowledge.rules.editing import MOST_ANSWER, MOST_QUESTION
from xiaoer.modules.knowledge.rules.gaps import is_personal
from xiaoer.modules.knowledge.rules.words import tidy

Floats = npt.NDArray[np.float32]

SHORTEST = 6  # characters; a shorter reply is a nod
MOST_SIMILAR = 30
_CLAUSE = re.compile(r"[,，。.!！~;；\n]+")
_COURTESY = re.compile(
    r"(?:您好|你好|亲.{0,2}|在的?|好的?|嗯+|是的|不客气|(?:非常)?(?:感谢|谢谢|抱歉|不好意思).*|.*(?:为您服务|稍等|稍候|愉快|帮到您|我(?:帮您)?(?:看|查)一?下).*|"
    r"hi|hello|ok|sure|sorry.*|thank.*|you are welcome|.*(?:one moment|please wait|let me check|nice day).*)",
    re.IGNORECASE,
)
_ASKS_BACK = re.compile(r"[?？]\s*$|(?:吗|呢|么)[。.!！~]*\s*$")


def is_answer(text: str) -> bool:
    """Whether a reply can answer anybody: no courtesy, no question back, nothing of one person."""
    plain = text.strip()
    if len(plain) < SHORTEST or is_personal(plain):
        return False
    if _ASKS_BACK.search(plain):
        return False
    clauses = (clause.strip() for clause in _CLAUSE.split(plain))
    return sum(len(one) for one in clauses if not _COURTESY.fullmatch(one)) >= SHORTEST


def answer(question: str, replies: Sequence[Reply], rows: Floats) -> str:
    """The most central reply.

    ``rows`` are the unit vectors of the question and then of each reply. Replies of the same
    conversation do not vote for each other; of equals the shorter, then the earlier wins.
    """
    asked, said = rows[0], rows[1:]
    near = said @ said.T
    places = [one.conversation_id for one in replies]

    def worth(i: int) -> tuple[float, int, int]:
        others = [near[i, j] for j in range(len(replies)) if places[j] != places[i]]
        agreed = float(np.mean(others)) if others else 0.0
        return round(agreed + float(said[i] @ asked), 4), -len(replies[i].text), -i

    return replies[max(range(len(replies)), key=worth)].text.strip()[:MOST_ANSWER]


def content(gap: Gap, misses: Sequence[Miss], said: str, reach: str) -> Content:
    """The draft: the central question, the others as similar ones, for the place they share.

    What names somebody is no phrasing; and nothing is said of a place above the editor's reach.
    """
    phrasings: dict[str, str] = {}
    for text in (gap.question, *(one.question for one in misses)):
        plain = " ".join(text.split())[:MOST_QUESTION]
        if not is_personal(plain):
            phrasings.setdefault(tidy(plain), plain)
    question = phrasings.pop(tidy(gap.question), None) or " ".join(gap.question.split())
    scope = shared_place([one.unit_path for one in misses])
    return Content(
        question[:MOST_QUESTION],
        said,
        tuple(phrasings.values())[:MOST_SIMILAR],
        scope_path=scope if scope.startswith(reach) else reach,
        lang=gap.lang,
    )


def shared_place(paths: Sequence[str]) -> str:
    """The lowest place that holds all of them."""
    steps = [path.strip("/").split("/") for path in paths if path.strip("/")]
    if len(steps) < len(paths) or not steps:
        return "/"
    shared: list[str] = []
    for names in zip(*steps, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/" + "".join(f"{name}/" for name in shared)
