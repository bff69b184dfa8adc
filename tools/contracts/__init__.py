"""Import contracts that the built-in types of import-linter cannot say.

`lint-imports` puts the folder it is started in on the import path, so that `.importlinter` can
name these classes when it is run from the root of the repository.
"""

from tools.contracts.front_door import FrontDoor
from tools.contracts.no_cycles import NoCycles
from tools.contracts.places import Places
from tools.contracts.purity import Purity

__all__ = ["FrontDoor", "NoCycles", "Places", "Purity"]
