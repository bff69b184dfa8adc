"""The real numbers that a sentence to the customer names, worked out only when it names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from xiaoer.kit.cells import HOME
from xiaoer.modules import orders
from xiaoer.modules.aftersales.contracts import Facts, Wish
from xiaoer.modules.aftersales.rules import shop_checks as checks
from xiaoer.modules.aftersales.rules import shop_facts as seen
from xiaoer.modules.aftersales.rules.checks import net_paid

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = {"balance": ("即时到账", "at once"), "gift_card": ("即时到账", "at once")}
_FAST = ("1 至 3 个工作日到账", "within 1 to 3 working days")
_SLOW = ("3 至 7 个工作日到账", "within 3 to 7 working days")
_METHODS = {
    "wechat": ("微信", "WeChat"), "alipay": ("支付宝", "Alipay"), "balance": ("账户余额", "balance"),
    "card": ("银行卡", "bank card"), "credit_card": ("信用卡", "credit card"),
    "gift_card": ("礼品卡", "gift card"), "bank_card": ("银行卡", "bank card"),
    "ecny": ("数字人民币", "e-CNY"),
}  # fmt: skip
REASONS = {
    "no_longer_needed": ("不想要了", "no longer needed"),
    "ordered_by_mistake": ("拍错了", "ordered by mistake"),
    "too_slow": ("发货太慢", "too slow"), "cheaper_elsewhere": ("别处更便宜", "cheaper elsewhere"),
    "wrong_size": ("尺码或大小不合适", "wrong size"), "quality": ("质量问题", "quality"),
    "not_as_described": ("与描述不符", "not as described"), "wrong_item": ("发错了", "wrong item"),
    "other_style": ("想换其他规格", "another style"),
}  # fmt: skip


_Status = orders.contracts.Status
STATUSES: Mapping[str, tuple[str, str]] = {
    _Status.UNPAID: ("待付款", "waiting for payment"),
    _Status.PAID: ("待发货", "waiting for dispatch"),
    _Status.PACKING: ("备货中", "being packed"),
    _Status.SHIPPED: ("已发货", "on its way"),
    _Status.READY_FOR_PICKUP: ("待自提", "waiting for pickup"),
    _Status.DELIVERED: ("已签收", "delivered"),
    _Status.COMPLETED: ("已完成", "completed"),
    _Status.CANCELLED: ("已取消", "cancelled"),
    _Status.RETURNING: ("退货中", "being returned"),
    _Status.EXCHANGING: ("换货中", "being exchanged"),
    _Status.REFUNDED: ("已退款", "refunded"),
}
"""The words of the policy for an order's status."""


def day(at: datetime | None, zh: bool) -> str:
    """A date of Shanghai."""
    if at is None:
        return "—"
    local = at.astimezone(HOME)
    if zh:
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def moment(at: datetime | None, zh: bool) -> str:
    """A time of Shanghai."""
    return f"{day(at, zh)} {at.astimezone(HOME):%H:%M}" if at else "—"


def named(pieces: Iterable[orders.contracts.Piece], zh: bool) -> str:
    """Pieces by title and options."""
    texts = [f"{one.item.title} {one.item.variant}".rstrip() for one in pieces]
    return ("、" if zh else ", ").join(texts)


def way_of(facts: Facts, method: str, zh: bool) -> str:
    """A payment method in words."""
    kind = facts.wallet[method].kind if method in facts.wallet else method
    return _METHODS.get(kind, (method, method))[0 if zh else 1]


def arrival(facts: Facts, method: str, zh: bool) -> str:
    """How long a refund takes to a payment method."""
    kind = facts.wallet[method].kind if method in facts.wallet else method
    slow = _FAST if kind in ("wechat", "alipay") else _SLOW
    return _DAYS.get(kind, slow)[0 if zh else 1]


def original(facts: Facts) -> str:
    """How the order was paid."""
    paid = seen.order(facts).payments
    return next(iter(net_paid(seen.order(facts))), paid[0].method if paid else "")


Spoken = Callable[[Wish, Facts, bool], Any]


def _window_end(wish: Wish, facts: Facts, zh: bool, days: int) -> str:
    signed = seen.order(facts).signed_at
    return day(signed + timedelta(days=days), zh) if signed else "—"


def _stalled(wish: Wish, facts: Facts, zh: bool) -> str:
    parcel = seen.stalled(seen.order(facts), facts)
    return f"{parcel.carrier} {parcel.number}".strip() if parcel else "—"


def _stalled_since(wish: Wish, facts: Facts, zh: bool) -> str:
    parcel = seen.stalled(seen.order(facts), facts)
    news = (parcel.last_event.at if parcel.last_event else parcel.shipped_at) if parcel else None
    return moment(news, zh)


def _signed_days(wish: Wish, facts: Facts, zh: bool) -> int:
    signed = seen.order(facts).signed_at
    return seen.days_since(facts, signed) if signed else 0


def _mailed(wish: Wish, facts: Facts, zh: bool) -> str:
    found = seen.order(facts).returned
    return day(found.mailed_at if found else None, zh)


def _store(wish: Wish, facts: Facts, zh: bool) -> str:
    found = facts.stores.get(wish.details.get("store_id", ""))
    return f"{found.name}（{found.city}）" if found else wish.details.get("store_id", "")


def _stores(wish: Wish, facts: Facts, zh: bool) -> str:
    city = checks.tidy({"city": str(seen.order(facts).address.get("city", ""))}).get("city", "")
    here = [one for one in facts.stores.values()
            if one.pickup and checks.tidy({"city": one.city}).get("city") == city]  # fmt: skip
    texts = ("、" if zh else ", ").join(f"{one.name} {one.code}" for one in here)
    return texts or ("无" if zh else "none")


def _stock(wish: Wish, facts: Facts, zh: bool) -> str:
    """The variants of the products that could be had instead."""
    found = {v.label or v.sku: v.available for piece in seen.meant(wish, facts)
             for v in getattr(seen.product_of(facts, piece), "variants", ())
             if v.sku != piece.item.sku}  # fmt: skip
    texts = ("、" if zh else ", ").join(label for label, available in found.items() if available)
    return texts or ("无" if zh else "none")


def _labels(wish: Wish, facts: Facts, zh: bool) -> str:
    found = []
    for piece, new in seen.pairs(wish, facts):
        sku = new or piece.item.sku
        variant = seen.variant_of(facts, piece, sku)
        if variant is None or not variant.available:
            found.append(f"{piece.item.title} {variant.label if variant else sku}")
    return ("、" if zh else ", ").join(found)


def _urged(facts: Facts) -> datetime | None:
    found = seen.order(facts).changed(checks.Kind.URGED)
    return found[-1].at if found else None


def _urge_again(wish: Wish, facts: Facts, zh: bool) -> str:
    last = _urged(facts)
    return moment(last + timedelta(hours=facts.terms.urge_again_hours) if last else None, zh)


def _prices(wish: Wish, facts: Facts, zh: bool) -> str:
    texts = []
    for one in seen.steady(wish, facts):
        now = seen.present(facts, one)
        price = str(now.price) if now else "—"
        label = named([one], zh)
        texts.append(f"{label}（实付 {one.paid}，现价 {price}）" if zh
                     else f"{label} (paid {one.paid}, now {price})")  # fmt: skip
    return ("、" if zh else ", ").join(texts)


def _status(wish: Wish, facts: Facts, zh: bool) -> str:
    status = seen.order(facts).status
    return STATUSES.get(status, (status, status))[0 if zh else 1]


WORDS: Mapping[str, Spoken] = {
    "order": lambda wish, facts, zh: wish.order,
    "status": _status,
    "paid_at": lambda wish, facts, zh: moment(seen.order(facts).paid_at, zh),
    "paid_days": lambda wish, facts, zh: seen.days_since(facts, seen.order(facts).paid_at),
    "urge_from": lambda wish, facts, zh: moment(
        seen.order(facts).paid_at + timedelta(hours=facts.terms.urge_after_hours), zh),
    "ship_by": lambda wish, facts, zh: moment(seen.order(facts).ship_by, zh),
    "urged_at": lambda wish, facts, zh: moment(_urged(facts), zh),
    "urge_again": _urge_again,
    "signed_at": lambda wish, facts, zh: day(seen.order(facts).signed_at, zh),
    "signed_days": _signed_days,
    "return_window": lambda wish, facts, zh: seen.return_days(wish, facts),
    "return_end": lambda wish, facts, zh: _window_end(
        wish, facts, zh, seen.return_days(wish, facts)),
    "report_window": lambda wish, facts, zh: seen.report_days(wish, facts),
    "exchange_end": lambda wish, facts, zh: _window_end(wish, facts, zh, facts.terms.exchange_days),
    "report_end": lambda wish, facts, zh: _window_end(
        wish, facts, zh, seen.report_days(wish, facts)),
    "invoice_end": lambda wish, facts, zh: _window_end(wish, facts, zh, facts.terms.invoice_days),
    "reason": lambda wish, facts, zh: REASONS.get(wish.reason, (wish.reason,) * 2)[not zh],
    "faults_only": lambda wish, facts, zh: named(seen.faults_only(wish, facts), zh),
    "amount": lambda wish, facts, zh: seen.amount(wish, facts),
    "reported_worth": lambda wish, facts, zh: seen.reported_worth(wish, facts),
    "still_paid": lambda wish, facts, zh: seen.still_paid(facts),
    "parcel": _stalled, "stalled_since": _stalled_since,
    "mailed_at": _mailed, "store": _store, "stores": _stores, "stock": _stock,
    "sold_out": _labels, "prices": _prices,
    "bulky": lambda wish, facts, zh: named(seen.bulky(wish, facts), zh),
    "name": lambda wish, facts, zh: facts.customer.name,
    "city": lambda wish, facts, zh: seen.order(facts).address.get("city", "—"),
}  # fmt: skip


class _Sentence(dict[str, Any]):
    """The words of a sentence, looked up by ``str.format_map`` one by one."""

    def __init__(self, wish: Wish, facts: Facts, zh: bool) -> None:
        super().__init__(limits(facts))
        self._given = (wish, facts, zh)

    def __missing__(self, name: str) -> Any:
        return WORDS[name](*self._given)


def limits(facts: Facts) -> dict[str, Any]:
    """The numbers of the terms; amounts in yuan."""
    return {name: f"{value / 100:.2f}".removesuffix(".00") if name.endswith("_limit") else value
            for name, value in asdict(facts.terms).items()}  # fmt: skip


def spoken(template: str, wish: Wish, facts: Facts, *, zh: bool) -> str:
    """A sentence with its real numbers."""
    return template.format_map(_Sentence(wish, facts, zh))
