"""What is wrong with a row of the Chinese retail bench, if anything.

A fault is named by its rule alone. The sealed rows are held to the same rules, and nothing of them may be printed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from tests.labs.zh_retail_effects import apply
from tests.labs.zh_retail_policy import Call, Record, Shop

ROW = {"id", "db", "user_id", "identity", "goal", "expect"}
SAID = {"say", "when", "slot", "value", "for", "wish", "change"}
EXPECT = {"writes", "must_not", "handoff", "refused", "handoff_clause", "tells"}
SLOTS = {
    "order", "items", "new_items", "reason", "kind", "solution", "refund_to", "address", "phone",
    "name", "email", "type", "title", "tax_number", "store", "text", "confirm",
}  # fmt: skip
SLOT_OF = {"order_id": "order", "store_id": "store"}
VERBATIM = ("order", "tax_number", "email", "phone")
TYPES: dict[str, type] = {"object": dict, "array": list, "string": str}


def fits(value: Any, schema: Record) -> bool:
    """Whether the value is one of the schema, as far as `tools.json` uses schemas."""
    if not isinstance(value, TYPES[schema["type"]]):
        return False
    if isinstance(value, str):
        return value in schema.get("enum", [value]) and bool(
            re.search(schema.get("pattern", ""), value)
        )
    if isinstance(value, list):
        return len(value) >= schema["minItems"] and all(fits(v, schema["items"]) for v in value)
    known = schema["properties"]
    return set(schema["required"]) <= set(value) <= set(known) and all(
        fits(part, known[key]) for key, part in value.items()
    )


class Judge:
    """Knows the policy's clauses, the tools and the shop as it is before every task."""

    def __init__(self, db: Record, tools: list[Record], clauses: set[str]) -> None:
        self.db, self.clauses = db, clauses
        self.tools = {t["function"]["name"]: t["function"]["parameters"] for t in tools}
        self.writing = {t["function"]["name"] for t in tools if t["writes"]}

    def faults(self, row: Record) -> set[str]:
        """The rules that the row breaks; a row that cannot even be read breaks ``readable``."""
        try:
            return {*self._shape(row), *self._talk(row), *self._identity(row), *self._deeds(row)}
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            return {"readable"}

    def done(self, row: Record) -> Record:
        """The db after the task, when all went as expected."""
        shop = self._shop(row["user_id"])
        for write in row["expect"]["writes"]:
            apply(shop, write["name"], write["arguments"])
        return shop.db

    def _shape(self, row: Record) -> Iterator[str]:
        expect = row["expect"]
        if set(row) != ROW or not {"writes", "must_not", "handoff"} <= set(expect) <= EXPECT:
            yield "keys of the row"
        calls = [*expect["writes"], *expect.get("refused", [])]
        if not all(
            call["name"] in self.writing and fits(call["arguments"], self.tools[call["name"]])
            for call in calls
        ):
            yield "schema of the tools"
        if expect["handoff"] != ("handoff_clause" in expect):
            yield "hand-off without clause"
        if not re.fullmatch(r"15\.[1-9]", expect.get("handoff_clause", "15.1")):
            yield "hand-off clause"
        told = expect.get("tells", [])
        if told and calls:
            yield "tells only when reading"

    def _talk(self, row: Record) -> Iterator[str]:
        goal = row["goal"]
        for said in goal:
            yield from _sentence(said, self.writing)
        if goal[0]["when"] != "start" or goal[0].get("wish", 1) != 1:
            yield "begins with a start"
        wishes = {said.get("wish", 1) for said in goal}
        if wishes != set(range(1, len(wishes) + 1)):
            yield "wishes count from one"
        openings = [said.get("wish", 1) for said in goal if said["when"] == "start"]
        openings += [said.get("wish", 1) + 1 for said in goal if said.get("change")]
        if sorted(openings) != sorted(wishes):
            yield "every wish is opened once"
        insists = [said for said in goal if said["when"] == "refused"]
        if row["expect"].get("handoff_clause") == "15.2" and len(insists) < 2:
            yield "insists twice"
        yield from _answers(row)

    def _identity(self, row: Record) -> Iterator[str]:
        user, told = self.db["users"][row["user_id"]], row["identity"]
        truth = {"name": user["name"], "phone_last4": user["phone"][-4:], "email": user["email"]}
        if not {"name"} < set(told) <= set(truth):
            yield "identity keys"
        wrong = any(truth[key] != value for key, value in told.items())
        if wrong != (row["expect"].get("handoff_clause") == "15.4"):
            yield "identity is true"

    def _shop(self, user_id: str) -> Shop:
        """The shop with a fresh copy of what this customer's deeds can change."""
        user, orders = self.db["users"][user_id], self.db["orders"]
        own = {order_id: copy.deepcopy(orders[order_id]) for order_id in user["orders"]}
        users = {**self.db["users"], user_id: copy.deepcopy(user)}
        return Shop({**self.db, "users": users, "orders": {**orders, **own}}, user_id)

    def _deeds(self, row: Record) -> Iterator[str]:
        shop = self._shop(row["user_id"])
        expect = row["expect"]
        for refused in expect.get("refused", []):
            extras = {k: refused[k] for k in ("demand", "stranger", "no_consent") if k in refused}
            call = Call(refused["name"], refused["arguments"], **extras)
            if refused["clause"] not in self.clauses & shop.violated(call):
                yield "refused by its clause"
            if not extras and shop.violated(call) != {refused["clause"]}:
                yield "refused for one reason"
        for write in expect["writes"]:
            if shop.violated(Call(write["name"], write["arguments"])):
                yield "writes are allowed"
                return
            order_id = write["arguments"]["order_id"]
            before = copy.deepcopy(shop.db["orders"][order_id])
            apply(shop, write["name"], write["arguments"])
            if before == shop.db["orders"][order_id]:
                yield "writes change something"
        names = {call["name"] for call in expect.get("refused", [])}
        if set(expect["must_not"]) != names - {write["name"] for write in expect["writes"]}:
            yield "must_not is refused"


def _sentence(said: Record, writing: set[str]) -> Iterator[str]:
    say = said["say"]
    if len(say) < 3 or len(set(say)) != len(say) or not all(s.strip() == s and s for s in say):
        yield "three distinct variants"
    if not set(said) <= SAID:
        yield "keys of a sentence"
    kind, _, slot = said["when"].partition(":")
    if kind == "asked":
        if slot not in SLOTS or said.get("slot") != slot or "value" not in said:
            yield "slot and value"
        if slot in VERBATIM and not all((said["value"] or s) in s for s in say):
            yield "value verbatim"
        if slot == "address" and not all(
            said["value"][key] in s for key in ("district", "street") for s in say
        ):
            yield "value verbatim"
    elif said["when"] not in ("start", "offered", "refused") or "slot" in said:
        yield "when"
    if "for" in said and (kind != "offered" or not set(said["for"]) <= writing):
        yield "for"


def _answers(row: Record) -> Iterator[str]:
    """Whatever a write holds, the customer can say; and says yes to it."""
    goal = row["goal"]
    for write in row["expect"]["writes"]:
        for key, value in write["arguments"].items():
            slot = SLOT_OF.get(key, key)
            known = [said["value"] for said in goal if said.get("slot") == slot]
            if value not in known and (key, value) != ("refund_to", "original"):
                yield "the customer can answer"
        if not any(write["name"] in said.get("for", []) for said in goal):
            yield "the customer says yes"
