"""Numbers, amounts, percentages, dates, times and durations in one spelling each.

Two texts that say the same figure in other signs (Arabic or Chinese numerals, full-width, 5元 or
¥5, 22:00 or 晚上10点 or 10 pm) become equal; whatever is not understood stays as it is written, and
then only equals itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_ZH = "零〇一二两三四五六七八九十百千万亿"
_NOT_FIGURES = re.compile(
    "一起|一般|统一|万一|一定|一样|一些|一直|一旦|一下|一边|一律|同一|唯一|一致|第一时间|十分(?!钟)|千万(?!元)|百货|一共|"
    "一切|一经|进一步|之一|百度|一卡通|一手|一并|一同|一键|一栏"
)
_TO_TWELVE = "one two three four five six seven eight nine ten eleven twelve"
_TENS = {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_YEAR = "january february march april may june july august september october november december"
_EN_WORDS = _TENS | {word: n for n, word in enumerate(re.split(" ", _TO_TWELVE), start=1)}
_MONTHS = {name: n for n, name in enumerate(re.split(" ", _YEAR), start=1)}
_MONTH = "|".join(_MONTHS)
_TIME_UNIT = "minute|hour|day|week|month|year|kwh|night|person|visit|order|item"
_EARLY = "凌晨|清晨|早上|早晨|上午|早"
_LATE = "下午|傍晚|晚上|夜里|晚"
_NUMBER = r"\d+(?:\.\d+)?"


def in_one_spelling(folded: str) -> str:
    """The text, folded already (NFKC, lower case), with every figure rewritten.

    Times become ``‹HH:MM›``, amounts ``N元``, percentages ``N%``, dates ``M月D日``, ranges ``A~B``.
    """
    text = re.sub(r"(?<=\d)[,,](?=\d{3}(?!\d))", "", folded)
    text = _chinese(text.replace("−", "-"))
    for pattern, rewritten in _REWRITES:
        text = pattern.sub(rewritten, text)
    return text


def _chinese(text: str) -> str:
    """Chinese numerals to digits, but for those that are part of a word."""
    kept = {i for m in _NOT_FIGURES.finditer(text) for i in range(*m.span())}

    def rewrite(found: re.Match[str]) -> str:
        if not kept.isdisjoint(range(*found.span())):
            return found.group()
        value = _value(found.group())
        return found.group() if value is None else str(value)

    text = re.sub(rf"百分之([{_ZH}\d]+)", lambda m: f"{m[1]}%", text)
    kept = {i for m in _NOT_FIGURES.finditer(text) for i in range(*m.span())}
    return re.sub(rf"[{_ZH}]+", rewrite, text)


def _value(numeral: str) -> int | None:
    """What a Chinese numeral says; digits one after another are read as they
    stand; nothing for what people say in more than one sense."""
    if numeral[0] in "万亿百千":
        return None
    if len(numeral) > 1 and numeral[-1] in _DIGITS and numeral[-2] in "百千万亿":
        return None  # 三千五 is 3,500 and 三千零五 3,005
    if all(c in _DIGITS for c in numeral):
        if 1 < len(numeral) < 4 and not set(numeral) & set("零〇"):
            return None  # 两三天 are two or three
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = section = digit = 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        else:
            total, section, digit = (total + section + digit) * _BIG[c], 0, 0
    return total + section + digit


def _plain(found: re.Match[str]) -> str:
    """A number without needless zeros; a leading zero is a code or a telephone number."""
    number = found.group()
    if number.startswith("0") and not number.startswith("0."):
        return number
    return format(Decimal(number).normalize(), "f")


def _ten_thousands(found: re.Match[str]) -> str:
    return format((Decimal(found[1]) * _BIG[found[2]]).normalize(), "f")


def _clock(found: re.Match[str]) -> str:
    """``‹HH:MM›`` of a Chinese or a plain time of day."""
    part, hour = found["part"] or "", int(found["hour"])
    minute = 30 if found["half"] else int(found["minute"] or found["minute2"] or 0)
    if (part and re.fullmatch(_LATE, part) and hour < 12) or (part == "中午" and hour < 6):
        hour += 12
    return found.group() if hour > 24 or minute > 59 else f"‹{hour:02}:{minute:02}›"


def _english_clock(found: re.Match[str]) -> str:
    hour, minute, part = int(found[1]), int(found[2] or 0), found[3]
    if not 1 <= hour <= 12 or minute > 59:
        return found.group()
    return f"‹{hour % 12 + (12 if part == 'p' else 0):02}:{minute:02}›"


def _english_date(found: re.Match[str]) -> str:
    day, month = (found["d1"], found["m1"]) if found["d1"] else (found["d2"], found["m2"])
    return f" {_MONTHS[month]}月{int(day)}日 "


_Rewritten = str | Callable[[re.Match[str]], str]
_REWRITES: tuple[tuple[re.Pattern[str], _Rewritten], ...] = (
    (re.compile(rf"\b(?:a|an|one|per) (?={_TIME_UNIT})"), "1 "),
    (re.compile(rf"\b({'|'.join(_EN_WORDS)})\b"), lambda m: str(_EN_WORDS[m[1]])),
    (re.compile(r"\bhalf (?:an|1) hour\b"), "30 minutes"),
    (re.compile(r"(?<!\d)半个?小时"), "30分钟"),
    (re.compile(r"(\d+(?:\.\d+)?)\s?([万亿])"), _ten_thousands),
    (re.compile(r"\b(\d{1,2})(?::(\d\d))?\s?([ap])\.?m\b\.?"), _english_clock),
    (
        re.compile(
            rf"(?P<part>(?<!最)(?:{_EARLY}|中午|{_LATE}))?(?<![\d.‹:])(?P<hour>\d{{1,2}})"
            rf"(?:[::](?P<minute>[0-5]\d)(?!\d)|点(?![心击评单开赞数])(?:(?P<half>半)|(?P<minute2>\d{{1,2}})分)?)"
        ),
        _clock,
    ),
    (
        re.compile(
            rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH})\b|"
            rf"\b(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b"
        ),
        _english_date,
    ),
    (re.compile(r"(?<=\d)月(\d{1,2})[日号]"), r"月\1日"),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)\b"), ""),
    (re.compile(rf"(?:[¥￥]|\brmb|\bcny)\s?({_NUMBER})"), r"\1元"),
    (re.compile(rf"({_NUMBER})\s?(?:块钱?|圆|元钱?|人民币|yuan|rmb|cny)"), r"\1元"),
    (re.compile(rf"({_NUMBER})\s?(?:percent|per cent|%|%)"), r"\1%"),
    (re.compile(r"(?<=\d)\s?个(?=小时|月|星期|工作日)"), ""),
    (re.compile(r"(?<=\d)钟头"), "小时"),
    (re.compile(r"(?<=\d)刻钟"), "刻"),
    (re.compile(rf"(?<![\d.‹:a-z])({_NUMBER})(?![\d.:])"), lambda m: _plain(m)),
    (re.compile(r"\bfrom (?=‹|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"), ""),
    (re.compile(r"走(?=约?\d)"), "步行"),
    (
        re.compile(r"(?<=[\d›])\s?(?:-|–|—|~|〜|至|到|\bto\b|\buntil\b)\s?(?=[‹\d])"),
        "~",
    ),
    (re.compile(rf"({_NUMBER}(?:~{_NUMBER})?(?:天|小时|分钟|元|公里|米|岁|周))左右"), r"大约\1"),
    (re.compile(r"第2天"), "次日"),
    (re.compile(r"还是(?=很|不|没|收不)"), "还"),
    (re.compile(r"每1(?=[层个天家次张件笔单位步条项款])"), "每"),
    (
        re.compile(
            rf"(?:需要|需|要)(?=(?:大约|约)?{_NUMBER}(?:~{_NUMBER})?(?:天|小时|分钟|工作日|周))"
        ),
        "",
    ),
)
