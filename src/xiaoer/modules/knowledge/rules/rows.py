"""Rows of an editor's table as entries: pure. The columns' names stand on the room's page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from xiaoer.kit.cells import BadCell, Cells, Fields
from xiaoer.kit.problem import Why
from xiaoer.kit.text import clean
from xiaoer.modules.knowledge.contracts import Content, NewEntry
from xiaoer.modules.knowledge.rules.articles import language_of
from xiaoer.modules.knowledge.rules.editing import MOST_ANSWER, MOST_QUESTION

COLUMNS = {
    "kb_id": ("编号", "知识编号", "id"),
    "question": ("问题", "标准问", "标题"),
    "answer": ("答案", "回答", "内容"),
    "similar": ("相似问", "相似问题", "问法"),
    "category": ("分类", "类别"),
    "scope": ("范围", "适用范围"),
    "lang": ("语言", "language"),
    "valid_from": ("生效日期", "开始日期"),
    "valid_to": ("失效日期", "结束日期"),
}
_NEEDED = ("question", "answer")
_LONGEST_LIST = 50_000
_LANGUAGES = {
    "zh": "zh", "zh-cn": "zh", "中文": "zh", "汉语": "zh", "chinese": "zh",
    "en": "en", "英文": "en", "英语": "en", "english": "en",
}  # fmt: skip


def missing_columns(names: Iterable[str]) -> list[str]:
    """What a table lacks to be one of questions and answers."""
    there = set(names)
    return [column for column in _NEEDED if not there & {column, *COLUMNS[column]}]


def read_row(fields: Fields, home: str) -> NewEntry:
    """An entry as one row tells it, for ``home`` when no place is named.

    Without a key of its own the key comes from the question, so that the same table, imported
    again, changes the same entries. Raises :class:`BadCell`.
    """
    row = Cells(fields, COLUMNS)
    question = row.text("question", needed=True, longest=MOST_QUESTION)
    answer = row.text("answer", needed=True, longest=MOST_ANSWER)
    content = Content(
        question,
        answer,
        _similar(row),
        row.text("category", longest=60),
        _path(row, home),
        row.choice("lang", _LANGUAGES) or language_of(question + answer),
        row.day("valid_from"),
        row.day("valid_to"),
    )
    return NewEntry(row.text("kb_id", longest=100) or _key(content), content)


def _similar(row: Cells) -> tuple[str, ...]:
    raw = row.raw("similar")
    if isinstance(raw, list):
        if not all(isinstance(one, str) for one in raw):
            raise BadCell(field="similar", reason=Why("应为文字列表", "should be a list of texts"))
        return tuple(clean(one) for one in raw)
    texts = re.split(r"[|｜\n]", row.text("similar", longest=_LONGEST_LIST))
    return tuple(text.strip() for text in texts if text.strip())


def _path(row: Cells, home: str) -> str:
    text = row.text("scope", longest=200)
    if not text:
        return home
    inner = text.strip("/")
    return f"/{inner}/" if inner else "/"


def _key(content: Content) -> str:
    told = "\n".join((content.question, content.scope_path, content.lang))
    return "q-" + hashlib.sha256(told.encode()).hexdigest()[:16]
