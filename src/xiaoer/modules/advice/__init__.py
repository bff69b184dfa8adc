"""What a language model may be asked, and what is taken of its answer."""

from xiaoer.modules.advice import contracts
from xiaoer.modules.advice.rules.asking import to_reword, to_summarise, to_understand
from xiaoer.modules.advice.rules.hiding import hide, show
from xiaoer.modules.advice.rules.manners import dressed, may_reword
from xiaoer.modules.advice.rules.reading import read_choice, read_points, read_wording
from xiaoer.modules.advice.service import afford, spent

__all__ = [
    "afford",
    "contracts",
    "dressed",
    "hide",
    "may_reword",
    "read_choice",
    "read_points",
    "read_wording",
    "show",
    "spent",
    "to_reword",
    "to_summarise",
    "to_understand",
]
