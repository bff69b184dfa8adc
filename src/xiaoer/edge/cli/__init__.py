"""The command line."""

from .app import build_cli
from .wiring import Wiring

__all__ = ["Wiring", "build_cli"]
