"""Every statement of the rooms is one that the server understands, run by a test or not.

The driver asks the server for the type of each parameter, so a parameter that nothing gives a
type is found here, and not by the first customer who comes past it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import asyncpg

from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.engines.postgres.database import numbered

from .sources import part, place, rooms, tree

VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
HOLE = re.compile(r"\{[a-z_]+\}")


def statements() -> Iterator[tuple[str, str]]:
    """Each whole statement of a room's store, and where it stands."""
    for room in rooms():
        for file in part(room, "store"):
            for node in ast.walk(tree(file)):
                if isinstance(node, ast.Constant) and _is_whole(node.value):
                    yield place(file, node), str(node.value)


def _is_whole(text: object) -> bool:
    if not isinstance(text, str):
        return False
    return bool(VERB.match(text)) and "%(" in text and not HOLE.search(text)


async def test_the_server_understands_every_statement(assembly: Assembly) -> None:
    connection = await assembly.database.connect()
    count, misunderstood = 0, []
    try:
        for where, statement in statements():
            count += 1
            try:
                await connection.prepare(numbered(statement)[0])
            except asyncpg.PostgresSyntaxError:
                continue  # the head of one that is put together
            except asyncpg.PostgresError as error:
                misunderstood.append(f"{where}: {error}")
    finally:
        await assembly.database.give_back(connection)
    assert count > 100
    assert not misunderstood
