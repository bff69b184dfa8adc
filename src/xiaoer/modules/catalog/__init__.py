"""Places, goods and what is on: what customers ask about."""

from xiaoer.modules.catalog import contracts

__all__ = ["contracts"]
