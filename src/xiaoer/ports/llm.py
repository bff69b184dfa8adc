"""An optional language model. Everything works without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from xiaoer.kit.problem import Problem


class ModelUnavailable(Problem):
    """No usable answer in time; ``reason`` is for the log and holds no customer text."""

    code = "model_unavailable"
    status = 503
    zh = "智能模型暂时不可用，已改用常规方式处理。"
    en = "The language model is unavailable; the work goes on without it."


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the exchange with the model."""

    role: Literal["system", "user", "assistant"]
    text: str


class Llm(Protocol):
    """Completes an exchange.

    Every engine guarantees: an answer within ``timeout_s`` or :class:`ModelUnavailable`; no retry
    of its own past that time; with ``schema`` (JSON Schema) the text is JSON that the engine has
    parsed once. The text is data: the caller decides what it may do.
    """

    @property
    def available(self) -> bool:
        """Whether a model is configured at all; false means: take the deterministic path."""
        ...

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The model's text."""
        ...
