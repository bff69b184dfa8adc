"""What an entry may be, and which step follows which: pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from xiaoer.kit.problem import Why
from xiaoer.kit.text import clean
from xiaoer.modules.knowledge.contracts import Content, State
from xiaoer.modules.knowledge.errors import BadEntry, WrongState

MOST_QUESTION = 200
MOST_ANSWER = 4000
MOST_SIMILAR = 200

STEPS: dict[str, tuple[frozenset[State], State]] = {
    "submit": (frozenset({State.DRAFT}), State.IN_REVIEW),
    "publish": (frozenset({State.DRAFT, State.IN_REVIEW, State.RETIRED}), State.LIVE),
    "retire": (frozenset({State.DRAFT, State.IN_REVIEW, State.LIVE}), State.RETIRED),
}
"""From which states a step is possible, and to which it leads."""


def _long(zh: str, en: str, most: int) -> Why:
    return Why(f"{zh}应为 1 到 {most} 字", f"{en} has to have 1 to {most} characters")


def step(name: str, state: State) -> State:
    """The state after a step; raises :class:`WrongState`."""
    before, after = STEPS[name]
    if state not in before:
        raise WrongState(state=str(state))
    return after


def tidy_content(content: Content) -> Content:
    """Cleaned texts without repeats; raises :class:`BadEntry`."""
    question, answer = clean(content.question), clean(content.answer)
    if not question or len(question) > MOST_QUESTION:
        raise BadEntry(reason=_long("问题", "the question", MOST_QUESTION), field="question")
    if not answer or len(answer) > MOST_ANSWER:
        raise BadEntry(reason=_long("答案", "the answer", MOST_ANSWER), field="answer")
    similar = dict.fromkeys(clean(text)[:MOST_QUESTION] for text in content.similar)
    similar.pop("", None)
    similar.pop(question, None)
    if len(similar) > MOST_SIMILAR:
        raise BadEntry(reason=Why(
            f"相似问最多 {MOST_SIMILAR} 条", f"at most {MOST_SIMILAR} similar questions"), field="similar")
    if not re.fullmatch(r"/([a-z0-9_-]+/)*", content.scope_path):
        raise BadEntry(reason=Why("适用范围格式不对", "the scope is no path"), field="scope")
    if content.lang not in ("zh", "en"):
        raise BadEntry(reason=Why("语言应为 zh 或 en", "the language has to be zh or en"), field="lang")
    if content.valid_from and content.valid_to and content.valid_from > content.valid_to:
        raise BadEntry(reason=Why(
            "生效日期晚于失效日期", "it begins after it ends"), field="valid_to")
    return replace(
        content,
        question=question,
        answer=answer,
        similar=tuple(similar),
        category=clean(content.category)[:60],
    )


def holds_on(content: Content, day: date) -> bool:
    """Whether an entry is valid on a day; both ends are included."""
    if content.valid_from and day < content.valid_from:
        return False
    return not (content.valid_to and day > content.valid_to)
