"""The recommendation officer: what suits a wish, in whose voice."""

from xiaoer.modules.recommender import contracts
from xiaoer.modules.recommender.rules.personas import said
from xiaoer.modules.recommender.service.personas import (
    persona_at,
    persona_history,
    personas,
    put_persona,
)
from xiaoer.modules.recommender.service.recommending import recommend

__all__ = [
    "contracts",
    "persona_at",
    "persona_history",
    "personas",
    "put_persona",
    "recommend",
    "said",
]
