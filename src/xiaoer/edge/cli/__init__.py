"""The command line. Loading this package loads no command and no terminal: workers come by here."""

from .wiring import Wiring

__all__ = ["Wiring"]
