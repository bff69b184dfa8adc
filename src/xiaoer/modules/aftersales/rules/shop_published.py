"""The published policy of the ten deeds: every clause by its number, in two languages.

The numbers of the policy stand as fields of :class:`~xiaoer.modules.aftersales.contracts.Terms`;
:func:`published` fills them in. Source: the rules of the invented shop 海棠优选, our own work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from xiaoer.modules.aftersales.contracts import Terms
from xiaoer.modules.aftersales.rules.shop_general import GENERAL

DEEDS: Mapping[str, tuple[str, str]] = {
    "4.1": (
        "只能催状态为 `pending` 的快递订单。",
        "Dispatch can be urged only for delivery orders that are `pending`.",
    ),
    "4.2": (
        "付款满 {urge_after_hours} 小时才能催。",
        "It can be urged {urge_after_hours} hours after payment.",
    ),
    "4.3": (
        "预售订单在承诺发货时间之前不能催。",
        "A presale order cannot be urged before its promised dispatch.",
    ),
    "4.4": (
        "上一次催发货不满 {urge_again_hours} 小时的，不能再催。",
        "It cannot be urged again within {urge_again_hours} hours of the last time.",
    ),
    "4.5": (
        "办理结果：记一次催发货，订单优先级改为 `high`。",
        "What is done: the urging is noted and the order's priority becomes `high`.",
    ),
    "5.1": (
        "只能修改状态为 `pending` 的快递订单。已发货的不能改。",
        "Only a delivery order that is `pending` can get another address; one that was shipped "
        "cannot.",
    ),
    "5.2": (
        "每个订单只能修改 {address_changes} 次。",
        "Each order's address can be changed {address_changes} time(s).",
    ),
    "5.3": (
        "只能改到中国内地；香港、澳门、台湾和海外地址不能改。",
        "Only addresses in mainland China; not Hong Kong, Macao, Taiwan or abroad.",
    ),
    "5.4": (
        "新地址要有省、市、区县和详细地址（直辖市的省和市写同一个名称）。收件人和手机号没有说要改的，沿用原来的；要改手机号的，必须是 1 开头的 11 位数字。",
        "A new address needs province, city, district and street (a municipality's province and "
        "city have one name). Receiver and phone stay unless they are to change; a new phone "
        "must be 11 digits that begin with 1.",
    ),
    "5.5": (
        "自提订单没有收货地址可改。",
        "A pickup order has no delivery address to change.",
    ),
    "5.6": (
        "办理结果：地址改为新地址，修改次数加 1，运费不变。",
        "What is done: the address becomes the new one, the count of changes goes up by 1, "
        "shipping costs stay.",
    ),
    "6.1": (
        "状态为 `pending` 或 `ready` 的订单可以取消；其他状态不能取消。",
        "An order that is `pending` or `ready` can be cancelled; none in another status.",
    ),
    "6.2": (
        "只能整单取消，不能只取消其中几件。",
        "Only the whole order can be cancelled, not some of its items.",
    ),
    "6.3": (
        "理由四选一：`no_longer_needed` 不想要了、用不上了；`ordered_by_mistake` 拍错、多拍、选错规格或信息填错；`too_slow` 发货太慢、"
        "等不及；`cheaper_elsewhere` 别处更便宜。",
        "One of four reasons: `no_longer_needed`; `ordered_by_mistake` wrong, too many, wrong "
        "variant or wrong details; `too_slow` dispatch takes too long; `cheaper_elsewhere`.",
    ),
    "6.4": (
        "办理结果：状态改为 `cancelled`，记录理由，实付金额减去已退金额后全部按 9.1 退回。",
        "What is done: the status becomes `cancelled`, the reason is kept, what was paid less "
        "what was refunded goes back as 9.1 says.",
    ),
    "7.1": (
        "只有状态为 `delivered` 的订单可以退货。",
        "Only an order that is `delivered` can be returned.",
    ),
    "7.2": (
        "期限从签收日起算：理由是 `no_longer_needed` 或 `wrong_size` 的 {return_days} 天内；理由是 `quality`、`not_as_"
        "described` 或 `wrong_item` 的 {fault_return_days} 天内。",
        "Counted from the signing: within {return_days} days for `no_longer_needed` or "
        "`wrong_size`; within {fault_return_days} days for `quality`, `not_as_described` or "
        "`wrong_item`.",
    ),
    "7.3": (
        "标明“仅质量问题可退换”的商品（生鲜食品、贴身衣物、个护耗材、定制商品），不接受理由 `no_longer_needed` 和 `wrong_size`。",
        "Items marked \"returns for quality only\" (fresh food, underwear, personal care, made "
        "to order) are not taken back for `no_longer_needed` or `wrong_size`.",
    ),
    "7.4": (
        "理由五选一：`no_longer_needed` 不喜欢、不想要了、买多了；`wrong_size` 尺码或大小不合适；`quality` 质量问题、用不了；`not_as_d"
        "escribed` 与页面描述不符；`wrong_item` 发错了商品或规格。",
        "One of five reasons: `no_longer_needed` not liked, not wanted, bought too many; "
        "`wrong_size`; `quality` faulty, does not work; `not_as_described`; `wrong_item` another "
        "item or variant was sent.",
    ),
    "7.5": (
        "只能退该订单里的商品；已按第 13 条登记过的那一件不能再退。",
        "Only items of the order; a piece that was reported under section 13 cannot be returned "
        "as well.",
    ),
    "7.6": (
        "退款金额为所退各件的实付价之和。运费不退；理由为 `quality`、`not_as_described`、`wrong_item` 且整单全退的，运费一并退。",
        "The refund is what was paid for the returned pieces. Shipping is not refunded, unless "
        "the reason is `quality`, `not_as_described` or `wrong_item` and the whole order goes "
        "back.",
    ),
    "7.7": (
        "退款去向：`original` 原支付方式，或 `balance` 本人账户余额。顾客没有提出的，按 `original`。",
        "The refund goes to `original`, how it was paid, or to `balance`, the customer's own "
        "account; to `original` unless the customer asks.",
    ),
    "7.8": (
        "退款金额超过 {return_limit} 元的，线上不办，转人工。",
        "A refund of more than {return_limit} yuan is not done online; a person takes over.",
    ),
    "7.9": (
        "寄回运费：理由为 `quality`、`not_as_described`、`wrong_item` 的由我方承担（`seller`）；其余由顾客承担（`buyer`）。",
        "The way back is paid by us (`seller`) when the reason is `quality`, `not_as_described` "
        "or `wrong_item`, else by the customer (`buyer`).",
    ),
    "7.10": (
        "办理结果：状态改为 `return_requested`，记录商品、理由、退款去向、退款金额和寄回运费承担方；收到并验货后才退款。",
        "What is done: the status becomes `return_requested`; items, reason, destination, amount "
        "and who pays the way back are kept. The refund follows once the goods were received and "
        "checked.",
    ),
    "8.1": (
        "只有状态为 `delivered` 的订单可以换货。",
        "Only an order that is `delivered` can be exchanged.",
    ),
    "8.2": (
        "签收日起 {exchange_days} 天内。",
        "Within {exchange_days} days of the signing.",
    ),
    "8.3": (
        "只能换同一商品的另一规格，新规格必须有货；一件换一件，顺序对应。",
        "Only for another variant of the same product, which must be in stock; piece for piece, "
        "in the same order.",
    ),
    "8.4": (
        "理由四选一：`wrong_size` 尺码或大小不合适；`other_style` 想换颜色、款式或其他规格；`quality` 质量问题；`wrong_item` 发错了规格"
        "。",
        "One of four reasons: `wrong_size`; `other_style` another colour, style or variant; "
        "`quality`; `wrong_item` another variant was sent.",
    ),
    "8.5": (
        "标明“仅质量问题可退换”的商品，只接受理由 `quality` 和 `wrong_item`。",
        "Items marked \"returns for quality only\" are exchanged only for `quality` and "
        "`wrong_item`.",
    ),
    "8.6": (
        "只能换该订单里的商品；已按第 13 条登记过的那一件不能再换。",
        "Only items of the order; a piece that was reported under section 13 cannot be exchanged "
        "as well.",
    ),
    "8.7": (
        "差价为各件“新规格现价减原商品实付价”之和：正数由顾客补，负数退给顾客，都走原支付方式。",
        "The difference is the sum of the new variants' present prices less what was paid for "
        "the pieces: the customer pays it when positive and gets it back when negative, both by "
        "the original method.",
    ),
    "8.8": (
        "办理结果：状态改为 `exchange_requested`，记录原商品、新商品、理由和差价。",
        "What is done: the status becomes `exchange_requested`; items, new items, reason and "
        "difference are kept.",
    ),
    "10.1": (
        "付款日起 {protect_days} 天内，状态为 `pending`、`ready`、`shipped` 或 `delivered` 的订单可以申请。",
        "Within {protect_days} days of the payment, for orders that are `pending`, `ready`, "
        "`shipped` or `delivered`.",
    ),
    "10.2": (
        "同一规格的现价低于该件实付价才有差价；没有降价的不补。",
        "There is a difference only when the variant's present price is below what was paid for "
        "the piece; without a fall nothing is paid.",
    ),
    "10.3": (
        "现价是限时秒杀价的，不保价。",
        "Flash sale prices are not protected.",
    ),
    "10.4": (
        "每件商品只补 1 次。",
        "Each piece once.",
    ),
    "10.5": (
        "别的平台、别的店、线下活动的价格不作为依据。",
        "Prices of other platforms, other shops and events do not count.",
    ),
    "10.6": (
        "一次申请的差价合计超过 {protect_limit} 元的，线上不办，转人工。",
        "A difference of more than {protect_limit} yuan in one request is not settled online; a "
        "person takes over.",
    ),
    "10.7": (
        "办理结果：差价按 9.1 退回，该件实付价改为现价，标记已保价。",
        "What is done: the difference goes back as 9.1 says, the paid price of the piece becomes "
        "the present price, and it is marked as protected.",
    ),
    "11.1": (
        "订单买了运费险，且没有理赔过。",
        "The order has freight insurance that has not been claimed.",
    ),
    "11.2": (
        "订单正在退货（`return_requested`），并且退回的包裹已经寄出，有退货运单号。",
        "The order is being returned (`return_requested`), and the parcel was sent back and has "
        "a number.",
    ),
    "11.3": (
        "寄回运费由顾客承担的才赔；由我方承担的不赔。",
        "It pays only when the customer pays the way back, not when we do.",
    ),
    "11.4": (
        "退货寄出之日起 {freight_days} 天内申请。",
        "Within {freight_days} days of sending it back.",
    ),
    "11.5": (
        "赔付金额是保单金额，与实际花的邮费无关，不多赔。",
        "It pays the amount of the policy, whatever the postage was, and no more.",
    ),
    "11.6": (
        "办理结果：保单状态改为 `claimed`，保单金额记入顾客账户余额。",
        "What is done: the policy becomes `claimed`, its amount is credited to the customer's "
        "balance.",
    ),
    "12.1": (
        "只给状态为 `delivered` 的订单开票。",
        "Invoices are issued only for orders that are `delivered`.",
    ),
    "12.2": (
        "签收日起 {invoice_days} 天内。",
        "Within {invoice_days} days of the signing.",
    ),
    "12.3": (
        "每个订单开 1 张。已开的要改抬头、重开、换类型，转人工。",
        "One invoice an order. Another title, a new issue or another type of one that was issued "
        "is for a person.",
    ),
    "12.4": (
        "个人发票（`personal`）：抬头只能是账户姓名，不填税号。",
        "A personal invoice (`personal`) can only bear the account's name and has no tax number.",
    ),
    "12.5": (
        "单位发票（`company`）：要有单位名称和 18 位税号（数字和大写字母）。少一样就先问。",
        "A company invoice (`company`) needs the company's name and a tax number of 18 digits "
        "and capital letters. What is missing is asked for first.",
    ),
    "12.6": (
        "金额是实付金额减去已退金额，内容是实际商品；不多开，不改内容。",
        "The amount is what was paid less what was refunded, for the actual items; never more, "
        "never something else.",
    ),
    "12.7": (
        "电子发票发到顾客说的邮箱；没有说的，发到注册邮箱。",
        "The electronic invoice goes to the e-mail the customer names, else to the registered "
        "one.",
    ),
    "12.8": (
        "办理结果：订单记录发票类型、抬头、税号、邮箱和金额，状态 `issued`。",
        "What is done: type, title, tax number, e-mail and amount are kept with the order, "
        "status `issued`.",
    ),
    "13.1": (
        "只有状态为 `delivered` 的订单可以登记。",
        "A loss can be reported only for an order that is `delivered`.",
    ),
    "13.2": (
        "少件（`missing`）签收日起 {missing_days} 天内，破损（`damaged`）签收日起 {damaged_days} 天内。",
        "Missing items (`missing`) within {missing_days} days of the signing, damage (`damaged`) "
        "within {damaged_days} days.",
    ),
    "13.3": (
        "只能登记该订单里的商品；一件只登记 1 次。",
        "Only items of the order; each piece once.",
    ),
    "13.4": (
        "处理方式由顾客选：`resend` 补发，或 `refund` 退该件实付价。补发的规格必须有货；没货的只能退款。",
        "The customer chooses: `resend`, or `refund` of what was paid for the piece. To be sent "
        "again it must be in stock; else it can only be refunded.",
    ),
    "13.5": (
        "一次登记的商品实付价合计超过 {report_limit} 元的，线上不办，转人工。",
        "More than {report_limit} yuan of paid price in one report is not settled online; a "
        "person takes over.",
    ),
    "13.6": (
        "系统显示已签收，顾客说整个包裹没收到的，不登记、不退货，直接转人工查件。",
        "When the system says signed and the customer says that the whole parcel never came, "
        "nothing is reported or returned; a person traces it.",
    ),
    "13.7": (
        "办理结果：订单记录类型、商品、处理方式和金额；选退款的按 9.1 退回。状态仍是 `delivered`。",
        "What is done: kind, items, solution and amount are kept with the order; a refund goes "
        "back as 9.1 says. The status stays `delivered`.",
    ),
    "14.1": (
        "只有状态为 `pending` 的快递订单可以改；预售订单不能改。",
        "Only a delivery order that is `pending` can become a pickup; no presale order.",
    ),
    "14.2": (
        "门店必须提供自提服务，并且与收货地址在同一个城市。",
        "The store must offer pickup and be in the city of the delivery address.",
    ),
    "14.3": (
        "订单里每件商品都必须支持自提（大件不支持）。",
        "Every item of the order must be suitable for pickup (large items are not).",
    ),
    "14.4": (
        "改成自提以后不能再改回快递。",
        "What became a pickup cannot become a delivery again.",
    ),
    "14.5": (
        "办理结果：配送方式改为 `pickup` 并记录门店；付过的运费按 9.1 退回，订单运费改为 0。",
        "What is done: the order becomes a `pickup` at the store; shipping that was paid goes "
        "back as 9.1 says, and the order's shipping becomes 0.",
    ),
}
CLAUSES: Mapping[str, tuple[str, str]] = {**GENERAL, **DEEDS}


def published(terms: Terms, clause: str) -> dict[str, tuple[str, str]]:
    """A clause (``7.2``), or all clauses of a section (``7``), with the numbers of these terms:
    Chinese and English by number; nothing when there is none."""
    filled = {name: f"{value / 100:.2f}".removesuffix(".00") if name.endswith("_limit") else value
              for name, value in asdict(terms).items()}  # fmt: skip
    return {
        number: (zh.format(**filled), en.format(**filled))
        for number, (zh, en) in CLAUSES.items()
        if clause in (number, number.partition(".")[0])
    }


def clauses_of(terms: Terms) -> dict[str, tuple[str, str, str]]:
    """By each number of the terms the clause that first states it: its number, Chinese, English."""
    found: dict[str, tuple[str, str, str]] = {}
    for number, (zh, _) in CLAUSES.items():
        for name in asdict(terms):
            if f"{{{name}}}" in zh and name not in found:
                found[name] = (number, *published(terms, number)[number])
    return found
