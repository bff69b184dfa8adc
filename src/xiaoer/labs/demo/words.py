"""Reads the hand-written word lists that the generator combines."""

from __future__ import annotations

import csv
import json
from functools import cache
from importlib.resources import files
from typing import Any


def read_text(name: str) -> str:
    return files("xiaoer.labs.demo").joinpath("data", name).read_text("utf-8")


@cache
def read_json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_text(name))
    return found


@cache
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(read_text(name).splitlines()))
