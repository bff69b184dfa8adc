"""What can go wrong with a customer."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadIdentity(Problem):
    """A phone number, e-mail address or number that cannot be one."""

    code = "bad_identity"
    status = 422
    zh = "“{value}”不是有效的{kind}。"
    en = "“{value}” is not a valid {kind}."


class NoIdentity(Problem):
    """A customer who could never be found again."""

    code = "no_identity"
    status = 422
    zh = "客户至少要有会员号、手机号、邮箱或外部编号中的一项。"
    en = "A customer needs a member number, phone, e-mail or external number."


class IdentityTaken(Problem):
    """The identity belongs to another customer; a person decides whether they are one."""

    code = "identity_taken"
    status = 409
    zh = "这个{kind}已属于另一位客户。确认是同一个人后，可以合并。"
    en = "This {kind} belongs to another customer. Merge them if they are one person."


class TwoKnownCustomers(Problem):
    """Both records carry a known id, and the ids differ: they are two people."""

    code = "two_known_customers"
    status = 409
    zh = "两位客户的{kind}不同，是两个人，不能合并。"
    en = "The two customers have different values of {kind}: they are two people."


class MergeSettled(Problem):
    """The merge was undone before, or a later merge stands on it."""

    code = "merge_settled"
    status = 409
    zh = "这次合并已撤销，或之后又有合并，请先撤销后来的合并。"
    en = "This merge was undone before, or a later one stands on it. Undo the later one first."


class BalanceTooSmall(Problem):
    """A gift card holds less than is to be paid from it, or is gone."""

    code = "balance_too_small"
    status = 409
    zh = "礼品卡 {method} 余额不足。"
    en = "The balance of {method} is too small."
