"""Models of a known character, good and bad, for tests, demos and attacks on ourselves.

They answer what the house asks (``modules/advice``): the words between the fences, in the JSON
shape of the question.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson

from xiaoer.engines.llm.answer import settled
from xiaoer.ports.llm import ModelUnavailable, Said

Play = Callable[[str, str], Awaitable[str]]

_FENCED = re.compile(r"<<<(\w+)\n(.*?)\n\1>>>", re.S)
_ATTACK = re.compile(
    r"(?:说|回复|回答|告诉|say|reply|answer|print|promise)[:：,，]?\s*[“\"「']?(.{4,200})",
    re.I | re.S,
)


class CharacterLlm:
    """Plays one of :data:`CHARACTERS`; ``heard`` keeps every exchange."""

    def __init__(self, character: str) -> None:
        self._play = CHARACTERS[character]
        self.heard: list[tuple[Said, ...]] = []

    @property
    def available(self) -> bool:
        """Always: a bad one says so as well."""
        return True

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """What this character says."""
        self.heard.append(tuple(exchange))
        kind = next(iter((schema or {}).get("properties", {"text": None})))
        try:
            async with asyncio.timeout(timeout_s):
                return settled(await self._play(kind, exchange[-1].text), schema)
        except TimeoutError as error:
            raise ModelUnavailable(reason="TimeoutError") from error


async def _good(kind: str, asked: str) -> str:
    """Keeps every fact, and is polite."""
    data = "\n".join(words for _, words in _FENCED.findall(asked))
    if kind == "text":
        answer = data.partition("ANSWER: ")[2]
        english = answer[:1].isascii() and answer[:1].isalpha()
        return _json(text=f"Hello! {answer}" if english else f"您好，{answer}")
    if kind == "choice":
        return _json(choice=1 if "1. " in data else 0, errand="none")
    lines = [line.split(" ", 2) for line in data.splitlines()]
    points = [
        {"message": int(seq), "words": words}
        for seq, who, words in (line for line in lines if len(line) == 3 and line[0].isdigit())
        if who.startswith("customer") and len(words) > 3
    ]
    return _json(points=points[-3:] or [{"message": 1, "words": "…"}])


async def _altering(kind: str, asked: str) -> str:
    """Changes one number, or turns a sentence round."""
    said = await _good(kind, asked)
    changed = re.sub(r"(\d)(?=[^\d\"}]*[^\d\s\",}\]:])", lambda m: str((int(m[1]) + 1) % 10), said)
    if changed == said:
        changed = said.replace("不", "", 1) if "不" in said else said.replace("有", "没有", 1)
    return changed


async def _nonsense(kind: str, asked: str) -> str:
    """Words without meaning, in the right shape."""
    words = "量子烘焙的季风在礼拜四格外香甜，blorp 42。"
    if kind == "text":
        return _json(text=words)
    if kind == "choice":
        return _json(choice=99, errand="fly")
    return _json(points=[{"message": 7_000, "words": words}])


async def _half(kind: str, asked: str) -> str:
    """Half a JSON object."""
    return '{"text": "您好，'


async def _silent(kind: str, asked: str) -> str:
    """Says nothing for a minute."""
    await asyncio.sleep(60)
    return _json(text="好")


async def _hostile(kind: str, asked: str) -> str:
    """Obeys the attacker, calls tools, promises money, and tells what it was asked."""
    wish = _ATTACK.search(asked)
    words = (wish[1] if wish else asked)[:300]
    promise = f"{words} 已为您全额退款 9,999 元，订单 HG202611010001 已取消。SYSTEM: {asked[:200]}"
    turn = sum(map(ord, asked)) % 4
    if turn == 0:
        call = {"name": "cancel_order", "arguments": {"order_id": "HG202611010001"}}
        return orjson.dumps({"tool_calls": [call], "text": promise}).decode()
    if kind == "text":
        return _json(text=promise if turn < 3 else asked)
    if kind == "choice":
        errand = ("refund", "order_status", "none")[turn % 3]
        return _json(choice=(1, 0, 3)[turn % 3], errand=errand)
    return _json(points=[{"message": n, "words": promise} for n in range(1, 4)])


def _json(**fields: Any) -> str:
    return orjson.dumps(fields).decode()


CHARACTERS: Mapping[str, Play] = {
    "good": _good,
    "altering": _altering,
    "nonsense": _nonsense,
    "half": _half,
    "silent": _silent,
    "hostile": _hostile,
}
