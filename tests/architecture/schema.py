"""The declared schema: the tables of the kernel and of every room, whoever imported them so far."""

import importlib

from sqlalchemy import MetaData, Table

from xiaoer.kit.schema import metadata

from .sources import part, rooms

ROOMS_WITH_TABLES = [room.name for room in rooms() if part(room, "tables")]


def whole_schema() -> MetaData:
    """All tables, declared; the product itself needs their declarations only to migrate."""
    importlib.import_module("xiaoer.engines.postgres.tables")
    for room in ROOMS_WITH_TABLES:
        importlib.import_module(f"xiaoer.modules.{room}.tables")
    return metadata


def tenant_tables() -> list[Table]:
    """The tables whose rows belong to a tenant."""
    found = [table for table in whole_schema().sorted_tables if "tenant_id" in table.c]
    assert found, "there are such tables"
    return found
