"""Questions that several contracts ask the import graph, and one way to print the answers."""

from collections.abc import Iterable, Sequence
from typing import cast

from grimp import ImportGraph
from importlinter import ContractCheck, output

Chain = tuple[str, ...]


def matches(module: str, place: str) -> bool:
    """Say whether a module is the place or lies inside it; `*` stands for one name."""
    names, wanted = module.split("."), place.split(".")
    if len(names) < len(wanted):
        return False
    return all(want in ("*", name) for want, name in zip(wanted, names, strict=False))


def inside(module: str, places: Iterable[str]) -> bool:
    """Say whether a module lies in one of the places."""
    return any(matches(module, place) for place in places)


def room_of(module: str, rooms: str) -> str | None:
    """Give the room (`xiaoer.modules.desk`) that a module belongs to, if it is in one."""
    if not module.startswith(f"{rooms}."):
        return None
    return ".".join(module.split(".")[: rooms.count(".") + 2])


def verdict(chains: Sequence[Chain]) -> ContractCheck:
    """Turn forbidden import chains into the result that import-linter expects."""
    return ContractCheck(kept=not chains, metadata={"chains": sorted(chains)})


def print_chains(graph_check: ContractCheck, sentence: str) -> None:
    """Print each forbidden chain on its own lines, in a stable order."""
    for chain in cast(list[Chain], graph_check.metadata["chains"]):
        output.print_error(f"- {' -> '.join(chain)}", bold=False)
    output.new_line()
    output.print(sentence)
    output.new_line()


def edges_of(graph: ImportGraph) -> dict[str, set[str]]:
    """Give every module with the modules that it imports directly."""
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
