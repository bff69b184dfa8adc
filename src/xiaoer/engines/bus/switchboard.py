"""Who in this process listens to which topics.

A worker holds thousands of listeners, one per open screen, and each topic must find its own
without asking all of them: prefixes are therefore looked up, not compared one by one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from xiaoer.ports.bus import Listener

EVERYTHING = "*"
LONGEST_TOPIC_BYTES = 200

_log = logging.getLogger(__name__)


def checked(topic: str) -> str:
    """The topic, unless it could not travel: empty, over 200 bytes or of several lines."""
    if not topic or {"\n", "\0"} & set(topic) or len(topic.encode()) > LONGEST_TOPIC_BYTES:
        raise ValueError(f"not a topic: {topic[:80]!r}")
    return topic


class Switchboard:
    """The listeners of one process, found by prefix."""

    def __init__(self) -> None:
        self._by_prefix: dict[str, dict[int, Listener]] = {}
        self._lengths: Counter[int] = Counter()
        self._last = 0

    def listen(self, prefix: str, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function removes it, and may be called twice."""
        self._last += 1
        number = self._last
        self._by_prefix.setdefault(prefix, {})[number] = listener
        self._lengths[len(prefix)] += 1

        def leave() -> None:
            here = self._by_prefix.get(prefix, {})
            if here.pop(number, None) is None:
                return
            self._lengths[len(prefix)] -= 1
            if not here:
                del self._by_prefix[prefix]

        return leave

    def tell(self, topics: Iterable[str]) -> None:
        """Call everyone whom a topic concerns; ``"*"`` concerns all."""
        for topic in topics:
            for listener in self._concerned(topic):
                try:
                    listener(topic)
                except Exception:
                    # One screen's fault must not keep the news from the others.
                    _log.exception("a listener of %s failed", topic.split(":")[0])

    def _concerned(self, topic: str) -> list[Listener]:
        if topic == EVERYTHING:
            return [one for here in self._by_prefix.values() for one in here.values()]
        found: list[Listener] = []
        for length, listeners in self._lengths.items():
            if listeners and length <= len(topic):
                found.extend(self._by_prefix.get(topic[:length], {}).values())
        return found
