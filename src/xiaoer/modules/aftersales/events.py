"""What the room tells. ``key`` is the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Fact):
    """Something was done, or is to be returned or exchanged, after a customer's explicit yes."""

    NAME: ClassVar[str] = "aftersales.CaseOpened"
    case_id: UUID
    order_number: str
    verb: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRefused(Fact):
    """The policy did not allow what a customer asked for; ``code`` says which clause."""

    NAME: ClassVar[str] = "aftersales.WishRefused"
    order_number: str
    verb: str
    code: str
