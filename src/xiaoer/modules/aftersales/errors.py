"""What can go wrong with the policy itself; a refusal is a value."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadTerms(Problem):
    """A number of the policy that cannot hold; ``field`` says which, ``most`` the largest."""

    code = "bad_terms"
    status = 422
    zh = "“{field}”必须是 0 到 {most} 的整数。"
    en = "“{field}” must be a whole number from 0 to {most}."
