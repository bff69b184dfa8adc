"""What a room promises its neighbours: a small door, a page that is complete, scoped queries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .sources import ROOMS, classes, functions, parameters, part, place, rooms, tree

DOOR_NAMES = 25
PARTICIPLES = {
    "Begun", "Bought", "Came", "Chosen", "Given", "Held", "Kept", "Known", "Left", "Lost", "Made", "Met",
    "Paid", "Put", "Said", "Seen", "Sent", "Set", "Shown", "Sold", "Split", "Taken", "Told",
    "Spoke", "Undone", "Went", "Withdrawn", "Written",
}  # fmt: skip

each_room = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)


def names_at_the_door(room: Path) -> list[str]:
    """Everything that the door re-exports."""
    names = []
    for line in tree(room / "__init__.py").body:
        if isinstance(line, ast.Import | ast.ImportFrom):
            names += [(item.asname or item.name) for item in line.names]
    return names


def mentioned(room: Path) -> set[str]:
    """Every word in code type on the room's page."""
    page = (room / "README.md").read_text("utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", page, re.DOTALL)
    return {word for piece in code for word in re.findall(r"\w+", piece)}


def facts(room: Path) -> Iterator[tuple[Path, ast.ClassDef, dict[str, object]]]:
    """Every event class with its class-level constants."""
    for path in part(room, "events"):
        for node in classes(path):
            yield path, node, dict(_constants(node))


def _constants(node: ast.ClassDef) -> Iterator[tuple[str, object]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name, value = line.targets[0].id, line.value
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
            name, value = line.target.id, line.value
        else:
            continue
        if isinstance(value, ast.Constant):
            yield name, value.value


@each_room
def test_a_door_is_small_and_holds_nothing_of_its_own(room: Path) -> None:
    extras = [
        place(room / "__init__.py", line)
        for line in tree(room / "__init__.py").body
        if not isinstance(line, ast.Import | ast.ImportFrom)
        and not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        and "__all__" not in ast.dump(line)
    ]
    assert extras == []
    assert len(names_at_the_door(room)) <= DOOR_NAMES


@each_room
def test_a_door_opens_only_into_its_own_room(room: Path) -> None:
    own = f"xiaoer.modules.{room.name}"
    foreign = [
        place(room / "__init__.py", line)
        for line in tree(room / "__init__.py").body
        if isinstance(line, ast.ImportFrom)
        and line.level == 0
        and not f"{line.module}.".startswith(f"{own}.")
    ]
    assert foreign == []


@each_room
def test_every_name_at_the_door_stands_on_the_rooms_page(room: Path) -> None:
    assert set(names_at_the_door(room)) - mentioned(room) == set()


@each_room
def test_every_fact_and_every_error_stands_on_the_rooms_page(room: Path) -> None:
    told = {node.name for _, node, constants in facts(room) if "NAME" in constants}
    errors = {
        node.name
        for path in part(room, "errors")
        for node in classes(path)
        if "code" in dict(_constants(node))
    }
    assert (told | errors) - mentioned(room) == set()


@each_room
def test_every_fact_is_versioned_and_named_after_its_room(room: Path) -> None:
    wrong = [
        place(path, node)
        for path, node, constants in facts(room)
        if any("Fact" in ast.dump(base) for base in node.bases)
        and (
            constants.get("NAME") != f"{room.name}.{node.name}"
            or not isinstance(constants.get("VERSION", 1), int)
        )
    ]
    assert wrong == []


@each_room
def test_every_fact_is_in_the_past_tense(room: Path) -> None:
    words = {
        node.name: re.findall(r"[A-Z][a-z]+", node.name)
        for _, node, constants in facts(room)
        if "NAME" in constants
    }
    present = {
        name
        for name, parts in words.items()
        if not any(word.endswith("ed") or word in PARTICIPLES for word in parts)
    }
    assert present == set()


@each_room
def test_every_function_of_a_store_that_reaches_the_database_takes_the_scope(room: Path) -> None:
    wrong = [
        f"{place(path, node)} {node.name}"
        for path in part(room, "store")
        for node in functions(path)
        if (isinstance(node, ast.AsyncFunctionDef) or "uow" in ast.dump(node))
        and parameters(node)[:1] != ["ctx"]
    ]
    assert wrong == []


@each_room
def test_every_query_filters_by_its_tenant(room: Path) -> None:
    unscoped = []
    for path in part(room, "store"):
        meaning = {name: node for node in tree(path).body for name in _names_bound_by(node)}
        unscoped += [
            f"{place(path, node)} {name}"
            for name, node in meaning.items()
            if isinstance(node, ast.AsyncFunctionDef) and not _speaks_of_tenant(node, meaning)
        ]
    assert unscoped == []


def _names_bound_by(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _speaks_of_tenant(start: ast.stmt, meaning: dict[str, ast.stmt]) -> bool:
    """Follow the names that a function uses inside its file until one of them says tenant."""
    ahead, seen = [start], set()
    while ahead:
        node = ahead.pop()
        if "tenant" in ast.dump(node):
            return True
        used = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
        ahead += [meaning[name] for name in used - seen if name in meaning]
        seen |= used
    return False


@each_room
def test_a_decision_names_only_the_nouns_of_another_room(room: Path) -> None:
    neighbours = {other.name for other in rooms()} - {room.name}
    verbs = []
    for path in (file for name in ("rules", "contracts", "events") for file in part(room, name)):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and _is_door(node.module, neighbours):
                verbs += [place(path, node) for item in node.names if not _is_noun(item.name)]
            elif isinstance(node, ast.Attribute) and not _is_noun(node.attr):
                owner = node.value
                if isinstance(owner, ast.Name) and owner.id in neighbours:
                    verbs.append(place(path, node))
    assert verbs == []


def _is_door(module: str | None, neighbours: set[str]) -> bool:
    return module is not None and module.removeprefix("xiaoer.modules.") in neighbours


def _is_noun(name: str) -> bool:
    return name[:1].isupper() or name in ("contracts", "events", "errors")


@each_room
def test_a_room_asks_its_ctx_for_time_and_chance(room: Path) -> None:
    ambient = {"now", "utcnow", "today", "monotonic", "uuid1", "uuid4", "uuid7", "urandom"}
    sources = {"datetime", "date", "time", "random", "secrets", "uuid", "os"}
    found = [
        place(path, node)
        for path in sorted(room.rglob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in sources
        and (node.func.attr in ambient or node.func.value.id in ("random", "secrets"))
        and node.func.attr != "compare_digest"
    ]
    assert found == []


def test_there_are_rooms_to_look_at() -> None:
    assert len(rooms()) >= 10, f"{[room.name for room in rooms()]} in {ROOMS}"
