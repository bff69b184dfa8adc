"""Finds every installed channel by its entry point; the built-in ones come the same way.

A package joins with::

    [project.entry-points."xiaoer.channels"]
    telegram = "its_package:make_channel"

where ``make_channel(clock, outside)`` returns a ``Channel``; it calls out through ``outside``, which
reaches no address inside this network that its administrator has not named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import cast

from xiaoer.ports.channel import Channel
from xiaoer.ports.clock import Clock
from xiaoer.ports.outside import Outside

GROUP = "xiaoer.channels"
MakeChannel = Callable[[Clock, Outside], Channel]


def find_channels(clock: Clock, outside: Outside) -> Mapping[str, Channel]:
    """One channel of every kind; two of one kind are a mistake in the installation."""
    found: dict[str, Channel] = {}
    for point in entry_points(group=GROUP):
        channel = cast(MakeChannel, point.load())(clock, outside)
        if channel.kind in found:
            raise ValueError(f"two channels are called {channel.kind!r}")
        found[channel.kind] = channel
    return found
