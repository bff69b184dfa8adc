"""What a customer can settle alone: an order's state, a parcel, hours, facilities."""

from xiaoer.modules.selfservice import contracts
from xiaoer.modules.selfservice.rules import order_card, understand
from xiaoer.modules.selfservice.service import serve

__all__ = ["contracts", "order_card", "serve", "understand"]
