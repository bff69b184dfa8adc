"""Where customers looked: the denominators of every rate."""

from xiaoer.modules.visits import contracts

__all__ = ["contracts"]
