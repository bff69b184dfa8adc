"""What the customer is asked to say yes to, in two languages: the exact change, and the money."""

from __future__ import annotations

from xiaoer.kit.money import Money
from xiaoer.modules.aftersales.contracts import Effects, Facts, Verb, Wish
from xiaoer.modules.aftersales.rules import checks
from xiaoer.modules.aftersales.rules.effects import line_of
from xiaoer.modules.aftersales.rules.policy import REFUND_DAYS

_REASONS = {"no longer needed": "不再需要", "ordered by mistake": "误下单"}


def summary(wish: Wish, facts: Facts, found: Effects) -> tuple[str, str]:
    """The question to the customer, in Chinese and in English."""
    zh, en = _deed(wish, found)
    money_zh, money_en = _money(wish, facts, found)
    return f"{zh}{money_zh}请确认是否办理。", f"{en}{money_en} Shall I do this?"


def outcome(wish: Wish, facts: Facts, found: Effects) -> tuple[str, str]:
    """What was done."""
    zh, en = _deed(wish, found)
    money_zh, money_en = _money(wish, facts, found)
    return f"已为您办理：{zh}{money_zh}", f"Done: {en}{money_en}"


def _deed(wish: Wish, found: Effects) -> tuple[str, str]:
    order, line = wish.order, line_of(wish.address)
    match wish.verb:
        case Verb.CANCEL:
            reason = _REASONS.get(wish.reason, wish.reason)
            return (f"取消订单 {order}（{reason}）。", f"Cancel order {order} ({wish.reason}).")
        case Verb.READDRESS:
            return f"订单 {order} 改寄到：{line}。", f"Send order {order} to {line} instead."
        case Verb.MOVE_HOME:
            return f"默认地址改为：{line}。", f"Change your default address to {line}."
        case Verb.REPAY:
            return (f"订单 {order} 改用 {wish.method} 付款。",
                    f"Pay order {order} with {wish.method} instead.")  # fmt: skip
        case Verb.RETURN:
            items = _items(found)
            return f"退回订单 {order} 的：{items}。", f"Return from order {order}: {items}."
        case Verb.EXCHANGE:
            items = _items(found)
            return f"换货，订单 {order}：{items}。", f"Exchange in order {order}: {items}."
        case Verb.CHANGE_ITEMS:
            items = _items(found)
            return (f"修改订单 {order}：{items}。之后这张订单不能再修改或取消。",
                    f"Change order {order}: {items}. It cannot be modified or cancelled "
                    "afterwards.")  # fmt: skip
        case _:
            raise AssertionError("the deeds of the shop have words of their own")


def _items(found: Effects) -> str:
    swaps = found.change.swaps if found.change else ()
    return "; ".join(
        f"{one.old.title} {one.old.variant}".rstrip() + (f" → {one.new.variant}" if one.new else "")
        for one in swaps
    )


def _money(wish: Wish, facts: Facts, found: Effects) -> tuple[str, str]:
    amount = found.amount
    if amount is None:
        return "", ""
    if wish.verb is Verb.REPAY:
        return _refunded(facts, amount, facts.order.payments[0].method if facts.order else "")
    if wish.verb is Verb.CANCEL:
        payments = found.change.payments if found.change else ()
        told = [_refunded(facts, one.amount, one.method) for one in payments]
        return "".join(zh for zh, _ in told), "".join(en for _, en in told)
    if wish.verb is Verb.RETURN:
        return _refunded(facts, amount, wish.method)
    if amount.minor > 0:
        return (f"差价 {amount} 用 {wish.method} 支付。",
                f" You pay the difference of {amount} with {wish.method}.")  # fmt: skip
    return _refunded(facts, Money(-amount.minor, amount.currency), wish.method)


def _refunded(facts: Facts, amount: Money, method: str) -> tuple[str, str]:
    if amount.minor == 0:
        return "没有差价。", " There is no price difference."
    if checks.is_gift_card(facts, method):
        return f"{amount} 退到 {method}。", f" {amount} goes back to {method}."
    return (f"{amount} 在 {REFUND_DAYS} 个工作日内退到 {method}。",
            f" {amount} goes back to {method} in {REFUND_DAYS} business days.")  # fmt: skip
