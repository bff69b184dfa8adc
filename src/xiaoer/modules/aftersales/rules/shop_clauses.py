"""A clause of the shop's policy, and those that hold before an order is shipped or for any deed."""

from __future__ import annotations

from dataclasses import dataclass

from xiaoer.modules.aftersales.contracts import Facts, Refused, Wish
from xiaoer.modules.aftersales.rules import shop_checks as checks
from xiaoer.modules.aftersales.rules import shop_facts as seen
from xiaoer.modules.aftersales.rules.shop_published import CLAUSES
from xiaoer.modules.aftersales.rules.shop_spoken import spoken


@dataclass(frozen=True, slots=True)
class ShopClause:
    """One clause: its published number, the code and the words of its refusal, the check.

    The words may name anything of ``shop_spoken.WORDS`` and any number of the terms.
    ``to_person``: only a person can go on from here.
    """

    number: str
    code: str
    holds: checks.Check
    says_zh: str
    says_en: str
    to_person: bool = False

    @property
    def zh(self) -> str:
        """The published sentence in Chinese, its numbers left open."""
        return CLAUSES[self.number][0]

    @property
    def en(self) -> str:
        """The published sentence in English, its numbers left open."""
        return CLAUSES[self.number][1]

    def refusal(self, wish: Wish, facts: Facts) -> Refused:
        """Why not, with the real numbers."""
        return Refused(
            self.code, spoken(self.says_zh, wish, facts, zh=True),
            spoken(self.says_en, wish, facts, zh=False), self.number, self.to_person,
        )  # fmt: skip


C = ShopClause



def bought(number: str) -> ShopClause:
    """The clause that items are those of the order, under the number that a deed has it."""
    return C(
        number, "item_not_in_order", checks.bought,
        "订单 {order} 里没有这些商品，或件数超过购买的件数。请告诉我是订单里的哪几件。",
        "Those items are not in order {order}, or not as many of them. Which items of it do you "
        "mean?",
    )  # fmt: skip


# For several deeds ---------------------------------------------------------------------------
MOVING = C(
    "3.4", "parcel_stalled", checks.is_moving,
    "订单 {order} 的包裹 {parcel} 从 {stalled_since} 起超过 {stalled_days} 天没有新的物流记录，需要人工查件，"
    "我为您转接人工。",
    "Parcel {parcel} of order {order} has had no news since {stalled_since}, more than "
    "{stalled_days} days. A person has to trace it; I will hand you over.",
    to_person=True,
)  # fmt: skip
STILL_PAID = C(
    "2.5", "more_than_paid", checks.is_still_paid,
    "订单 {order} 还能退的金额只有 {still_paid}，不能再退 {amount}。",
    "Only {still_paid} of order {order} is still paid, so {amount} cannot go back.",
)
ARRIVES = C(
    "9.1", "no_balance_account", checks.refund_can_arrive,
    "订单 {order} 是用余额支付的，但您的账户没有可用的余额账户，退款需要人工处理。",
    "Order {order} was paid from a balance that your account does not have any more; a person has "
    "to refund it.", to_person=True,
)  # fmt: skip
ONCE = C(
    "2.10", "already_asked", checks.asked_once,
    "订单 {order} 已经申请过退货或换货，每个订单只能申请一次。",
    "A return or an exchange was asked for order {order} before; each order allows it once.",
)

# 4 Urging dispatch ---------------------------------------------------------------------------
URGE_PENDING = C(
    "4.1", "order_not_pending", checks.status_in(*checks.TO_SHIP),
    "订单 {order} 现在是“{status}”，只有待发货的订单可以催发货。",
    "Order {order} is {status}; dispatch can only be urged before it is shipped.",
)
URGE_EXPRESS = C(
    "4.1", "order_is_pickup", checks.is_express,
    "订单 {order} 是到店自提订单，没有发货可催。",
    "Order {order} is picked up at a store; there is no dispatch to urge.",
)
URGE_PRESALE = C(
    "4.3", "presale_not_due", checks.promise_is_due,
    "订单 {order} 是预售订单，承诺 {ship_by} 前发货，在那之前不能催。",
    "Order {order} is a presale that is promised to leave by {ship_by}; it cannot be urged before.",
)
URGE_LATER = C(
    "4.2", "too_early_to_urge", checks.paid_long_enough,
    "订单 {order} 是 {paid_at} 付款的，付款满 {urge_after_hours} 小时才能催，{urge_from} 以后可以再来催。",
    "Order {order} was paid on {paid_at}. It can be urged {urge_after_hours} hours after that, from "
    "{urge_from} on.",
)
URGE_AGAIN = C(
    "4.4", "urged_before", checks.urged_long_ago,
    "订单 {order} 在 {urged_at} 已经催过，满 {urge_again_hours} 小时才能再催，{urge_again} 以后可以再来催。",
    "Order {order} was urged on {urged_at}. It can be urged again after {urge_again_hours} hours, "
    "from {urge_again} on.",
)

# 5 Another address ---------------------------------------------------------------------------
ADDRESS_PICKUP = C(
    "5.5", "order_is_pickup", checks.is_express,
    "订单 {order} 是到店自提订单，没有收货地址可以改。",
    "Order {order} is picked up at a store and has no delivery address to change.",
)
ADDRESS_PENDING = C(
    "5.1", "order_not_pending", checks.status_in(checks.Status.PAID),
    "订单 {order} 现在是“{status}”，只有待发货的订单可以改地址。",
    "Order {order} is {status}; the address can only be changed before it is shipped.",
)
ADDRESS_ONCE = C(
    "5.2", "address_changed_before", checks.address_changes_left,
    "订单 {order} 的地址已经改过，每个订单只能改 {address_changes} 次。",
    "The address of order {order} was changed before; it can be changed {address_changes} time(s).",
)
ADDRESS_MAINLAND = C(
    "5.3", "not_in_mainland", checks.in_mainland,
    "只能改到中国内地的地址，香港、澳门、台湾和海外地址不能改。可以换一个内地地址。",
    "Only addresses in mainland China are possible. You can give me another one there.",
)
ADDRESS_WHOLE = C(
    "5.4", "address_incomplete", checks.address_whole,
    "新地址要有省、市、区县和详细地址，直辖市的省和市写同一个名称，请补充完整。",
    "A new address needs province, city, district and street; a municipality's province and city "
    "have one name. Please complete it.",
)
ADDRESS_PHONE = C(
    "5.4", "phone_wrong", checks.phone_fits,
    "新的手机号必须是 1 开头的 11 位数字，请核对。",
    "A new phone number must be 11 digits that begin with 1. Please check it.",
)

# 6 Cancelling --------------------------------------------------------------------------------
CANCEL_STATUS = C(
    "6.1", "order_not_pending",
    checks.status_in(checks.Status.PAID, checks.Status.READY_FOR_PICKUP),
    "订单 {order} 现在是“{status}”，只有待发货或待自提的订单可以取消。",
    "Order {order} is {status}; only an order that waits for dispatch or pickup can be cancelled.",
)
CANCEL_REASON = C(
    "6.3", "reason_not_accepted", checks.reason_fits,
    "请告诉我取消的理由：不想要了、拍错了、发货太慢，还是别处更便宜。",
    "Please tell me why: no longer needed, ordered by mistake, too slow, or cheaper elsewhere.",
)

# 10 Price protection -------------------------------------------------------------------------
PROTECT_STATUS = C(
    "10.1", "order_not_protected", checks.status_in(*checks.PROTECTED),
    "订单 {order} 现在是“{status}”，不能申请价格保护。",
    "Order {order} is {status}; its prices are not protected.",
)
PROTECT_DAYS = C(
    "10.1", "too_late_to_protect", checks.paid_within,
    "订单 {order} 是 {paid_at} 付款的，已经 {paid_days} 天，价格保护要在付款后 {protect_days} 天内申请。",
    "Order {order} was paid on {paid_at}, {paid_days} days ago; prices are protected for "
    "{protect_days} days.",
)
PROTECT_ONCE = C(
    "10.4", "protected_before", checks.unprotected,
    "这件商品已经补过一次差价，每件只补 1 次。",
    "The difference was paid for that piece before; each piece once.",
)
PROTECT_REFUNDED = C(
    "2.5", "piece_refunded", checks.unrefunded,
    "这件商品已经按少件或破损退过款，没有差价可补。",
    "That piece was paid back when its loss was reported; there is no difference to pay.",
)
PROTECT_FALLEN = C(
    "10.2", "price_not_lower", checks.fallen,
    "没有降价的不补：{prices}。",
    "The price has not fallen: {prices}.",
)
PROTECT_FLASH = C(
    "10.3", "flash_price", checks.no_flash,
    "现在的价格是限时秒杀价，不保价。",
    "The present price is a flash sale, which is not protected.",
)
PROTECT_LIMIT = C(
    "10.6", "over_protect_limit",
    checks.within(lambda facts: facts.terms.protect_limit, seen.amount),
    "差价合计 {amount}，超过 {protect_limit} 元的需要人工办理，我为您转接人工。",
    "The difference is {amount}; above {protect_limit} yuan a person settles it. I will hand you "
    "over.", to_person=True,
)  # fmt: skip

# 14 Pickup instead ---------------------------------------------------------------------------
PICKUP_PENDING = C(
    "14.1", "order_not_pending", checks.status_in(checks.Status.PAID),
    "订单 {order} 现在是“{status}”，只有待发货的订单可以改成到店自提。",
    "Order {order} is {status}; only an order that waits for dispatch can become a pickup.",
)
PICKUP_EXPRESS = C(
    "14.1", "order_is_pickup", checks.is_express,
    "订单 {order} 已经是到店自提订单。",
    "Order {order} is a pickup already.",
)
PICKUP_PRESALE = C(
    "14.1", "order_is_presale", checks.is_no_presale,
    "订单 {order} 是预售订单，不能改成到店自提。",
    "Order {order} is a presale and cannot become a pickup.",
)
PICKUP_BULKY = C(
    "14.3", "not_for_pickup", checks.can_be_collected,
    "订单里的 {bulky} 是大件，不支持自提。",
    "{bulky} in this order cannot be picked up.",
)
PICKUP_STORE = C(
    "14.2", "store_without_pickup", checks.store_known,
    "{store} 不提供自提服务。收货地址所在城市可以自提的门店：{stores}。",
    "{store} does not offer pickup. Stores of your city that do: {stores}.",
)
PICKUP_CITY = C(
    "14.2", "store_in_other_city", checks.same_city,
    "门店必须和收货地址在同一个城市，{store} 不在{city}。可以自提的门店：{stores}。",
    "The store must be in the city of the address; {store} is not in {city}. Possible: {stores}.",
)
