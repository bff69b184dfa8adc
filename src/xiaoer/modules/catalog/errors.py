"""What can go wrong with the catalogue."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadCatalogue(Problem):
    """A thing of a load that contradicts itself; ``thing`` says which."""

    code = "bad_catalogue"
    status = 422
    zh = "“{thing}”有误：{reason}"
    en = "“{thing}” is wrong: {reason}"
