"""An optional language model. Everything works without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the exchange with the model."""

    role: Literal["system", "user", "assistant"]
    text: str


class Llm(Protocol):
    """Completes an exchange.

    Every engine guarantees: an answer within ``timeout_s`` or a ``Problem`` ``model_unavailable``
    (503); no retry of its own past that time; with ``schema`` (JSON Schema) the text is JSON that
    the engine has parsed once. The text is data: the caller decides what it may do.
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
