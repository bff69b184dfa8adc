"""A document becomes passages that can be found one by one: pure.

Headings split it. A passage is asked for by the path of headings above it and answers with its
text. A long passage is split again at its paragraphs, and a paragraph that is still too long at
its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from xiaoer.kit.text import clean, fold
from xiaoer.modules.knowledge.contracts import Content, NewEntry
from xiaoer.modules.knowledge.rules.editing import MOST_QUESTION

LONGEST_PASSAGE = 1500
_ARROW = " › "
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
_INLINE_IMAGE = re.compile(r"!\[([^\]]*)\]\(data:[^)]*\)")
_PARAGRAPH_ENDS = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE_ENDS = re.compile(r"(?<=[。！？!?；;\n])|(?<=\. )")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document below its headings; ``part`` counts from 1 below the same one."""

    headings: tuple[str, ...]
    text: str
    part: int = 1


def articles(markdown: str, file_name: str, scope_path: str) -> list[tuple[int, NewEntry]]:
    """Numbered entries of a document. Their keys are the file's name and the number, so that the
    same file, imported again, changes the same entries."""
    stem = clean(PurePath(file_name.replace("\\", "/")).stem) or "document"
    key = "-".join(re.findall(r"[^\W_]+", fold(stem)))[:80] or "document"
    return [
        (number, NewEntry(f"{key}-{number}", _content(passage, stem, scope_path)))
        for number, passage in enumerate(passages(markdown), 1)
    ]


def passages(markdown: str) -> Iterator[Passage]:
    """The pieces in order; headings with nothing below them are only part of others' paths."""
    text = _FRONT_MATTER.sub("", clean(markdown) + "\n")
    text = _INLINE_IMAGE.sub(r"\1", text)
    for headings, section in _sections(text):
        for part, piece in enumerate(_pieces(section), 1):
            yield Passage(headings, piece, part)


def language_of(text: str) -> str:
    """``zh`` or ``en``; a Han character weighs as much as four letters."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return "en" if latin > han * 4 else "zh"


def _content(passage: Passage, stem: str, scope_path: str) -> Content:
    return Content(
        _question(passage, stem),
        passage.text,
        category=stem,
        scope_path=scope_path,
        lang=language_of(passage.text),
        kind="article",
    )


def _question(passage: Passage, stem: str) -> str:
    """The path of headings; of one that is too long, its end."""
    tail = f"（{passage.part}）" if passage.part > 1 else ""
    path = list(passage.headings) or [stem]
    while len(path) > 1 and len(_ARROW.join(path) + tail) > MOST_QUESTION:
        del path[0]
    return _ARROW.join(path) + tail


def _sections(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The text between headings, each with the path to it."""
    lines = text.split("\n")
    path: list[tuple[int, str]] = []
    begin = 0
    tokens = MarkdownIt("commonmark").parse(text)
    for token, following in pairwise(tokens):
        if token.type != "heading_open" or token.level or not token.map:
            continue
        yield _titles(path), "\n".join(lines[begin : token.map[0]])
        begin = token.map[1]
        rank = int(token.tag[1:])
        path = [*((r, title) for r, title in path if r < rank), (rank, _words(following))]
    yield _titles(path), "\n".join(lines[begin:])


def _titles(path: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(title for _, title in path if title)


def _words(heading: Token) -> str:
    """A heading without its markup."""
    return clean("".join(child.content for child in heading.children or ()))


def _pieces(section: str) -> list[str]:
    if len(section.strip()) <= LONGEST_PASSAGE:
        return [section.strip()] if section.strip() else []
    paragraphs = []
    for paragraph in _PARAGRAPH_ENDS.split(section.strip("\n")):
        if len(paragraph) > LONGEST_PASSAGE:
            paragraphs += _packed(_SENTENCE_ENDS.split(paragraph), "")
        else:
            paragraphs.append(paragraph)
    return _packed(paragraphs, "\n\n")


def _packed(pieces: list[str], glue: str) -> list[str]:
    """As few pieces as fit, in order; what is too long for one is cut."""
    packed = [""]
    for piece in pieces:
        joined = f"{packed[-1]}{glue}{piece}" if packed[-1] else piece
        if len(joined) <= LONGEST_PASSAGE:
            packed[-1] = joined
            continue
        packed += [piece[at : at + LONGEST_PASSAGE] for at in range(0, len(piece), LONGEST_PASSAGE)]
    return [one.strip() for one in packed if one.strip()]
