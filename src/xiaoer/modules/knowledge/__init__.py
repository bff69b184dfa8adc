"""What the house knows: entries, their phrasings, and the search over them."""

from xiaoer.modules.knowledge import contracts, errors, events
from xiaoer.modules.knowledge.rules import library, ranking
from xiaoer.modules.knowledge.service import deepening, gaps, replaying
from xiaoer.modules.knowledge.service.editing import (
    add,
    change,
    get,
    page,
    publish,
    retire,
    roll_back,
    take_in,
    versions,
)
from xiaoer.modules.knowledge.service.labelling import hear_shopper
from xiaoer.modules.knowledge.service.searching import (
    adopt,
    gather,
    learn,
    refresh,
    search,
    sketch,
    texts_of,
)

__all__ = [
    "add",
    "adopt",
    "change",
    "contracts",
    "deepening",
    "errors",
    "events",
    "gaps",
    "gather",
    "get",
    "hear_shopper",
    "learn",
    "library",
    "page",
    "publish",
    "ranking",
    "refresh",
    "replaying",
    "retire",
    "roll_back",
    "search",
    "sketch",
    "take_in",
    "texts_of",
    "versions",
]
