"""What can go wrong with the catalogue."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadCatalogue(Problem):
    """A thing of a load that contradicts itself; ``thing`` says which."""

    code = "bad_catalogue"
    status = 422
    zh = "“{thing}”有误：{reason}"
    en = "“{thing}” is wrong: {reason}"


class BadRow(Problem):
    """A row of an import that cannot be read; ``field`` is the column."""

    code = "bad_row"
    status = 422
    zh = "“{field}”一栏有误：{reason}"
    en = "Column “{field}” is wrong: {reason}"
