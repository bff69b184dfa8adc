"""Keeps every third-party package where it belongs, also the one that joins tomorrow."""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields

from tools.contracts.graph import edges_of, inside, print_chains, verdict


class PlaceField(fields.Field[tuple[set[str], set[str]]]):
    """Reads `fastapi starlette -> xiaoer.edge xiaoer.modules.*.http`."""

    def parse(self, raw_data: str | list[str]) -> tuple[set[str], set[str]]:
        """Split a line at its arrow; both sides are lists separated by blanks."""
        packages, arrow, places = str(raw_data).partition("->")
        if not arrow or not packages.strip() or not places.strip():
            raise fields.ValidationError(f"'{raw_data}' is not 'packages -> places'.")
        return set(packages.split()), set(places.split())


class Places(Contract):
    """Allow each package only in its places; one that no line names only in `vendors`."""

    type_name = "places"

    places = fields.ListField(subfield=PlaceField())
    vendors = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import of a package that is neither ours nor Python's own."""
        ours = set(cast(list[str], self.session_options["root_packages"]))
        known = ours | sys.stdlib_module_names
        return verdict(
            [
                (importer, package)
                for importer, imports in edges_of(graph).items()
                for package in imports
                if package.split(".")[0] not in known and not inside(importer, self._home(package))
            ]
        )

    def _home(self, package: str) -> set[str]:
        for packages, places in cast(list[tuple[set[str], set[str]]], self.places):
            if package in packages:
                return places
        return {cast(str, self.vendors)}

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each package that left its place."""
        print_chains(check, "Ask for it through a port, or name its place in .importlinter.")
