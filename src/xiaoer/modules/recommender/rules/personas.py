"""The personas that ship, and how a place's own words lie over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean, fold
from xiaoer.modules.recommender.contracts import Forbidden, KeptPersona, Persona

LOCALES = ("zh-CN", "en")
SHIPPED = ("expert", "mother_and_baby", "beauty")
MOMENTS = ("scan", "product_page")
LINES = ("lead", "ready")
LONGEST, MOST = 400, 8
FIELDS = frozenset({"base", "name", "opening", "quick_replies", "lines", "forbidden", "proactive"})


@cache
def shipped() -> Mapping[str, Persona]:
    """The personas of the package, by key."""
    return {key: _persona(_read(key)) for key in SHIPPED}


@cache
def _read(key: str) -> Mapping[str, Any]:
    folder = resources.files("xiaoer.modules.recommender").joinpath("personas")
    return tomllib.loads(folder.joinpath(f"{key}.toml").read_text("utf-8"))


def _persona(raw: Mapping[str, Any], told_at: str = "") -> Persona:
    forbidden = tuple(
        Forbidden(tuple(one["words"]), {code: one.get(code, "") for code in LOCALES})
        for one in raw.get("forbidden", ())
    )
    return Persona(
        raw["key"], raw["name"], raw["opening"], tuple(raw.get("categories", ())),
        tuple(raw.get("quick_replies", ())), raw.get("lines", {}), forbidden,
        tuple(raw.get("proactive", ())), told_at,
    )  # fmt: skip


def persona_for(kept: Sequence[KeptPersona], category: str = "") -> Persona:
    """The persona of a place: what its ancestors and it have said, the nearest last, over one that
    ships: the one they name, else the one of the category, else the expert."""
    said = [one for one in sorted(kept, key=lambda k: len(k.unit_path)) if one.body]
    bodies = [one.body for one in said if one.body]
    base = next((str(b["base"]) for b in reversed(bodies) if b.get("base") in SHIPPED), "")
    if not base:
        base = next((k for k, p in shipped().items() if category and category in p.categories),
                    SHIPPED[0])  # fmt: skip
    raw = dict(_read(base))
    for body in bodies:
        for name, value in body.items():
            if name != "base" and value:
                both = isinstance(value, Mapping) and isinstance(raw.get(name), Mapping)
                raw[name] = {**raw[name], **value} if both else value
    return _persona(raw, said[-1].unit_path if said else "")


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """A place's own words in one spelling; raises ``Invalid`` with the field that is wrong."""
    unknown = sorted(set(body) - FIELDS)
    if unknown:
        raise Invalid(reason=f"没有这些字段：{', '.join(unknown)}", field=unknown[0])
    if body.get("base", SHIPPED[0]) not in SHIPPED:
        raise Invalid(reason=f"base：{' | '.join(SHIPPED)}", field="base")
    told: dict[str, Any] = {"base": body["base"]} if body.get("base") else {}
    for name in ("name", "opening"):
        if body.get(name):
            told[name] = _texts(body[name], name)
    if body.get("quick_replies"):
        told["quick_replies"] = [_texts(one, "quick_replies") for one in
                                 _listed(body["quick_replies"], "quick_replies")]
    if body.get("lines"):
        told["lines"] = {k: _texts(v, "lines") for k, v in _named(body["lines"]).items()}
    if body.get("forbidden"):
        told["forbidden"] = [_topic(one) for one in _listed(body["forbidden"], "forbidden")]
    if "proactive" in body:
        told["proactive"] = [m for m in body["proactive"] if m in MOMENTS]
    return told


def _texts(given: Any, field: str) -> dict[str, str]:
    if not isinstance(given, Mapping) or set(given) - set(LOCALES):
        raise Invalid(reason=f"{field}：zh-CN | en", field=field)
    found = {code: clean(str(words)) for code, words in given.items() if clean(str(words))}
    if not found or any(len(words) > LONGEST for words in found.values()):
        raise Invalid(reason=f"{field}：1 到 {LONGEST} 字", field=field)
    return found


def _listed(given: Any, field: str) -> list[Any]:
    if not isinstance(given, list) or len(given) > MOST:
        raise Invalid(reason=f"{field}：最多 {MOST} 个", field=field)
    return given


def _named(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or set(given) - set(LINES):
        raise Invalid(reason=f"lines：{' | '.join(LINES)}", field="lines")
    return dict(given)


def _topic(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not isinstance(given.get("words"), list):
        raise Invalid(reason="forbidden：words 与 zh-CN、en", field="forbidden")
    words = [clean(str(word)) for word in given["words"] if clean(str(word))]
    if not words or any(len(word) < 2 for word in words):
        raise Invalid(reason="每个禁谈词至少两个字", field="forbidden")
    return {"words": words, **_texts({k: v for k, v in given.items() if k in LOCALES}, "forbidden")}


def forbids(persona: Persona, text: str, locale: str) -> str:
    """What the persona says when the text enters a forbidden topic; empty when it does not."""
    folded = fold(text)
    for topic in persona.forbidden:
        if any(fold(word) in folded for word in topic.words):
            return said(topic.says, locale)
    return ""


def said(texts: Mapping[str, str], locale: str) -> str:
    """The text in the language, else in the other."""
    code = "en" if locale.startswith("en") else "zh-CN"
    return texts.get(code) or next((words for words in texts.values() if words), "")
