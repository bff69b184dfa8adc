"""What is written to the log, and what is not: lines say what happened, never what people wrote.

A traceback shows where the code stood and nothing of its variables, which hold passwords, tokens and
messages. What an error says of itself is kept as far as it cannot hold a value of somebody's: the
details of the database and long numbers and addresses are left out.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import ExcInfo

_LEFT_OUT = re.compile(r"^(?:DETAIL|CONTEXT|HINT):.*\n?", re.MULTILINE)
_ARGUMENT = re.compile(r"(query argument \$\d+: ).*")
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}|\d{7,}")
_LINE = "%(asctime)s [%(levelname)s] %(name)s: %(message)s"


def configure(level: str) -> None:
    """Set this process's log up; ``level`` is the least severe that is written."""
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_write),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain(_LINE))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(least, logging.WARNING))
    logging.getLogger("xiaoer").setLevel(least)


def unlearnt(text: str) -> str:
    """The text without what could be somebody's."""
    known = _ARGUMENT.sub(r"\1…", _LEFT_OUT.sub("", text))
    return _PERSONAL.sub("…", known)


class _Plain(logging.Formatter):
    """For what libraries write."""

    def formatException(self, ei: object) -> str:  # noqa: N802
        """Without values; the name is the library's."""
        return unlearnt(super().formatException(ei))  # type: ignore[arg-type]


def _write(out: TextIO, failed: ExcInfo) -> None:
    out.write("\n" + unlearnt("".join(traceback.format_exception(*failed))))
