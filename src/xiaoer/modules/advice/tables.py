"""The room's table; no other room reads it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, Table

from xiaoer.kit.schema import metadata, tenant_column

usage = Table(
    "advice_usage",
    metadata,
    tenant_column(),
    Column("day", Date, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)
