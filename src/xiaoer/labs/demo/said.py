"""What the invented group's editors say of its goods: tags by line, always the same."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from xiaoer.labs.demo.aftercare import chosen
from xiaoer.labs.demo.shapes import Product
from xiaoer.modules import catalog

Tag = catalog.contracts.Tag
Kind = catalog.contracts.TraitKind
FREE = {"cream": ("酒精", "香精"), "serum": ("酒精", "香精"), "mask": ("酒精",), "babycare": ("香精",)}
"""For every third product of these lines an editor has read on the label what is not in it."""


def tags_of(product: Product) -> list[Tag]:
    """The tags of a product."""
    said = [Tag(Kind(kind), value) for kind, values in _lines().get(product.line, {}).items()
            for value in values]  # fmt: skip
    if chosen(product.code, 3) == 0:
        said += [Tag(Kind.FREE_OF, f"不含{what}") for what in FREE.get(product.line, ())]
    return said


@cache
def _lines() -> dict[str, dict[str, list[str]]]:
    folder = resources.files("xiaoer.labs.demo").joinpath("data")
    return tomllib.loads(folder.joinpath("tags.toml").read_text("utf-8"))
