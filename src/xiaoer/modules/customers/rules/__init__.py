"""What is decided about customers: which identities are one person, and how they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean, search_terms
from xiaoer.modules.customers.contracts import (
    Conflict,
    Customer,
    CustomerId,
    Identity,
    IdentityKind,
    Kind,
    Newcomer,
    Wanted,
)
from xiaoer.modules.customers.errors import BadIdentity, NoIdentity, TwoKnownCustomers

KNOWN_IDS = (IdentityKind.MEMBER_NO, IdentityKind.EXTERNAL)
STRENGTH = {kind: place for place, kind in enumerate(IdentityKind)}
LONGEST_VALUE = 200
SHORTEST_PHONE, LONGEST_PHONE = 5, 20
_NOT_PHONE = re.compile(r"[\s\-()./]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
WORDS = {
    IdentityKind.MEMBER_NO: "会员号",
    IdentityKind.EXTERNAL: "外部编号",
    IdentityKind.PHONE: "手机号",
    IdentityKind.EMAIL: "邮箱",
    IdentityKind.OPENID: "微信号",
    IdentityKind.VISITOR: "访客号",
}
FILLED = ("name", "phone", "email", "gender", "city", "company", "member_no", "language")
"""What a merge fills in from the absorbed record where the kept one has nothing."""


def normalised(identity: Identity) -> Identity:
    """The one spelling under which an identity is stored; raises :class:`BadIdentity`."""
    text = _tidy(identity.value)
    if identity.kind is IdentityKind.PHONE:
        text = _phone(text)
    elif identity.kind is IdentityKind.EMAIL:
        text = text.lower() if _EMAIL.fullmatch(text) else ""
    elif identity.kind is IdentityKind.MEMBER_NO:
        text = text.upper()
    if not text or len(text) > LONGEST_VALUE:
        raise BadIdentity(value=identity.value[:40], kind=WORDS[identity.kind])
    return identity if text == identity.value else Identity(identity.kind, text)


def _tidy(text: str) -> str:
    """Cleaned and in one width; plain ASCII, which is nearly all of a load, is so already."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFKC", clean(text))


def _phone(text: str) -> str:
    """Digits without the country code of China; other country codes keep their plus."""
    digits = _NOT_PHONE.sub("", text)
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    digits = re.sub(r"^00", "+", digits)
    bare = digits.removeprefix("+")
    if not bare.isascii() or not bare.isdigit():
        return ""
    return digits if SHORTEST_PHONE <= len(bare) <= LONGEST_PHONE else ""


def prepared(newcomer: Newcomer) -> Newcomer:
    """Identities normalised, strongest first, texts cleaned; raises when there is no identity."""
    identities = {normalised(identity) for identity in newcomer.identities}
    if not identities:
        raise NoIdentity()
    return replace(
        newcomer,
        identities=tuple(sorted(identities, key=_strength)),
        name=clean(newcomer.name)[:200],
        company=newcomer.company and clean(newcomer.company)[:200],
        city=newcomer.city and clean(newcomer.city)[:100],
    )


def _strength(identity: Identity) -> tuple[int, str]:
    return STRENGTH[identity.kind], identity.value


def doubtful(
    rows: Iterable[Newcomer], owners: Mapping[Identity, CustomerId]
) -> set[CustomerId]:
    """Whose known ids must be looked up: rows that lead to them bring a known id of their own."""
    return {
        owners[one]
        for row in rows
        if any(one.kind in KNOWN_IDS and one not in owners for one in row.identities)
        for one in row.identities
        if one in owners
    }


def value_of(identities: Iterable[Identity], kind: IdentityKind) -> str:
    """The first value of a kind, or nothing."""
    return next((one.value for one in identities if one.kind is kind), "")


def known_ids(identities: Iterable[Identity]) -> dict[IdentityKind, str]:
    """The known ids among identities."""
    return {one.kind: one.value for one in identities if one.kind in KNOWN_IDS}


def clash(
    one: Mapping[IdentityKind, str], other: Mapping[IdentityKind, str]
) -> IdentityKind | None:
    """The known id in which two records differ; they can then never be one person."""
    return next((kind for kind in KNOWN_IDS if kind in one and kind in other
                 and one[kind] != other[kind]), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """What a row of a load becomes: a new customer, or more about one we know."""

    customer_id: CustomerId
    new: bool
    claims: tuple[Identity, ...]


@dataclass(slots=True)
class Seating:
    """Decides, row by row, whose row it is; it sees what earlier rows of the load claimed."""

    owners: dict[Identity, CustomerId]
    ids: Mapping[CustomerId, Mapping[IdentityKind, str]]
    conflicts: list[Conflict] = field(default_factory=list)
    _known: dict[CustomerId, dict[IdentityKind, str]] = field(default_factory=dict)

    def seat(self, place: int, identities: Sequence[Identity], fresh: CustomerId) -> Seat:
        """The strongest identity that we know decides, unless known ids contradict it."""
        mine = known_ids(identities)
        found = next((self.owners[one] for one in identities if one in self.owners
                      and clash(mine, self._ids_of(self.owners[one])) is None), None)
        seat = fresh if found is None else found
        claims = tuple(one for one in identities if one not in self.owners)
        for one in identities:
            if self.owners.setdefault(one, seat) != seat:
                self.conflicts.append(Conflict(place, one))
        held = {kind: one for kind, one in mine.items() if self.owners[Identity(kind, one)] == seat}
        self._ids_of(seat).update(held)
        return Seat(seat, found is None, claims)

    def _ids_of(self, customer_id: CustomerId) -> dict[IdentityKind, str]:
        if customer_id not in self._known:
            self._known[customer_id] = dict(self.ids.get(customer_id, {}))
        return self._known[customer_id]


def may_merge(kept: Iterable[Identity], absorbed: Iterable[Identity]) -> None:
    """Raises :class:`TwoKnownCustomers` when known ids say that they are two people."""
    kind = clash(known_ids(kept), known_ids(absorbed))
    if kind is not None:
        raise TwoKnownCustomers(kind=WORDS[kind])


def filled(kept: Customer, absorbed: Customer) -> dict[str, Any]:
    """The fields that the kept record gains from the absorbed one."""
    gained = {
        name: getattr(absorbed, name)
        for name in FILLED
        if not getattr(kept, name) and getattr(absorbed, name)
    }
    if kept.birthday is None and absorbed.birthday is not None:
        gained["birthday"] = absorbed.birthday.isoformat()
    return gained


def mask_phone(phone: str) -> str:
    """``138****1234``; numbers too short for that show their last two digits."""
    if len(phone) < 8:
        return f"****{phone[-2:]}" if phone else ""
    return f"{phone[:3]}****{phone[-4:]}"


def mask_email(email: str) -> str:
    """The first letter and the domain."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else ""


def mask_identity(identity: Identity) -> Identity:
    """An identity as shown in lists; member and shop numbers are no secret."""
    match identity.kind:
        case IdentityKind.PHONE:
            shown = mask_phone(identity.value)
        case IdentityKind.EMAIL:
            shown = mask_email(identity.value)
        case IdentityKind.OPENID | IdentityKind.VISITOR:
            shown = f"{identity.value[:4]}…"
        case _:
            shown = identity.value
    return Identity(identity.kind, shown)


def masked(customer: Customer) -> Customer:
    """The customer as shown to someone who may not read private data."""
    return replace(
        customer,
        phone=mask_phone(customer.phone),
        email=mask_email(customer.email),
        birthday=None,
        address={key: "***" for key in customer.address},
        extra={},
    )


def words_of(*texts: str) -> str:
    """The terms under which a customer is found, separated by spaces."""
    return " ".join(dict.fromkeys(term for text in texts for term in search_terms(text)))


def wanted(text: str) -> Wanted:
    """Read a search text as a person at the desk types it."""
    typed = unicodedata.normalize("NFKC", clean(text))[:LONGEST_VALUE]
    tries = [Identity(IdentityKind.MEMBER_NO, typed), Identity(IdentityKind.EXTERNAL, typed)]
    digits = _NOT_PHONE.sub("", typed)
    if "@" in typed:
        tries.append(Identity(IdentityKind.EMAIL, typed))
    if digits.isdigit() and len(digits) >= SHORTEST_PHONE:
        tries.append(Identity(IdentityKind.PHONE, typed))
    exact = tuple(readable(tries).values())
    is_number = digits.isascii() and digits.isdigit()
    return Wanted(exact, digits if is_number and len(digits) >= 3 else "",
                  "" if is_number or "@" in typed else typed)


def readable(identities: Iterable[Identity]) -> dict[Identity, Identity]:
    """Those that can be normalised, with how they are stored."""
    found = {}
    for identity in identities:
        try:
            found[identity] = normalised(identity)
        except BadIdentity:
            continue
    return found



CHANGEABLE = {
    "name": 200, "level": 40, "kind": 40, "gender": 20, "city": 100, "company": 200,
    "language": 20, "unit_path": 400,
}
"""Profile texts that a person may correct, with their longest lengths."""


def as_row(newcomer: Newcomer, customer_id: CustomerId) -> dict[str, Any]:
    """The columns of a newcomer."""
    return {
        "id": customer_id, "unit_path": newcomer.unit_path, "name": newcomer.name,
        "kind": newcomer.kind, "level": newcomer.level, "points": newcomer.points,
        "member_no": value_of(newcomer.identities, IdentityKind.MEMBER_NO),
        "phone": value_of(newcomer.identities, IdentityKind.PHONE),
        "email": value_of(newcomer.identities, IdentityKind.EMAIL),
        "language": newcomer.language, "gender": newcomer.gender,
        "birthday": newcomer.birthday, "city": newcomer.city,
        "address": dict(newcomer.address), "company": newcomer.company,
        "joined_at": newcomer.joined_at, "consents": sorted(newcomer.consents),
        "extra": dict(newcomer.extra), "words": words_of(newcomer.name, newcomer.company),
    }


def folded(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows about the same customer as one; what a later row says goes over an earlier one."""
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        earlier = found.get(row["id"])
        found[row["id"]] = dict(row) if earlier is None else earlier | {
            name: value for name, value in row.items() if value not in (None, "", {}, [])
        }
    return list(found.values())


def changed(customer: Customer, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a correction sets; raises ``Invalid`` on an unknown or wrong one."""
    columns: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "points" and isinstance(value, int) and 0 <= value < 10**12:
            columns[name] = value
        elif name in CHANGEABLE and isinstance(value, str) and len(value) <= CHANGEABLE[name]:
            columns[name] = clean(value)
        elif name == "address" and isinstance(value, Mapping):
            columns[name] = {str(k): clean(str(v)) for k, v in value.items()}
        else:
            raise Invalid(field=name, reason=f"“{name}”不能这样修改")
    if "kind" in columns and columns["kind"] not in set(Kind):
        raise Invalid(field="kind", reason="没有这种客户类型")
    return columns | _words(customer, columns)


def gains(kept: Customer, gained: Mapping[str, Any]) -> dict[str, Any]:
    """The columns with which a merge completes the kept record."""
    columns = dict(gained)
    if "phone" in columns:
        columns["phone_last4"] = columns["phone"][-4:]
    return columns | _words(kept, columns)


def undone(kept: Customer, absorbed: Customer, gained: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that take a merge back; what was corrected since stays."""
    columns: dict[str, Any] = {}
    for name, value in gained.items():
        now = getattr(kept, name)
        if name == "birthday":
            columns |= {name: None} if now is not None and now.isoformat() == value else {}
        elif now == value:
            columns[name] = ""
    if "phone" in columns:
        columns["phone_last4"] = ""
    gone = set(absorbed.every_id)
    columns["absorbed"] = [one for one in kept.absorbed if one not in gone]
    return columns | _words(kept, columns)


def _words(customer: Customer, columns: Mapping[str, Any]) -> dict[str, str]:
    if not {"name", "company"} & set(columns):
        return {}
    name, company = (columns.get(k, getattr(customer, k)) for k in ("name", "company"))
    return {"words": words_of(name, company)}
