"""What the clauses of the shop's policy look at. Each check is true when the wish may pass; those
further down a policy may rely on those above them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from xiaoer.kit.money import Money
from xiaoer.modules import orders
from xiaoer.modules.aftersales.contracts import Facts, Verb, Wish
from xiaoer.modules.aftersales.rules.checks import net_paid
from xiaoer.modules.aftersales.rules.shop_facts import (
    BALANCE,
    FAULTS,
    account_of,
    amount,
    bulky,
    days_since,
    faults_only,
    holder,
    is_whole,
    meant,
    order,
    pairs,
    present,
    skus,
    sold_out,
    stalled,
    steady,
    still_paid,
    variant_of,
)

REASONS = {
    Verb.CANCEL_ORDER: ("no_longer_needed", "ordered_by_mistake", "too_slow", "cheaper_elsewhere"),
    Verb.RETURN_ITEMS: ("no_longer_needed", "wrong_size", *FAULTS),
    Verb.EXCHANGE_ITEMS: ("wrong_size", "other_style", "quality", "wrong_item"),
}
MAINLAND = frozenset({
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "内蒙古", "广西", "西藏", "宁夏", "新疆",
})  # fmt: skip
ONE_NAMED = frozenset({"北京", "天津", "上海", "重庆"})
PLACE = ("province", "city", "district", "street")
_REGION = re.compile(r"(特别行政区|(壮族|回族|维吾尔)?自治区|省|市)$")
_CITY = re.compile(r"[^市]{2,8}?(省|自治区)")
_PHONE = re.compile(r"1[0-9]{10}", re.ASCII)
_TAX_NUMBER = re.compile(r"[0-9A-Z]{18}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
Status = orders.contracts.Status
Kind = orders.contracts.ChangeKind
Check = Callable[[Wish, Facts], bool]
TO_SHIP = (Status.PAID, Status.PACKING)
SIGNED = (Status.DELIVERED, Status.COMPLETED)
PROTECTED = (*TO_SHIP, Status.READY_FOR_PICKUP, Status.SHIPPED, *SIGNED)


def status_in(*statuses: Status) -> Check:
    """The order is in one of these statuses."""
    return lambda _wish, facts: order(facts).status in statuses


def is_express(_wish: Wish, facts: Facts) -> bool:
    """Sent to an address, not picked up."""
    return order(facts).fulfilment in ("delivery", "local")


def is_no_presale(_wish: Wish, facts: Facts) -> bool:
    """What is sold is there already."""
    return not order(facts).is_presale


def promise_is_due(_wish: Wish, facts: Facts) -> bool:
    """Not a presale before its promised dispatch."""
    found = order(facts)
    return not found.is_presale or (found.ship_by is not None and facts.now >= found.ship_by)


def paid_long_enough(_wish: Wish, facts: Facts) -> bool:
    """Paid so many hours ago."""
    return facts.now - order(facts).paid_at >= timedelta(hours=facts.terms.urge_after_hours)


def urged_long_ago(_wish: Wish, facts: Facts) -> bool:
    """Not urged within so many hours."""
    last = [one.at for one in order(facts).changed(Kind.URGED)][-1:]
    return not last or facts.now - last[0] >= timedelta(hours=facts.terms.urge_again_hours)


def address_changes_left(_wish: Wish, facts: Facts) -> bool:
    """Its address was not changed as often as it can be."""
    return len(order(facts).changed(Kind.READDRESSED)) < facts.terms.address_changes


def tidy(address: dict[str, str]) -> dict[str, str]:
    """An address with the bare names of province and city, as the shop writes them."""
    bare = {part: _REGION.sub("", address[part].strip())
            for part in ("province", "city") if part in address}  # fmt: skip
    return {part: text.strip() for part, text in address.items() if text.strip()} | bare


def in_mainland(wish: Wish, _facts: Facts) -> bool:
    """A province of the mainland, and no city outside of it; an empty one is looked at later."""
    place = tidy(dict(wish.address))
    province, city = place.get("province", ""), place.get("city", "")
    outside = ("香港", "澳门", "台湾", "台北", "高雄", "台中", "九龙")
    return not province or (province in MAINLAND and not city.startswith(outside))


def address_whole(wish: Wish, _facts: Facts) -> bool:
    """Province, city, district and street; a municipality bears one name twice."""
    place = tidy(dict(wish.address))
    province, city = place.get("province", ""), place.get("city", "")
    return all(place.get(part) for part in PLACE) and (
        province not in ONE_NAMED or city == province
    )


def phone_fits(wish: Wish, _facts: Facts) -> bool:
    """No new phone, or a Chinese mobile one."""
    phone = wish.address.get("phone")
    return phone is None or _PHONE.fullmatch(phone) is not None


def reason_fits(wish: Wish, _facts: Facts) -> bool:
    """One of the verb's reasons."""
    return wish.reason in REASONS[wish.verb]


def is_moving(_wish: Wish, facts: Facts) -> bool:
    """No parcel of it stands still."""
    return stalled(order(facts), facts) is None


def asked_once(_wish: Wish, facts: Facts) -> bool:
    """Neither return nor exchange was asked for before."""
    found = order(facts)
    going_on = found.status in (Status.RETURNING, Status.EXCHANGING)
    return not (going_on or found.was(Kind.RETURN_REQUESTED) or found.was(Kind.EXCHANGE_REQUESTED))


def bought(wish: Wish, facts: Facts) -> bool:
    """At least one item, each as often as it was bought, at most."""
    return bool(wish.items) and not Counter(wish.items) - Counter(skus(facts, lambda _one: True))


def unreported(wish: Wish, facts: Facts) -> bool:
    """None of the pieces was reported lost or broken."""
    return not Counter(wish.items) - Counter(skus(facts, lambda one: not one.reported))


def class_allows(*reasons: str) -> Check:
    """None of the pieces is for faults only, or the reason is one of these."""
    return lambda wish, facts: wish.reason in reasons or not faults_only(wish, facts)


def signing_known(_wish: Wish, facts: Facts) -> bool:
    """The records say when it was signed for."""
    return order(facts).signed_at is not None


def signed_within(days: Callable[[Wish, Facts], int]) -> Check:
    """Signed for so many calendar days ago, at most."""
    def holds(wish: Wish, facts: Facts) -> bool:
        signed = order(facts).signed_at
        return signed is not None and days_since(facts, signed) <= days(wish, facts)

    return holds


def detail_in(name: str, *accepted: str) -> Check:
    """A further argument is one of those accepted."""
    return lambda wish, _facts: wish.details.get(name) in accepted


def pairs_match(wish: Wish, _facts: Facts) -> bool:
    """As many new items as items."""
    return len(wish.items) == len(wish.new_items)


def other_variants(wish: Wish, facts: Facts) -> bool:
    """Each new item is a variant of the product of the piece that it replaces."""
    return all(variant_of(facts, piece, new) is not None for piece, new in pairs(wish, facts))


def differ(wish: Wish, facts: Facts) -> bool:
    """Each new item is another variant than the piece that it replaces."""
    return all(piece.item.sku != new for piece, new in pairs(wish, facts))


def in_stock(wish: Wish, facts: Facts) -> bool:
    """What should come is in stock."""
    return not sold_out(wish, facts)


def can_be_resent(wish: Wish, facts: Facts) -> bool:
    """Nothing is to be sent again, or all of it is in stock."""
    return wish.details.get("solution") != "resend" or not sold_out(wish, facts)


def unprotected(wish: Wish, facts: Facts) -> bool:
    """None of the pieces was protected before."""
    return not any(piece.protected for piece in meant(wish, facts))


def unrefunded(wish: Wish, facts: Facts) -> bool:
    """None of the pieces was paid back for a loss."""
    return not any(piece.reported == "refund" for piece in meant(wish, facts))


def fallen(wish: Wish, facts: Facts) -> bool:
    """Each piece is sold for less than was paid for it."""
    return not steady(wish, facts)


def no_flash(wish: Wish, facts: Facts) -> bool:
    """None of the present prices is one of a few hours."""
    now = [present(facts, piece) for piece in meant(wish, facts)]
    return not any(one is not None and one.is_flash for one in now)


def paid_within(wish: Wish, facts: Facts) -> bool:
    """Paid so many calendar days ago, at most."""
    return days_since(facts, order(facts).paid_at) <= facts.terms.protect_days


def insured(_wish: Wish, facts: Facts) -> bool:
    """The order has freight insurance."""
    return order(facts).freight_insurance is not None


def unclaimed(_wish: Wish, facts: Facts) -> bool:
    """The insurance has not paid yet."""
    found = order(facts).freight_insurance
    return found is not None and not found.claimed


def buyer_ships(_wish: Wish, facts: Facts) -> bool:
    """The customer pays the way back."""
    return order(facts).return_shipping_by == "buyer"


def mailed(_wish: Wish, facts: Facts) -> bool:
    """The parcel is on its way back and has a number."""
    found = order(facts).returned
    return found is not None and bool(found.parcel) and found.mailed_at is not None


def mailed_within(_wish: Wish, facts: Facts) -> bool:
    """Sent back so many calendar days ago, at most."""
    found = order(facts).returned
    at = found.mailed_at if found else None
    return at is not None and days_since(facts, at) <= facts.terms.freight_days


def not_invoiced(_wish: Wish, facts: Facts) -> bool:
    """No invoice was issued."""
    return not order(facts).was(Kind.INVOICED)


def bears_own_name(wish: Wish, facts: Facts) -> bool:
    """A personal invoice has the account's name and no tax number."""
    title, number = wish.details.get("title"), wish.details.get("tax_number")
    return wish.details.get("type") != "personal" or (title == facts.customer.name and not number)


def company_whole(wish: Wish, _facts: Facts) -> bool:
    """A company invoice has a name and a tax number."""
    given = wish.details
    number = _TAX_NUMBER.fullmatch(given.get("tax_number", ""))
    return given.get("type") != "company" or bool(given.get("title", "").strip() and number)


def email_known(wish: Wish, facts: Facts) -> bool:
    """There is somewhere to send it."""
    return _EMAIL.fullmatch(wish.details.get("email") or facts.customer.email) is not None


def store_known(wish: Wish, facts: Facts) -> bool:
    """A store of that code hands orders out."""
    found = facts.stores.get(wish.details.get("store_id", ""))
    return found is not None and found.pickup


def same_city(wish: Wish, facts: Facts) -> bool:
    """The store is in the city of the delivery address, given as a field or in a line."""
    address = order(facts).address
    city = _REGION.sub("", str(address.get("city", "")))
    here = _REGION.sub("", facts.stores[wish.details["store_id"]].city)
    if city or not here:
        return bool(here) and city == here
    line = str(address.get("text", ""))
    found = _CITY.match(line)
    return line[found.end() if found else 0 :].startswith(here)


def can_be_collected(wish: Wish, facts: Facts) -> bool:
    """A store can hand all of it out."""
    return not bulky(wish, facts)


def refund_can_arrive(_wish: Wish, facts: Facts) -> bool:
    """What was paid from a balance can go back there."""
    return all(method != BALANCE or holder(facts, method) for method in net_paid(order(facts)))


def has_account(wish: Wish, facts: Facts) -> bool:
    """The customer has a balance, where one is needed."""
    return wish.details.get("refund_to", BALANCE) != BALANCE or bool(account_of(facts))


def is_still_paid(wish: Wish, facts: Facts) -> bool:
    """No more goes back than is still paid."""
    return amount(wish, facts).minor <= still_paid(facts).minor


def within(limit: Callable[[Facts], int], asked: Callable[[Wish, Facts], Money]) -> Check:
    """An amount that is settled without a person."""
    return lambda wish, facts: asked(wish, facts).minor <= limit(facts)


def parcel_came(wish: Wish, facts: Facts) -> bool:
    """Not every one of several pieces is missing, which is a parcel that never came."""
    several = len(wish.items) > 1
    return wish.details.get("kind") != "missing" or not several or not is_whole(wish, facts)
