"""The one ``MetaData`` in which every room declares its tables.

It lives on the lowest floor because rooms may not see an engine, and the engine (migrations,
checks) must see the tables of all rooms.
"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Uuid

metadata = MetaData()


def tenant_column() -> Column[object]:
    """The first column of every tenant table; row-level security compares it with the scope."""
    return Column("tenant_id", Uuid, nullable=False, primary_key=True)
