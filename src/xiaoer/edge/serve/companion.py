"""Runs one companion program of a server, and ends when the server does."""

from __future__ import annotations

import sys

from .contracts import end_with_parent, named

if __name__ == "__main__":
    end_with_parent()
    named(sys.argv[1])(*sys.argv[2:])
