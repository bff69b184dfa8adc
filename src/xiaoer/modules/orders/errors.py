"""What can go wrong with an order."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class NotAmendable(Problem):
    """The order's status does not allow the change."""

    code = "order_not_amendable"
    status = 409
    zh = "订单 {number} 现在的状态（{state}）不能这样改。"
    en = "Order {number} is {state} and cannot be changed like this any more."


class BadOrder(Problem):
    """An order that contradicts itself; ``number`` says which."""

    code = "bad_order"
    status = 422
    zh = "订单 {number} 有误：{reason}"
    en = "Order {number} is wrong: {reason}"
