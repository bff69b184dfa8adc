"""The policy, as data: for each thing that can be done, the clauses that must hold, in the order
in which they are looked at.

Every clause has its published sentence in two languages, the check that decides it, and the
refusal: a code for the log and a sentence for the customer. Source: the published retail policy
of τ-bench (Sierra Research, MIT); where its tools let something pass that its text forbids, the
text counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from xiaoer.modules.aftersales.contracts import Facts, Refused, Verb, Wish
from xiaoer.modules.aftersales.rules import checks

YES_WITHIN = timedelta(minutes=15)
"""How long a proposal waits for its yes, and a capability holds."""
REASONS = ("no longer needed", "ordered by mistake")
"""The reasons for which an order may be cancelled."""
REFUND_DAYS = "5–7"
"""Business days until a refund arrives that does not go to a gift card."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the policy. ``holds`` decides; ``refusal`` says what is told otherwise."""

    zh: str
    en: str
    holds: Callable[[Wish, Facts], bool]
    refusal: Refused


@dataclass(frozen=True, slots=True)
class Policy:
    """What must hold for one verb."""

    zh: str
    en: str
    clauses: tuple[Clause, ...]


NOT_FOUND = Refused(
    "not_found",
    "没有找到这张订单，请核对订单号；我们只能查看和办理您本人的订单。",
    "I cannot find that among your orders. Please check the number; I can only help with your own.",
)
NOT_GRANTED = Refused(
    "not_granted",
    "这项操作没有获得授权，请重新提出申请。",
    "This was not cleared for this order. Please ask for it again.",
)
UNAUTHENTICATED = Refused(
    "unauthenticated",
    "请先验证身份：告诉我您的邮箱，或姓名和邮编。",
    "Please verify who you are first: your e-mail, or your name and zip code.",
)
NOT_CONFIRMED = Refused(
    "not_confirmed",
    "还没有收到您的确认，所以什么都没有改动。",
    "You have not said yes yet, so nothing was changed.",
)
EXPIRED = Refused(
    "proposal_expired",
    "确认已超时，请让我重新核对一遍再确认。",
    "That took too long to confirm. Let me check again and ask you once more.",
)
CHANGED = Refused(
    "proposal_changed",
    "内容已经变化，请确认新的内容。",
    "The details have changed. Please confirm the new ones.",
)
SETTLED = Refused(
    "proposal_settled",
    "这项申请已经撤回或被新的申请代替，请确认最新的内容。",
    "That was withdrawn or replaced by a newer request. Please confirm the latest one.",
)
GENERAL = (NOT_FOUND, NOT_GRANTED, UNAUTHENTICATED, NOT_CONFIRMED, EXPIRED, CHANGED, SETTLED)
"""Refusals that hold for every verb."""

PENDING = Clause(
    "只有待发货的订单可以修改或取消。",
    "An order can only be modified or cancelled while it is pending.",
    checks.is_pending,
    Refused(
        "order_not_pending",
        "这张订单已经不是待发货状态，不能再修改或取消。",
        "This order is no longer pending, so it can no longer be modified or cancelled.",
    ),
)
UNMODIFIED = Clause(
    "商品只能修改一次；修改过商品的订单不能再修改或取消。",
    "Items can be modified once; after that the order can no longer be modified or cancelled.",
    checks.is_unmodified,
    Refused(
        "order_already_modified",
        "这张订单的商品已经修改过一次，不能再修改或取消。",
        "The items of this order have been modified once, so it can no longer be changed.",
    ),
)
DELIVERED = Clause(
    "只有已送达的订单可以退货或换货，且只能申请一次。",
    "Only a delivered order can be returned or exchanged, and only once.",
    checks.is_delivered,
    Refused(
        "order_not_delivered",
        "这张订单不是已送达状态（或已申请过退换货），不能退货或换货。",
        "This order is not in the delivered status (or was returned or exchanged before), so it "
        "cannot be returned or exchanged.",
    ),
)
REASON = Clause(
    "取消原因只能是“不再需要”或“误下单”。",
    "The reason must be either 'no longer needed' or 'ordered by mistake'.",
    checks.reason_in(REASONS),
    Refused(
        "reason_not_accepted",
        "只有“不再需要”或“误下单”可以作为取消原因。",
        "I can only cancel an order that is no longer needed or was ordered by mistake.",
    ),
)
ADDRESS = Clause(
    "新地址要完整：街道、城市、国家、邮编。",
    "The new address must be complete: street, city, country and zip code.",
    checks.address_complete,
    Refused(
        "address_incomplete",
        "地址不完整，请补充街道、城市、国家和邮编。",
        "The address is incomplete. Please give street, city, country and zip code.",
    ),
)
METHOD = Clause(
    "付款或退款方式必须是您账户里已有的，或这张订单付款时用的。",
    "The payment method must be one of your own profile, or the one the order was paid with.",
    checks.method_known,
    Refused(
        "payment_method_unknown",
        "您的账户里没有这个付款方式。",
        "That payment method is not in your profile.",
    ),
)
ONE_PAYMENT = Clause(
    "付款方式只能修改一次。",
    "The payment method can be modified once.",
    checks.paid_once,
    Refused(
        "payment_already_changed",
        "这张订单的付款方式已经改过，不能再改。",
        "The payment of this order has been changed before and cannot be changed again.",
    ),
)
OTHER_METHOD = Clause(
    "新的付款方式要与原来的不同。",
    "The new payment method must differ from the original one.",
    checks.method_differs,
    Refused(
        "payment_method_same",
        "新的付款方式和原来的一样。",
        "That is the payment method the order has already.",
    ),
)
CARD_COVERS_TOTAL = Clause(
    "改用礼品卡付款时，余额要够付全款。",
    "A gift card must have enough balance to cover the total amount.",
    checks.card_covers_total,
    Refused(
        "gift_card_too_small",
        "礼品卡余额不够付全款。",
        "The gift card does not hold enough for the total amount.",
    ),
)
CARD_COVERS_DIFFERENCE = Clause(
    "用礼品卡补差价时，余额要够付差价。",
    "A gift card must have enough balance to cover the price difference.",
    checks.card_covers_difference,
    Refused(
        "gift_card_too_small",
        "礼品卡余额不够付差价。",
        "The gift card does not hold enough for the price difference.",
    ),
)
SOME_ITEMS = Clause(
    "要说明是哪些商品。",
    "The items must be named.",
    checks.names_items,
    Refused("no_items", "请告诉我是哪些商品。", "Please tell me which items."),
)
OWN_ITEMS = Clause(
    "商品必须在这张订单里，数量不超过购买数量。",
    "The items must be in the order, no more of each than were bought.",
    checks.items_in_order,
    Refused(
        "item_not_in_order",
        "这张订单里没有这些商品，或数量超过购买数量。",
        "Those items are not in this order, or not as many of them.",
    ),
)
PAIRS = Clause(
    "每件商品对应一件新商品。",
    "Each item has exactly one new item.",
    checks.pairs_match,
    Refused(
        "items_do_not_match",
        "要换的商品和新商品数量不一致。",
        "The number of items and of new items differ.",
    ),
)
SAME_PRODUCT = Clause(
    "只能换同一商品的其他规格，不能换成别的商品。",
    "An item can only become another variant of the same product.",
    checks.same_product,
    Refused(
        "other_product",
        "只能换同一商品的其他规格。",
        "An item can only be changed to another variant of the same product.",
    ),
)
OTHER_OPTION = Clause(
    "新商品的规格要与原来的不同。",
    "The new item must have different options.",
    checks.different_item,
    Refused(
        "same_item",
        "新商品和原来的完全一样。",
        "The new item is the one you have already.",
    ),
)
AVAILABLE = Clause(
    "新商品必须有货。",
    "The new item must be available.",
    checks.available,
    Refused(
        "item_unavailable",
        "您要的规格目前没有货。",
        "The variant you want is not available at the moment.",
    ),
)
ORIGINAL_OR_CARD = Clause(
    "退款只能退回原付款方式，或退到已有的礼品卡。",
    "The refund must go to the original payment method or to an existing gift card.",
    checks.original_or_gift_card,
    Refused(
        "refund_method_not_allowed",
        "退款只能退回原付款方式或您已有的礼品卡。",
        "A refund can only go to the original payment method or to a gift card of yours.",
    ),
)

_SWAP = (SOME_ITEMS, PAIRS, OWN_ITEMS, SAME_PRODUCT, OTHER_OPTION, AVAILABLE, METHOD,
         CARD_COVERS_DIFFERENCE)

POLICIES: Mapping[Verb, Policy] = {
    Verb.CANCEL: Policy(
        "取消订单：全款按原付款方式退回，礼品卡即时到账，其他 5 到 7 个工作日。",
        "Cancel: the total goes back to how it was paid, to a gift card at once, else in 5 to 7 "
        "business days.",
        (PENDING, UNMODIFIED, REASON),
    ),
    Verb.READDRESS: Policy(
        "修改收货地址：待发货的订单可以。",
        "Another shipping address: while the order is pending.",
        (PENDING, UNMODIFIED, ADDRESS),
    ),
    Verb.REPAY: Policy(
        "修改付款方式：换成一种与原来不同的方式，原来的退款。",
        "Another payment method: one that differs from the original, which is refunded.",
        (PENDING, UNMODIFIED, METHOD, ONE_PAYMENT, OTHER_METHOD, CARD_COVERS_TOTAL),
    ),
    Verb.CHANGE_ITEMS: Policy(
        "修改商品：只能一次，之后订单不能再修改或取消。",
        "Other items: once, and the order can no longer be modified or cancelled afterwards.",
        (PENDING, UNMODIFIED, *_SWAP),
    ),
    Verb.RETURN: Policy(
        "退货：已送达的订单可以。",
        "Return: of a delivered order.",
        (DELIVERED, SOME_ITEMS, OWN_ITEMS, METHOD, ORIGINAL_OR_CARD),
    ),
    Verb.EXCHANGE: Policy(
        "换货：已送达的订单可以，只能一次。",
        "Exchange: of a delivered order, once.",
        (DELIVERED, *_SWAP),
    ),
    Verb.MOVE_HOME: Policy(
        "修改默认地址：本人随时可以。",
        "Another default address: your own, at any time.",
        (ADDRESS,),
    ),
}


def check(wish: Wish, facts: Facts) -> Refused | None:
    """The refusal of the first clause that does not hold, or nothing."""
    for clause in POLICIES[wish.verb].clauses:
        if not clause.holds(wish, facts):
            return clause.refusal
    return None
