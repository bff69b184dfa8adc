"""Writes codes to the server's log, for a demo without telephones."""

from __future__ import annotations

from collections import OrderedDict

import structlog

_REMEMBERED = 1000


class ConsoleVerifier:
    """Shows each code in the log, its address but for the last four characters hidden.

    ``last`` gives the newest code of an address back, so that a demo page or a test can read
    what a telephone would show. Whoever runs the server can read every code: never outside a
    demo.
    """

    def __init__(self) -> None:
        self._codes: OrderedDict[str, str] = OrderedDict()
        self._log = structlog.get_logger(__name__)

    async def send(self, address: str, code: str, locale: str) -> None:
        """Log and remember the code."""
        self._codes[address] = code
        self._codes.move_to_end(address)
        while len(self._codes) > _REMEMBERED:
            self._codes.popitem(last=False)
        self._log.info("verification_code", address=f"…{address[-4:]}", code=code, locale=locale)

    def last(self, address: str) -> str | None:
        """The newest code that was sent there."""
        return self._codes.get(address)
