"""What the command line is given by ``main``: names, imported only by the command that needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wiring:
    """Each name is ``package.module:attribute``.

    ``worker``: ``(WorkerBrief) -> ASGI application``, for each worker process.
    ``house``: ``(Settings, DatabaseUrls) -> async context manager of House``, without a courier,
    for commands.
    ``plant``: ``async (House) -> None``; seeds the demo group and draws its progress.
    ``traffic``: ``(address, messages_a_minute) -> None``; plays customers until it is ended.
    ``preload``: ``(name of the embedder) -> None``; loads what all workers share.
    ``groups``: sub-commands of others by name, each a Typer application and a line of help; they
    find this wiring as ``ctx.obj``.
    """

    worker: str
    house: str
    plant: str
    traffic: str
    preload: str = ""
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
