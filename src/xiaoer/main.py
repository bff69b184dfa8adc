"""Builds the house and hands it to the edge. The only file that knows all names; no logic."""

from __future__ import annotations

from xiaoer.ports.house import Subscription

SUBSCRIPTIONS: tuple[Subscription, ...] = ()
