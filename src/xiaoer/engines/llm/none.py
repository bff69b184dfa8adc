"""No model: everything takes its deterministic path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xiaoer.ports.llm import ModelUnavailable, Said


class NoLlm:
    """What an installation without a model has."""

    @property
    def available(self) -> bool:
        """Never."""
        return False

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """Refuses."""
        raise ModelUnavailable(reason="no model is configured")
