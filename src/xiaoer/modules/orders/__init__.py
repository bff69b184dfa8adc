"""What customers bought, how they paid, and where the parcels are."""

from xiaoer.modules.orders import contracts

__all__ = ["contracts"]
