"""Keeps a room private: everybody else enters by its package, never by a file inside it."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields

from tools.contracts.graph import edges_of, inside, print_chains, room_of, verdict


class FrontDoor(Contract):
    """Forbid imports of a room's files from outside that room.

    `rooms` is the package that holds the rooms. The modules named in `side_doors` (such as
    `http`) may also be entered, by those who lie in `side_door_keys` and by nobody else.
    """

    type_name = "front_door"

    rooms = fields.StringField()
    side_doors = fields.SetField(subfield=fields.StringField())
    side_door_keys = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import; a chain needs no look, since each of its links gets one."""
        return verdict(
            [
                (importer, imported)
                for importer, imports in edges_of(graph).items()
                for imported in imports
                if self._breaks_in(importer, imported)
            ]
        )

    def _breaks_in(self, importer: str, imported: str) -> bool:
        rooms = cast(str, self.rooms)
        room = room_of(imported, rooms)
        if room is None or imported == room or room_of(importer, rooms) == room:
            return False
        side_doors = {f"{room}.{name}" for name in cast(set[str], self.side_doors)}
        has_key = inside(importer, cast(set[str], self.side_door_keys))
        return not (has_key and inside(imported, side_doors))

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that goes through a wall."""
        print_chains(check, "Import the room and call its verbs: `from …modules import desk`.")
