"""Does a rewritten answer say what its source says, and nothing besides? Without a model.

Both texts are brought into one form: figures in one spelling, words that say the same under one
name, words of courtesy left out (two closed lists, ``same_words``). What remains must be the same,
word for word and in the same order. So every number, amount, date, duration, negation, condition,
limit, name and every other word of the source is in the rewritten text, none is added, and none
has moved to another. The check errs on one side only: a good sentence in other words is refused,
and then the stored text goes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from unicodedata import category

from xiaoer.kit.text import fold
from xiaoer.modules.bot.rules import same_words as same
from xiaoer.modules.bot.rules.figures import in_one_spelling

MOST_CHARACTERS = 4000
MOST_SENTENCES = 12

_CONTRACTIONS = (
    (re.compile(r"[‘’]"), "'"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"\b(it|that|there|what|here)'s\b"), r"\1 is"),
    (re.compile(r"'s\b"), "s"),
)
_ENDS = re.compile(r"(?<!\d)\.|\.(?!\d)|[。！!;；\n]")
_YES_ZH = re.compile(
    r"(?:(?<=[,，。.!！;；\n])|^)\s*(?:当然)?(?:可以|可|能|有|行|是|支持|好|没问题|当然)"
    r"(?:的|哦|呢|啦|哈|呀|啊|您|~)*(?=\s*[,，。.!！;；])"
)
_WORD = r"[^\W\d_㐀-鿿](?:[^\W_㐀-鿿]|[-'&](?=[^\W_㐀-鿿]))*"
_TOKEN = re.compile(
    r"(?P<address>[\w.+-]+@[\w.-]+\w|https?://\S+)"
    r"|(?P<figure>(?<![A-Za-z0-9.])-(?=\d)|~~|\d+(?:\.\d+)?|(?<=[\d›])[%~元]|[+/#&°=$€£*‰])"
    rf"|(?P<word>{_WORD})|(?P<mark>‹[^›]+›)|(?P<han>[㐀-鿿]+)"
    r"|(?P<question>[?？])|(?P<end>[,，.。;；:：!！\n…—])|(?P<sign>\S)"
)
_HAN = re.compile("|".join(sorted(map(re.escape, same.ZH), key=len, reverse=True)) + "|.", re.S)
_EN_LONGEST = max(len(phrase.split()) for phrase in same.EN)
_HARMLESS = frozenset("~`^·•😊🙂😄😀☺🌸🌹✨🎉\ufe0f")
_BREAK = "‹break›"
_NEGATIONS = frozenset("不没无非未勿禁别否莫") | {
    *("no", "not", "never", "none", "without", "nor", "不需", "must not", "need not", "not all"),
}
_CONDITIONS = frozenset(
    (
        same.IF,
        same.ONLY,
        same.NEED,
        same.EXCEPT,
        *"满才凡",
        "否则",
        "unless",
        "when",
        "before",
        "after",
    )
)
_LIMITS = frozenset(
    (same.MOST, same.LEAST, same.ABOUT, *"内外起", "以上", "以下", "until", "every")
)
_ADDED_FREELY = frozenset((same.COURTESY, same.POLITE_YOU, same.WE_WILL, same.FOR_YOU))
_MAY_GO = frozenset((same.POLITE_YOU, same.YOU, same.YOUR, same.OUR))
_MAY_COME = _ADDED_FREELY | _MAY_GO
_ANY_PERSON = {same.YOU, same.YOUR, same.OUR, same.WE, same.FOR_YOU, "‹for us›"}
_STANDS_FOR = {same.POLITE_YOU: same.YOU, same.WE_WILL: same.WE}
_PRONOUNS = {"you": same.YOU, "your": same.YOUR, "yours": same.YOUR}
_PRONOUNS |= {"we": same.WE, "us": same.WE, "our": same.OUR, "ours": same.OUR}
_WHO_DOES = re.compile(
    r"[出付掏赔补退寄送收交还修换买扣承]|负责|自理|"
    r"\b(?:cost|expense|risk|pay|bear|cover|charge|fault|own|responsib|refund|send|return|account|card|"
    r"owe|collect|replace|repair|mail|phone|name)"
)
_CLAUSE = re.compile(r"([,，]|[:：](?!\d\d›))")
_BEGINS_THEN = re.compile(r"\s*[就则]")
_THEN_INSIDE = re.compile(r".{2}[就则](?![近餐业算])|[的了]请|.{4}的$")
_NO_DEED = re.compile(
    "收货|签收|收到|收不到|退货|换货|退换货|还可以|还有|还没|还能|还会|还是|还在|还要|还不|还设|还很|收银|收藏|收据|出口|"
    "出示|说出|出门|出发|出行|出站|出来|提交|交通|退出|修改|支付宝|换季|换乘|切换|wechat pay|business card"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What differs: ``kind`` is ``number``, ``negation``, ``condition``, ``limit``, ``name`` or
    ``word``; ``missing`` from the rewritten text, or ``added`` by it."""

    kind: str
    missing: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    may_come: bool = False  # where the source does not have it
    may_go: bool = False  # where the rewritten text does not have it
    may_be_if: bool = False  # its clause is a condition without the word
    reach: int = 0  # of an 的话: how many words stand before it
    clause: int = 0


def is_faithful(source: str, said: str) -> bool:
    """Whether ``said`` may be sent in place of ``source``."""
    if not said.strip() or max(len(source), len(said)) > MOST_CHARACTERS:
        return False
    old, kind_words = _without_courtesy(_tokens(source))
    new, kept_words = _without_courtesy(_tokens(said))
    return kept_words >= kind_words and _same(old, new)


def is_excerpt(source: str, said: str) -> bool:
    """Whether some sentences of ``source``, one after another, say exactly what ``said`` says."""
    sentences = re.findall(r"[^。！？!?；;\n]+[。！？!?；;\n]*", source)[:MOST_SENTENCES]
    return any(
        is_faithful("".join(sentences[a:b]), said)
        for a in range(len(sentences))
        for b in range(a + 1, len(sentences) + 1)
    )


def differences(source: str, said: str) -> tuple[Finding, ...]:
    """Where the two part, for a log or an editor; empty when faithful."""
    if is_faithful(source, said):
        return ()
    old = [_STANDS_FOR.get(t.text, t.text) for t in _tokens(source)]
    new = [_STANDS_FOR.get(t.text, t.text) for t in _tokens(said)]
    found = [
        Finding(_kind((*old[a:b], *new[c:d])), tuple(old[a:b]), tuple(new[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    return tuple(found)


def _same(source: tuple[_Token, ...], said: tuple[_Token, ...]) -> bool:
    at = 0
    for token in said:
        while at < len(source) and not _equal(source[at], token) and source[at].may_go:
            if _both_are_persons(source[at], token):
                return False
            at += 1
        if at < len(source) and _equal(source[at], token):
            at += 1
        elif not _may_be_added(token, source[at:]):
            return False
    return all(token.may_go for token in source[at:])


def _without_courtesy(tokens: tuple[_Token, ...]) -> tuple[tuple[_Token, ...], int]:
    """The words with a meaning, and how often the others say more than a greeting: an apology may
    be added or moved, not left out."""
    left = tuple(t for t in tokens if t.text not in (same.COURTESY, same.GREETING))
    return left, sum(t.text == same.COURTESY for t in tokens)


def _equal(one: _Token, other: _Token) -> bool:
    return _STANDS_FOR.get(one.text, one.text) == _STANDS_FOR.get(other.text, other.text)


def _both_are_persons(one: _Token, other: _Token) -> bool:
    texts = {_STANDS_FOR.get(t.text, t.text) for t in (one, other)}
    return len(texts) == 2 and texts <= _ANY_PERSON


def _may_be_added(token: _Token, ahead: tuple[_Token, ...]) -> bool:
    """Whether ``token`` may stand before what is ``ahead`` in the source."""
    if token.text == same.IF:
        return bool(ahead) and (ahead[0].may_be_if or _is_topic(token, ahead))
    if ahead and _both_are_persons(token, ahead[0]):
        return False
    return token.may_come or token.text in same.ADDED_LIGHTLY


def _is_topic(token: _Token, ahead: tuple[_Token, ...]) -> bool:
    """会员的话免费 for 会员免费: the clause of the source goes on behind these words."""
    beyond = ahead[token.reach : token.reach + 1]
    return bool(token.reach and beyond) and beyond[0].clause == ahead[0].clause


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[_Token, ...]:
    folded = fold(text)
    for pattern, plain in _CONTRACTIONS:
        folded = pattern.sub(plain, folded)
    folded = in_one_spelling(_YES_ZH.sub(f" {same.YES} ", folded))
    tokens: list[_Token] = []
    number = 0
    for sentence in _ENDS.split(folded):
        pieces = [*_CLAUSE.split(sentence), "", ""]
        for clause, mark, following in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
            number += 1
            is_half = mark in (":", "：") or _is_half_a_condition(clause, following)
            tokens += _hours_first(_of_clause(clause, is_half, number))
    return _without_echo(tokens)


def _is_half_a_condition(clause: str, following: str) -> bool:
    """Whether the word *if* may be put before the clause without making anything conditional
    that was not: 就 or 则 says already that something follows from it."""
    return bool(_THEN_INSIDE.search(clause) or _BEGINS_THEN.match(following))


def _without_echo(tokens: list[_Token]) -> tuple[_Token, ...]:
    """Yes said twice is said once."""
    return tuple(
        token
        for before, token in zip([None, *tokens], tokens, strict=False)
        if not (token.text == same.YES and before is not None and before.text == same.YES)
    )


def _of_clause(clause: str, may_be_if: bool, number: int) -> list[_Token]:
    texts = list(_texts_of(clause))
    only_so, reach = same.SO in texts and same.IF not in texts, 0
    if same.SO in texts or same.IF in texts:  # X的话 says 如果X; and 如果没有，is no answer
        before = texts[: texts.index(same.SO)] if only_so else ()
        reach = sum(t not in _ADDED_FREELY and t not in _MAY_GO for t in before)
        texts = [t for t in texts if t not in (same.SO, _BREAK)]
        texts = [same.IF, *texts] if only_so else texts
    who_does = bool(_WHO_DOES.search(_NO_DEED.sub("", clause)))
    return [
        _Token(
            text,
            may_come=text == same.COURTESY or (text in _MAY_COME and not who_does),
            may_go=text in _MAY_GO and not who_does,
            may_be_if=may_be_if,
            reach=reach if only_so and text == same.IF else 0,
            clause=number,
        )
        for text in texts
    ]


def _texts_of(clause: str) -> Iterator[str]:
    words: list[str] = []
    last = ""
    for found in _TOKEN.finditer(clause + ","):
        if found.lastgroup == "word":
            words.append(_stem(found.group()))
            continue
        for text in _english(words):
            yield (last := text)
        for text in _others(found, last):
            yield (last := text)
        words.clear()


def _hours_first(tokens: list[_Token]) -> list[_Token]:
    """A clause that says opening hours may say *every day* before or after them."""
    days = [t for t in tokens if t.text == "every day"]
    if not days or not any(t.text.startswith("‹0") or t.text[:2] in ("‹1", "‹2") for t in tokens):
        return tokens
    return [t for t in tokens if t.text != "every day"] + days


def _others(found: re.Match[str], last: str) -> Iterator[str]:
    """What is not a Latin word; a negation that ends its clause is another than one that goes
    on: 不，可以 and 不可以."""
    match found.lastgroup:
        case "han":
            for piece in _HAN.findall(found.group()):
                to = same.ZH.get(piece, piece)
                if to:
                    yield to
        case "end":
            if last in _NEGATIONS:
                yield _BREAK
        case "question":
            yield "?"
        case "sign":
            if found.group() not in _HARMLESS and not category(found.group()).startswith("P"):
                yield found.group()  # ❌, ≥, a stroke through a word
        case _:
            yield found.group()


def _english(words: list[str]) -> Iterator[str]:
    at = 0
    if [len(word) for word in words] == [1]:
        yield words.pop()  # a size, an exit, a vitamin
    while at < len(words):
        for length in range(min(_EN_LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in same.EN:
                if same.EN[phrase]:
                    yield same.EN[phrase]
                break
        else:
            length = 1
            yield _PRONOUNS.get(words[at], words[at])
        at += length


def _stem(word: str) -> str:
    """Without the ending of a plural or of the third person."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("oes", "ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _kind(texts: tuple[str, ...]) -> str:
    kinds = (
        ("number", lambda t: t.lstrip("‹")[:1].isdigit() or t in ("%", "~", "元", "-")),
        ("negation", _NEGATIONS.__contains__),
        ("condition", _CONDITIONS.__contains__),
        ("limit", _LIMITS.__contains__),
        ("name", lambda t: t.isascii() and t.isalpha()),
    )
    return next((kind for kind, holds in kinds if any(map(holds, texts))), "word")
