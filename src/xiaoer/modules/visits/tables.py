"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from xiaoer.kit.schema import metadata, tenant_column

look = Table(
    "visits_look", metadata,
    tenant_column(),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("day", Date, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("visitor_id", Uuid),
    Column("unit_path", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("weight", SmallInteger, nullable=False, server_default="1"),
    Index("visits_look_day", "tenant_id", "day", "kind"),
    Index("visits_look_visitor", "tenant_id", "visitor_id"),
)
daily = Table(
    "visits_daily", metadata,
    tenant_column(),
    Column("day", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("unit_path", Text, primary_key=True),
    Column("looks", BigInteger, nullable=False),
    Column("visits", BigInteger, nullable=False),
)
