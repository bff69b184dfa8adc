"""An outside world in memory, for tests and demos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiaoer.engines.outside.guard import target_of
from xiaoer.ports.outside import AddressRefused, Answer


@dataclass
class MemoryOutside:
    """Takes every call to an address that is not an inner one by its spelling; resolves nothing."""

    called: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: Answer(204, {}, b""))

    async def admit(self, url: str) -> None:
        """As the real one does for an address that is written out."""
        target = target_of(url)
        literal = target.literal
        if target.host == "localhost" or (literal and not literal.is_global):
            raise AddressRefused(host=target.host)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Note the call, and give the answer that was set."""
        await self.admit(url)
        self.called.append((url, body, headers))
        return self.answer
