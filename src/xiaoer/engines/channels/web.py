"""The widget on a shop's page: its sessions are the proof, and its sockets carry the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xiaoer.kit.problem import NotFound
from xiaoer.ports.channel import Arrived, Call, Outgoing, Outlet, Reported
from xiaoer.ports.clock import Clock
from xiaoer.ports.outside import Outside


class WebChannel:
    """Nothing comes by hook and nothing is pushed: the widget is connected, and reads."""

    kind = "web"
    carries = False

    def __init__(self, clock: Clock, outside: Outside) -> None:
        """It needs neither: everything happens on the widget's own sessions."""

    def read(self, call: Call, secrets: Sequence[str], now: datetime) -> tuple[Arrived, ...]:
        """A widget has no hook."""
        raise NotFound()

    def read_receipts(
        self, call: Call, secrets: Sequence[str], now: datetime
    ) -> tuple[Reported, ...]:
        """A widget tells what it has seen on its own session."""
        raise NotFound()

    async def send(self, outlet: Outlet, message: Outgoing) -> str:
        """The message is where the widget reads it already."""
        return ""
