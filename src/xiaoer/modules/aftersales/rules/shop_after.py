"""The clauses that hold once an order was signed for: sections 7, 8, 11, 12 and 13."""

from __future__ import annotations

from xiaoer.modules.aftersales.contracts import Facts
from xiaoer.modules.aftersales.rules import shop_checks as checks
from xiaoer.modules.aftersales.rules import shop_facts as seen
from xiaoer.modules.aftersales.rules.shop_clauses import ShopClause as C


def _signed(number: str) -> C:
    return C(
        number, "signing_unknown", checks.signing_known,
        "系统里没有订单 {order} 的签收时间，需要人工核实，我为您转接人工。",
        "The records do not say when order {order} was signed for; a person has to look. I will "
        "hand you over.", to_person=True,
    )  # fmt: skip


def _exchange_days(_wish: object, facts: Facts) -> int:
    return facts.terms.exchange_days


def _invoice_days(_wish: object, facts: Facts) -> int:
    return facts.terms.invoice_days


# 7 Return ------------------------------------------------------------------------------------
RETURN_DELIVERED = C(
    "7.1", "order_not_delivered", checks.status_in(*checks.SIGNED),
    "订单 {order} 现在是“{status}”，只有已签收的订单可以退货。",
    "Order {order} is {status}; only a delivered order can be returned.",
)
RETURN_REPORTED = C(
    "7.5", "piece_reported", checks.unreported,
    "登记过少件或破损的那一件不能再退货。",
    "A piece that was reported missing or damaged cannot be returned as well.",
)
RETURN_REASON = C(
    "7.4", "reason_not_accepted", checks.reason_fits,
    "请告诉我退货的理由：不想要了、尺码不合适、质量问题、与描述不符，还是发错了。",
    "Please tell me why: no longer needed, wrong size, quality, not as described, or the wrong "
    "item.",
)
RETURN_SIGNED = _signed("7.2")
RETURN_DAYS = C(
    "7.2", "too_late_to_return", checks.signed_within(seen.return_days),
    "订单 {order} 是 {signed_at} 签收的，已经 {signed_days} 天；理由是“{reason}”的要在签收后 {return_window} "
    "天内、也就是 {return_end} 之前（含当天）申请，现在不能退了。",
    "Order {order} was signed for on {signed_at}, {signed_days} days ago. For '{reason}' a return "
    "is possible for {return_window} days, until {return_end}.",
)
RETURN_CLASS = C(
    "7.3", "returns_faults_only", checks.class_allows(*seen.FAULTS),
    "{faults_only} 标明“仅质量问题可退换”，不接受“{reason}”的退货；有质量问题、与描述不符或发错的可以退。",
    "{faults_only} can only be returned for quality, a wrong description or a wrong item, not for "
    "'{reason}'.",
)
RETURN_TO = C(
    "7.7", "refund_method_not_allowed", checks.detail_in("refund_to", "original", "balance"),
    "退款只能退回原支付方式，或退到您本人的账户余额。",
    "A refund can only go back to how it was paid, or to your own balance.",
)
RETURN_ACCOUNT = C(
    "7.7", "no_balance_account", checks.has_account,
    "您还没有可用的余额账户，可以退回原支付方式。",
    "You have no balance account yet; the refund can go back to how it was paid.",
)
RETURN_LIMIT = C(
    "7.8", "over_return_limit", checks.within(lambda facts: facts.terms.return_limit, seen.amount),
    "退款金额 {amount}，超过 {return_limit} 元的退货需要人工办理，我为您转接人工。",
    "The refund is {amount}; above {return_limit} yuan a person settles it. I will hand you over.",
    to_person=True,
)

# 8 Exchange ----------------------------------------------------------------------------------
EXCHANGE_DELIVERED = C(
    "8.1", "order_not_delivered", checks.status_in(*checks.SIGNED),
    "订单 {order} 现在是“{status}”，只有已签收的订单可以换货。",
    "Order {order} is {status}; only a delivered order can be exchanged.",
)
EXCHANGE_REPORTED = C(
    "8.6", "piece_reported", checks.unreported,
    "登记过少件或破损的那一件不能再换货。",
    "A piece that was reported missing or damaged cannot be exchanged as well.",
)
EXCHANGE_REASON = C(
    "8.4", "reason_not_accepted", checks.reason_fits,
    "请告诉我换货的理由：尺码不合适、想换其他规格、质量问题，还是发错了规格。",
    "Please tell me why: wrong size, another style, quality, or the wrong variant was sent.",
)
EXCHANGE_SIGNED = _signed("8.2")
EXCHANGE_DAYS = C(
    "8.2", "too_late_to_exchange", checks.signed_within(_exchange_days),
    "订单 {order} 是 {signed_at} 签收的，已经 {signed_days} 天；换货要在签收后 {exchange_days} 天内、也就是 "
    "{exchange_end} 之前（含当天）申请。",
    "Order {order} was signed for on {signed_at}, {signed_days} days ago; an exchange is possible "
    "for {exchange_days} days, until {exchange_end}.",
)
EXCHANGE_CLASS = C(
    "8.5", "returns_faults_only", checks.class_allows("quality", "wrong_item"),
    "{faults_only} 标明“仅质量问题可退换”，换货只接受质量问题和发错规格。",
    "{faults_only} can only be exchanged for quality or when the wrong variant was sent.",
)
EXCHANGE_PAIRS = C(
    "8.3", "items_do_not_match", checks.pairs_match,
    "要换的商品和新规格数量不一致，请一件对一件告诉我。",
    "The number of items and of new items differ; please tell me one for one.",
)
EXCHANGE_PRODUCT = C(
    "8.3", "other_product", checks.other_variants,
    "只能换同一商品的另一规格，不能换成别的商品。现在有货的规格：{stock}。",
    "An item can only become another variant of the same product. In stock: {stock}.",
)
EXCHANGE_OTHER = C(
    "8.3", "same_item", checks.differ,
    "新规格和原来的一样，换货只能换成同一商品的另一规格。现在有货的规格：{stock}。",
    "The new variant is the one you have; it must be another. In stock: {stock}.",
)
EXCHANGE_STOCK = C(
    "8.3", "item_unavailable", checks.in_stock,
    "{sold_out} 目前没有货，不能换。现在有货的规格：{stock}。",
    "{sold_out} is not in stock. In stock: {stock}.",
)

# 11 Freight insurance ------------------------------------------------------------------------
FREIGHT_INSURED = C(
    "11.1", "not_insured", checks.insured,
    "订单 {order} 没有买运费险，不能理赔。",
    "Order {order} has no freight insurance.",
)
FREIGHT_ONCE = C(
    "11.1", "already_claimed", checks.unclaimed,
    "订单 {order} 的运费险已经理赔过，只能赔一次。",
    "The freight insurance of order {order} was claimed before; it pays once.",
)
FREIGHT_RETURNING = C(
    "11.2", "order_not_returning", checks.status_in(checks.Status.RETURNING),
    "订单 {order} 现在是“{status}”，正在退货的订单才能理赔运费险。",
    "Order {order} is {status}; freight insurance pays for an order that is being returned.",
)
FREIGHT_BUYER = C(
    "11.3", "way_back_paid_by_us", checks.buyer_ships,
    "这次退货的寄回运费不由您承担，运费险不赔。",
    "You do not pay the way back of this return, so the insurance does not pay.",
)
FREIGHT_MAILED = C(
    "11.2", "not_mailed_yet", checks.mailed,
    "订单 {order} 还没有退货运单号，寄出并有运单号以后可以再来申请。",
    "There is no parcel number yet for the return of order {order}; ask again once it was sent.",
)
FREIGHT_DAYS = C(
    "11.4", "too_late_to_claim", checks.mailed_within,
    "退货是 {mailed_at} 寄出的，运费险要在寄出后 {freight_days} 天内申请。",
    "The return was sent on {mailed_at}; the insurance pays within {freight_days} days of that.",
)
FREIGHT_ACCOUNT = C(
    "11.6", "no_balance_account", checks.has_account,
    "您还没有余额账户，理赔需要人工办理，我为您转接人工。",
    "You have no balance account; a person has to settle it. I will hand you over.",
    to_person=True,
)

# 12 Invoice ----------------------------------------------------------------------------------
INVOICE_DELIVERED = C(
    "12.1", "order_not_delivered", checks.status_in(*checks.SIGNED),
    "订单 {order} 现在是“{status}”，签收以后才能开发票。",
    "Order {order} is {status}; invoices are issued once it was delivered.",
)
INVOICE_SIGNED = _signed("12.2")
INVOICE_DAYS = C(
    "12.2", "too_late_to_invoice", checks.signed_within(_invoice_days),
    "订单 {order} 是 {signed_at} 签收的，已经 {signed_days} 天；发票要在签收后 {invoice_days} 天内、也就是 "
    "{invoice_end} 之前（含当天）申请。",
    "Order {order} was signed for on {signed_at}, {signed_days} days ago; an invoice is possible "
    "for {invoice_days} days, until {invoice_end}.",
)
INVOICE_ONCE = C(
    "12.3", "already_invoiced", checks.not_invoiced,
    "订单 {order} 已经开过发票，改抬头、重开或换类型需要人工办理，我为您转接人工。",
    "An invoice of order {order} was issued before; a person has to change it. I will hand you "
    "over.", to_person=True,
)  # fmt: skip
INVOICE_TYPE = C(
    "12.4", "invoice_type_unknown", checks.detail_in("type", "personal", "company"),
    "请告诉我开个人发票还是单位发票。",
    "Please tell me whether it is a personal or a company invoice.",
)
INVOICE_OWN_NAME = C(
    "12.4", "title_not_own_name", checks.bears_own_name,
    "个人发票的抬头只能是账户姓名“{name}”，不填税号。要开别的抬头，可以开单位发票。",
    "A personal invoice can only bear the account's name, {name}, without a tax number. Another "
    "title needs a company invoice.",
)
INVOICE_COMPANY = C(
    "12.5", "tax_number_needed", checks.company_whole,
    "单位发票要有单位名称和 18 位税号（数字和大写字母），请补充。",
    "A company invoice needs the company's name and a tax number of 18 digits and capital letters.",
)
INVOICE_EMAIL = C(
    "12.7", "email_needed", checks.email_known,
    "请告诉我收发票的邮箱。",
    "Please tell me the e-mail address for the invoice.",
)
INVOICE_AMOUNT = C(
    "12.6", "nothing_to_invoice", lambda wish, facts: seen.amount(wish, facts).minor > 0,
    "订单 {order} 的实付金额已经全部退回，没有金额可以开票。",
    "All that was paid for order {order} was refunded; there is no amount to invoice.",
)

# 13 Missing or damaged -----------------------------------------------------------------------
REPORT_DELIVERED = C(
    "13.1", "order_not_delivered", checks.status_in(*checks.SIGNED),
    "订单 {order} 现在是“{status}”，只有已签收的订单可以登记少件或破损。",
    "Order {order} is {status}; a loss can only be reported for a delivered order.",
)
REPORT_ONCE = C(
    "13.3", "reported_before", checks.unreported,
    "这件商品已经登记过一次，一件只能登记 1 次。",
    "That piece was reported before; each piece once.",
)
REPORT_KIND = C(
    "13.2", "kind_unknown", checks.detail_in("kind", "missing", "damaged"),
    "请告诉我是少件还是破损。",
    "Please tell me whether it is missing or damaged.",
)
REPORT_SIGNED = _signed("13.2")
REPORT_DAYS = C(
    "13.2", "too_late_to_report", checks.signed_within(seen.report_days),
    "订单 {order} 是 {signed_at} 签收的，已经 {signed_days} 天；少件要在 {missing_days} 天内、破损要在 "
    "{damaged_days} 天内登记，最晚是 {report_end}。",
    "Order {order} was signed for on {signed_at}, {signed_days} days ago. Missing items are "
    "reported within {missing_days} days, damage within {damaged_days}; that was {report_end}.",
)
REPORT_SOLUTION = C(
    "13.4", "solution_unknown", checks.detail_in("solution", "resend", "refund"),
    "请选择补发，还是退这件的实付价。",
    "Please choose: sent again, or what was paid for it back.",
)
REPORT_STOCK = C(
    "13.4", "item_unavailable", checks.can_be_resent,
    "{sold_out} 没有货，不能补发，可以改为退款。",
    "{sold_out} is not in stock and cannot be sent again; it can be refunded.",
)
REPORT_CAME = C(
    "13.6", "parcel_never_came", checks.parcel_came,
    "系统显示订单 {order} 已在 {signed_at} 签收；整个包裹没收到的需要人工查件，我为您转接人工。",
    "The records say that order {order} was signed for on {signed_at}; when nothing came a person "
    "traces it. I will hand you over.", to_person=True,
)  # fmt: skip
REPORT_LIMIT = C(
    "13.5", "over_report_limit",
    checks.within(lambda facts: facts.terms.report_limit, seen.reported_worth),
    "登记的商品实付价合计 {reported_worth}，超过 {report_limit} 元的需要人工办理，我为您转接人工。",
    "The pieces were {reported_worth}; above {report_limit} yuan a person settles it. I will hand "
    "you over.", to_person=True,
)  # fmt: skip
