"""What can go wrong with an order."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadOrder(Problem):
    """An order that contradicts itself; ``number`` says which."""

    code = "bad_order"
    status = 422
    zh = "订单 {number} 有误：{reason}"
    en = "Order {number} is wrong: {reason}"
