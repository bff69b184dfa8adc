"""Rows stay where they belong: tables carry their room's name and never reach into another."""

import importlib

import pytest
from sqlalchemy import Table

from .schema import ROOMS_WITH_TABLES, whole_schema

REGISTRIES = {"org_tenant", "channels_route"}
"""They lead from a public name to a tenant, so that they belong to none."""

each_room_with_tables = pytest.mark.parametrize("room", ROOMS_WITH_TABLES)


def tables_of(room: str) -> list[Table]:
    """The tables that a room declares."""
    module = importlib.import_module(f"xiaoer.modules.{room}.tables")
    return [table for table in vars(module).values() if isinstance(table, Table)]


@each_room_with_tables
def test_a_table_carries_the_name_of_its_room(room: str) -> None:
    assert tables_of(room), f"{room}/tables.py declares no table"
    assert {t.name for t in tables_of(room) if not t.name.startswith(f"{room}_")} == set()


@each_room_with_tables
def test_every_row_belongs_to_a_tenant(room: str) -> None:
    first = {table.name: next(iter(table.columns)) for table in tables_of(room)}
    loose = {n for n, column in first.items() if column.name != "tenant_id" or column.nullable}
    assert loose - REGISTRIES == set()


def test_no_foreign_key_leaves_its_room() -> None:
    leaving = {
        f"{table.name} -> {key.target_fullname}"
        for table in whole_schema().tables.values()
        for key in table.foreign_keys
        if key.target_fullname.split("_")[0] != table.name.split("_")[0]
    }
    assert leaving == set()


def test_every_table_belongs_to_a_room_or_to_the_kernel() -> None:
    known = {*ROOMS_WITH_TABLES, "kernel"}
    names = set(whole_schema().tables)
    assert {name for name in names if name.split("_")[0] not in known} == set()
