"""Models that say what they are told to: a script for tests, a tape for evaluations."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from xiaoer.engines.llm.answer import settled
from xiaoer.ports.llm import Llm, ModelUnavailable, Said

Line: TypeAlias = str | Exception
Play: TypeAlias = Callable[[Sequence[Said]], Awaitable[str]]


class ScriptedLlm:
    """Speaks the lines of a script in order, or lets a function answer.

    An exception in the script is raised. ``heard`` keeps every exchange; past its last line
    the model is unavailable.
    """

    def __init__(self, script: Iterable[Line] | Play = ()) -> None:
        self.heard: list[tuple[Said, ...]] = []
        self._play = script if callable(script) else _by_line(script)

    @property
    def available(self) -> bool:
        """Always."""
        return True

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The next line."""
        self.heard.append(tuple(exchange))
        try:
            async with asyncio.timeout(timeout_s):
                return settled(await self._play(exchange), schema)
        except TimeoutError as error:
            raise ModelUnavailable(reason="TimeoutError") from error


def _by_line(script: Iterable[Line]) -> Play:
    lines = iter(tuple(script))

    async def next_line(_: Sequence[Said]) -> str:
        line = next(lines, None)
        if line is None:
            raise ModelUnavailable(reason="the script has ended")
        if isinstance(line, Exception):
            raise line
        return line

    return next_line


class TapedLlm:
    """Answers from a tape (JSON lines); what is not on it is asked of ``inner`` and recorded.

    Without ``inner`` it only replays: an evaluation then runs the same on every machine, and an
    exchange that was never recorded is unavailable.
    """

    def __init__(self, tape: Path, inner: Llm | None = None) -> None:
        self._tape = tape
        self._inner = inner
        self._answers: dict[str, str] = {}
        if tape.exists():
            with tape.open("rb") as lines:
                for line in lines:
                    row = orjson.loads(line)
                    self._answers[row["key"]] = row["text"]

    @property
    def available(self) -> bool:
        """Always."""
        return True

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The recorded answer to exactly this."""
        key = _key(exchange, max_tokens, schema)
        text = self._answers.get(key)
        if text is None:
            if self._inner is None:
                raise ModelUnavailable(reason="not on the tape")
            text = await self._inner.complete(
                exchange, timeout_s=timeout_s, max_tokens=max_tokens, schema=schema
            )
            self._record(key, exchange, text)
        return settled(text, schema)

    def _record(self, key: str, exchange: Sequence[Said], text: str) -> None:
        self._answers[key] = text
        asked = [{"role": said.role, "text": said.text} for said in exchange]
        with self._tape.open("ab") as file:
            file.write(orjson.dumps({"key": key, "asked": asked, "text": text}) + b"\n")


def _key(exchange: Sequence[Said], max_tokens: int, schema: Mapping[str, Any] | None) -> str:
    whole = [[(said.role, said.text) for said in exchange], max_tokens, schema]
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
