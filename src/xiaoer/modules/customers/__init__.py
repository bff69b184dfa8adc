"""Who the group's customers are, however many names they come under."""

from xiaoer.modules.customers import contracts

__all__ = ["contracts"]
