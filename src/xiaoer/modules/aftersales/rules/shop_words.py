"""What the customer is asked to say yes to, and what they are told afterwards, in two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from xiaoer.kit.money import Money
from xiaoer.modules import orders
from xiaoer.modules.aftersales.contracts import Effects, Facts, Verb, Wish
from xiaoer.modules.aftersales.rules import shop_facts as seen
from xiaoer.modules.aftersales.rules.shop_spoken import REASONS, arrival, moment, original, way_of

Change = orders.contracts.Change
Item = orders.contracts.Item
Swap = orders.contracts.Swap
Both: TypeAlias = tuple[str, str]
_KINDS = {"missing": ("少件", "missing"), "damaged": ("破损", "damaged")}
_TYPES = {"personal": ("个人", "personal"), "company": ("单位", "company")}
_PAYERS = {"buyer": ("由您承担", "you pay the way back"),
           "seller": ("由我们承担", "we pay the way back")}  # fmt: skip
AGAIN: Both = ("这件事刚才已经办好了，没有重复办理。", "That was done already; nothing was done twice.")


def summary(wish: Wish, facts: Facts, found: Effects) -> Both:
    """The question to the customer: order, items, amounts, where money goes, who pays what."""
    zh, en = _deed(wish, facts, found)
    return f"{zh}请确认是否办理。", f"{en} Shall I do this?"


def outcome(wish: Wish, facts: Facts, found: Effects) -> Both:
    """What was done, and what comes next."""
    zh, en = _deed(wish, facts, found)
    next_zh, next_en = _next(wish, facts, found)
    return f"已为您办理：{zh}{next_zh}", f"Done: {en}{next_en}"


def _deed(wish: Wish, facts: Facts, found: Effects) -> Both:
    assert found.change is not None, "every deed of the shop changes its order"
    return _DEEDS[wish.verb](wish, facts, found.change, found)


def _urge(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    return (f"催促订单 {wish.order} 尽快发货。", f"Urge the dispatch of order {wish.order}.")


def _address(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    to = change.address
    parts = [to.get(name, "") for name in ("province", "city", "district", "street")]
    if parts[0] == parts[1]:
        parts = parts[1:]
    line, who = "".join(parts), f"{to.get('receiver', '')} {to.get('phone', '')}".strip()
    return (f"订单 {wish.order} 改寄到：{line}，收件人 {who}，运费不变。",
            f"Send order {wish.order} to {line} instead, for {who}; shipping stays.")  # fmt: skip


def _cancel(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    zh, en = _back(facts, change)
    why = REASONS.get(wish.reason, (wish.reason,) * 2)
    return (f"取消整张订单 {wish.order}（{_bought(facts, 0)}），理由：{why[0]}。{zh}",
            f"Cancel the whole order {wish.order} ({_bought(facts, 1)}), reason: {why[1]}.{en}")


def _pickup(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    store = facts.stores[wish.details["store_id"]]
    zh, en = _back(facts, change)
    return (f"订单 {wish.order} 改为到 {store.name} 自提（{store.address}），之后不能改回快递。{zh}",
            f"Pick order {wish.order} up at {store.name} ({store.address}) instead; it cannot "
            f"become a delivery again.{en}")  # fmt: skip


def _protect(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    lines = [f"{_label(one.old)} {one.old.worth} → {one.new.worth}" for one in change.swaps if one.new]
    zh, en = _back(facts, change)
    return (f"订单 {wish.order} 价格保护：{'；'.join(lines)}。{zh}",
            f"Protect prices of order {wish.order}: {'; '.join(lines)}.{en}")  # fmt: skip


def _report(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    kind = _KINDS[change.details["kind"]]
    zh, en = _back(facts, change)
    if change.details["solution"] == "resend":
        zh, en = "补发同样的商品，不收费。", " The same is sent again for free."
    items = _items(change.swaps)
    return (f"登记订单 {wish.order} {kind[0]}：{items[0]}。{zh}",
            f"Report as {kind[1]} in order {wish.order}: {items[1]}.{en}")  # fmt: skip


def _freight(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    return (f"订单 {wish.order} 运费险理赔 {found.amount}，即时记入您的账户余额。",
            f"Claim {found.amount} of freight insurance for order {wish.order}, credited to your "
            "balance at once.")  # fmt: skip


def _invoice(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    told = change.details
    kind, number = _TYPES[told["type"]], told["tax_number"]
    zh = f"，税号 {number}" if number else ""
    en = f", tax number {number}" if number else ""
    return (
        f"订单 {wish.order} 开{kind[0]}电子发票：抬头 {told['title']}{zh}，金额 {found.amount}，发到 "
        f"{told['email']}。",
        f"Issue a {kind[1]} invoice for order {wish.order}: {told['title']}{en}, {found.amount}, "
        f"sent to {told['email']}.",
    )


def _return(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    payer, why = _PAYERS[change.details["shipping_by"]], REASONS[wish.reason]
    zh, en = (way_of(facts, change.method, told) for told in (True, False))
    items = _items(change.swaps)
    return (
        f"订单 {wish.order} 退货：\n{items[0]}，理由：{why[0]}。\n退款 {found.amount}，验货后退到{zh}，"
        f"{arrival(facts, change.method, True)}；寄回运费{payer[0]}。",
        f"Return from order {wish.order}:\n{items[1]}, reason: {why[1]}.\n{found.amount} goes "
        f"to {en} after the check of the goods, {arrival(facts, change.method, False)}; {payer[1]}.",
    )


def _exchange(wish: Wish, facts: Facts, change: Change, found: Effects) -> Both:
    lines = [f"{_label(one.old)} → {one.new.variant or one.new.sku}" for one in change.swaps if one.new]
    why, more = REASONS[wish.reason], found.amount or Money(0)
    zh, en = "没有差价", "no price difference"
    if more.minor > 0:
        zh, en = f"差价 {more} 由您补", f"you pay a difference of {more}"
    elif more.minor < 0:
        back = Money(-more.minor, more.currency)
        zh, en = f"差价 {back} 退给您", f"a difference of {back} goes back to you"
    if more.minor:
        zh = f"{zh}，走原支付方式（{way_of(facts, original(facts), True)}）"
        en = f"{en}, by {way_of(facts, original(facts), False)}"
    return (f"订单 {wish.order} 换货：{'；'.join(lines)}，理由：{why[0]}。{zh}。",
            f"Exchange in order {wish.order}: {'; '.join(lines)}, reason: {why[1]}; {en}.")


_DEEDS: dict[Verb, Callable[[Wish, Facts, Change, Effects], Both]] = {
    Verb.URGE: _urge, Verb.CHANGE_ADDRESS: _address, Verb.CANCEL_ORDER: _cancel,
    Verb.TO_PICKUP: _pickup, Verb.PROTECT_PRICE: _protect, Verb.REPORT: _report,
    Verb.CLAIM_FREIGHT: _freight, Verb.INVOICE: _invoice, Verb.RETURN_ITEMS: _return,
    Verb.EXCHANGE_ITEMS: _exchange,
}  # fmt: skip


def _next(wish: Wish, facts: Facts, found: Effects) -> Both:
    match wish.verb:
        case Verb.URGE:
            due = seen.order(facts).ship_by
            if due is None or facts.now > due:
                return "仓库会优先处理。", " The warehouse takes it first."
            return (f"仓库会优先处理，承诺 {moment(due, True)} 前发货。",
                    f" The warehouse takes it first; it is promised to leave by "
                    f"{moment(due, False)}.")  # fmt: skip
        case Verb.RETURN_ITEMS | Verb.EXCHANGE_ITEMS:
            return ("请寄回商品并保留运单号，收到验货后我们继续办理。",
                    " Please send the goods back and keep the parcel number; we go on once they "
                    "were checked.")  # fmt: skip
        case Verb.REPORT if wish.details["solution"] == "resend":
            return "补发的包裹寄出后会有新的运单号。", " The new parcel gets its own number."
        case _:
            return "", ""


def _back(facts: Facts, change: Change) -> Both:
    """Where refunds go and when they arrive."""
    parts = [
        (f"退款 {one.amount} 退回{way_of(facts, one.method, True)}，"
         f"{arrival(facts, one.method, True)}。",
         f" {one.amount} goes back to {way_of(facts, one.method, False)}, "
         f"{arrival(facts, one.method, False)}.")
        for one in change.payments
    ]  # fmt: skip
    return "".join(zh for zh, _ in parts), "".join(en for _, en in parts)


def _bought(facts: Facts, english: int) -> str:
    lines = [f"{_label(one)}" + (f" ×{one.quantity}" if one.quantity > 1 else "")
             for one in seen.order(facts).items]  # fmt: skip
    return (", " if english else "、").join(lines)


def _items(swaps: tuple[Swap, ...]) -> Both:
    """Pieces with what was paid for each; those that are alike are told once with their number."""
    alike = Counter((_label(one.old), str(one.old.worth)) for one in swaps)
    zh = [f"{label}（{worth}）" if n == 1 else f"{label} × {n}（每件 {worth}）"
          for (label, worth), n in alike.items()]  # fmt: skip
    en = [f"{label} ({worth})" if n == 1 else f"{label} × {n} ({worth} each)"
          for (label, worth), n in alike.items()]  # fmt: skip
    return "、".join(zh), ", ".join(en)


def _label(item: Item) -> str:
    return f"{item.title} {item.variant}".rstrip()
