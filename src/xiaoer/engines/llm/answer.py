"""Turns what a model said into an answer that keeps the port's promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from xiaoer.ports.llm import ModelUnavailable


def settled(text: object, schema: Mapping[str, Any] | None) -> str:
    """The text, which is JSON when a schema was asked for; raises otherwise.

    Many servers ignore the asked format, and models then wrap JSON in a Markdown fence; the
    fence is taken off.
    """
    if not isinstance(text, str) or not text.strip():
        raise ModelUnavailable(reason="the answer is empty")
    if schema is None:
        return text
    inside = _without_fence(text.strip())
    try:
        orjson.loads(inside)
    except orjson.JSONDecodeError:
        raise ModelUnavailable(reason="the answer is not JSON") from None
    return inside


def _without_fence(text: str) -> str:
    lines = text.splitlines()
    if len(lines) >= 3 and lines[0].startswith("```") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1])
    return text
