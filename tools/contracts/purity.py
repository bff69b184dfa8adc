"""Keeps decisions pure: what they import, and what that imports, touches no outside world."""

from collections import deque
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields

from tools.contracts.graph import Chain, edges_of, inside, print_chains, room_of, verdict


class Purity(Contract):
    """Forbid every import chain from the `pure` modules to one of `never`.

    A chain ends at the door of another room: a pure module may name the nouns of a lower room.
    That it names nothing but nouns there is checked by tests/architecture, which can tell the
    names apart.
    """

    type_name = "purity"

    rooms = fields.StringField()
    pure = fields.SetField(subfield=fields.StringField())
    never = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Walk from each pure module and keep the shortest chain to each forbidden place."""
        edges = edges_of(graph)
        places = cast(set[str], self.pure)
        starts = [name for name in edges if inside(name, places)]
        return verdict([chain for start in starts for chain in self._leaks(start, edges)])

    def _leaks(self, start: str, edges: dict[str, set[str]]) -> list[Chain]:
        never, rooms = cast(set[str], self.never), cast(str, self.rooms)
        home = room_of(start, rooms)
        seen, leaks = {start}, []
        ahead: deque[Chain] = deque([(start,)])
        while ahead:
            chain = ahead.popleft()
            for imported in sorted(edges[chain[-1]] - seen):
                seen.add(imported)
                room = room_of(imported, rooms)
                if inside(imported, never):
                    leaks.append((*chain, imported))
                elif imported != room or room == home:
                    ahead.append((*chain, imported))
        return leaks

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each chain from a decision to the world."""
        print_chains(check, "Let the service load and save; hand the decision frozen values.")
