"""Forbids circles of imports at every height: between files, packages and their doors."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields

from tools.contracts.graph import edges_of, print_chains, verdict


class NoCycles(Contract):
    """Forbid that the children of any package below `root` import each other in a circle.

    The built-in type looks at siblings only; here the package's own `__init__` is one of the
    nodes, so that a file that imports its own door is seen as well.
    """

    type_name = "no_cycles"

    root = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Sort the children of each package by their imports, where that can be done."""
        edges = edges_of(graph)
        root = cast(str, self.root)
        packages = [root, *graph.find_descendants(root)]
        circles = []
        for package in packages:
            if not graph.find_children(package):
                continue
            try:
                TopologicalSorter(dict(_between_children(package, edges))).prepare()
            except CycleError as problem:
                circles.append(tuple(reversed(problem.args[1])))
        return verdict(circles)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name one circle a package."""
        print_chains(check, "Move what both need to a lower module, or tell a fact instead.")


def _between_children(
    package: str, edges: Mapping[str, set[str]]
) -> Iterator[tuple[str, set[str]]]:
    merged: dict[str, set[str]] = {}
    for importer, imports in edges.items():
        child = _child_of(package, importer)
        if child is None:
            continue
        found = {_child_of(package, name) for name in imports} - {None, child}
        merged.setdefault(child, set()).update(cast(set[str], found))
    yield from merged.items()


def _child_of(package: str, module: str) -> str | None:
    if module == package:
        return package
    if not module.startswith(f"{package}."):
        return None
    return ".".join(module.split(".")[: package.count(".") + 2])
