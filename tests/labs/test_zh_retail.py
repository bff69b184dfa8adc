"""The Chinese retail bench holds to its own published rules; its sealed part stays unseen."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.labs.zh_retail_policy import Call, Record, Shop
from tests.labs.zh_retail_rows import Judge
from xiaoer.labs import evals

BENCH = Path(evals.__file__).parent / "data" / "zh_retail"
FILES = {"tasks.jsonl": 84, "sealed.jsonl": 40}

both = pytest.mark.parametrize("file", FILES)


@cache
def rows(file: str) -> list[Record]:
    return [json.loads(line) for line in (BENCH / file).read_text("utf-8").splitlines()]


@cache
def db() -> Any:
    return json.loads((BENCH / "db.json").read_text("utf-8"))


@cache
def tools() -> Any:
    return json.loads((BENCH / "tools.json").read_text("utf-8"))["tools"]


@cache
def clauses() -> set[str]:
    policy = (BENCH / "policy.md").read_text("utf-8")
    return set(re.findall(r"^- (\d+\.\d+) ", policy, re.MULTILINE))


@cache
def judge() -> Judge:
    return Judge(db(), tools(), clauses())


def everything() -> list[Record]:
    return [row for file in FILES for row in rows(file)]


def deeds(row: Record) -> list[tuple[str, str, str]]:
    calls = [*row["expect"]["writes"], *row["expect"].get("refused", [])]
    return [(row["user_id"], call["name"], call["arguments"]["order_id"]) for call in calls]


def openings(row: Record) -> list[str]:
    return [text for said in row["goal"] if said["when"] == "start" for text in said["say"]]


@both
def test_every_row_is_what_the_policy_says(file: str) -> None:
    shown = file == "tasks.jsonl"
    found = Counter(
        f"{row['id']}: {fault}" if shown else fault
        for row in rows(file)
        for fault in judge().faults(row)
    )
    assert found == {}


@both
def test_a_file_has_all_its_rows_under_names_of_their_own(file: str) -> None:
    names = {row["id"] for row in rows(file)}
    assert len(rows(file)) == len(names) == FILES[file]


def test_no_sealed_task_shares_customer_wish_and_order_with_a_visible_one() -> None:
    seen, sealed = ({deed for row in rows(file) for deed in deeds(row)} for file in FILES)
    assert len(seen & sealed) == 0


def test_no_two_tasks_open_with_the_same_words() -> None:
    said = Counter(text for row in everything() for text in openings(row))
    assert sum(1 for times in said.values() if times > 1) == 0


def test_no_two_tasks_are_told_alike() -> None:
    told = Counter(
        json.dumps([said["say"] for said in row["goal"]], ensure_ascii=False)
        for row in everything()
    )
    assert max(told.values()) == 1


@both
def test_customers_agree_in_many_ways(file: str) -> None:
    ways = {
        text for row in rows(file) for said in row["goal"] if "for" in said for text in said["say"]
    }
    assert len(ways) >= 30


@both
def test_what_a_good_answer_tells_stands_in_the_records_or_the_policy(file: str) -> None:
    text = (BENCH / "db.json").read_text("utf-8") + (BENCH / "policy.md").read_text("utf-8")
    prices = {f"{int(fen) / 100:g}" for fen in re.findall(r'_fen":(\d+)', text)}
    told = [fact for row in rows(file) for fact in row["expect"].get("tells", [])]
    assert len([fact for fact in told if fact not in text and fact not in prices]) == 0
    assert len(told) > 0


@both
def test_every_deed_is_done_somewhere(file: str) -> None:
    done = {write["name"] for row in rows(file) for write in row["expect"]["writes"]}
    assert done == judge().writing


def test_every_deed_is_refused_somewhere() -> None:
    refused = {c["name"] for row in rows("tasks.jsonl") for c in row["expect"].get("refused", [])}
    assert refused == judge().writing


def test_the_visible_tasks_know_every_kind_of_end() -> None:
    ends = {row["expect"].get("handoff_clause") for row in rows("tasks.jsonl")}
    assert ends == {None, *(f"15.{number}" for number in range(1, 10))}
    wrong = [row for row in rows("tasks.jsonl") if row["expect"].get("handoff_clause") == "15.4"]
    assert len(wrong) == 1
    assert any(row["expect"].get("tells") for row in rows("tasks.jsonl"))


def test_the_records_are_what_their_generator_writes() -> None:
    made = subprocess.run([sys.executable, BENCH / "make_db.py", "--check"], timeout=30)
    assert made.returncode == 0
    assert (BENCH / "db.json").stat().st_size < 600_000


def test_tools_name_clauses_of_the_policy_and_the_state_they_leave() -> None:
    assert len(judge().writing) == 10
    for tool in tools():
        assert set(tool["clauses"]) <= clauses(), tool["function"]["name"]
        assert tool["effect"], tool["function"]["name"]


@pytest.mark.parametrize(
    ("row_id", "order_id", "path", "value"),
    [
        ("return-10", "HT2611175403", "return.refund_fen", 7400 + 800),
        ("return-04", "HT2611153590", "return.refund_fen", 2 * 4500),
        ("return-02", "HT2611162295", "return.shipping_by", "seller"),
        ("exchange-03", "HT2611127438", "exchange.difference_fen", 29665 - 34900),
        ("price-08", "HT2611141111", "refunds.0.amount_fen", 189900 - 161415),
        ("report-01", "HT2611114367", "refunds.0.amount_fen", 3705),
        ("report-02", "HT2611142961", "reports.0.amount_fen", 0),
        ("pickup-01", "HT2611191851", "shipping_fee_fen", 0),
        ("multi-02", "HT2611073183", "invoice.amount_fen", 60700 - 2 * 1890),
        ("address-01", "HT2611172036", "address.receiver", "华珊"),
        ("urge-01", "HT2611181222", "priority", "high"),
    ],
)
def test_a_deed_leaves_the_state_counted_by_hand(
    row_id: str, order_id: str, path: str, value: Any
) -> None:
    (row,) = [row for row in rows("tasks.jsonl") if row["id"] == row_id]
    found: Any = judge().done(row)["orders"][order_id]
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else found[step]
    assert found == value


@pytest.mark.parametrize(
    ("row_id", "user_id", "balance"),
    [("pickup-01", "u24", 26000 + 800), ("freight-01", "u19", 5000 + 1200)],
)
def test_money_for_the_balance_arrives_at_once(row_id: str, user_id: str, balance: int) -> None:
    (row,) = [row for row in rows("tasks.jsonl") if row["id"] == row_id]
    assert judge().done(row)["users"][user_id]["balance_fen"] == balance


def wreck_order(row: Record) -> None:
    theirs = next(o for o in db()["orders"].values() if o["user_id"] != row["user_id"])
    row["expect"]["writes"][0]["arguments"]["order_id"] = theirs["order_id"]


def wreck_repeat(row: Record) -> None:
    row["expect"]["writes"] *= 2


def wreck_argument(row: Record) -> None:
    row["expect"]["writes"][0]["arguments"]["amount_fen"] = 1


def wreck_order_row(row: Record) -> None:
    row["goal"] = [said for said in row["goal"] if said["when"] != "asked:order"]


def wreck_variants(row: Record) -> None:
    row["goal"][0]["say"][1] = row["goal"][0]["say"][0]


def wreck_consent(row: Record) -> None:
    row["goal"] = [said for said in row["goal"] if "for" not in said]


def wreck_must_not(row: Record) -> None:
    row["expect"]["must_not"].append("issue_invoice")


def wreck_handoff(row: Record) -> None:
    row["expect"]["handoff"] = True


def wreck_identity(row: Record) -> None:
    row["identity"]["phone_last4"] = "0000"


def wreck_all(row: Record) -> None:
    del row["expect"]


@pytest.mark.parametrize(
    ("wreck", "fault"),
    [
        (wreck_order, "writes are allowed"),
        (wreck_repeat, "writes are allowed"),
        (wreck_argument, "schema of the tools"),
        (wreck_order_row, "the customer can answer"),
        (wreck_variants, "three distinct variants"),
        (wreck_consent, "the customer says yes"),
        (wreck_must_not, "must_not is refused"),
        (wreck_handoff, "hand-off without clause"),
        (wreck_identity, "identity is true"),
        (wreck_all, "readable"),
    ],
)
def test_a_wrong_row_is_noticed(wreck: Any, fault: str) -> None:
    (row,) = copy.deepcopy([row for row in rows("tasks.jsonl") if row["id"] == "cancel-02"])
    wreck(row)
    assert fault in judge().faults(row)


@pytest.mark.parametrize(
    ("row_id", "clause"), [("urge-03", "4.2"), ("return-05", "7.2"), ("price-04", "10.3")]
)
def test_a_refusal_under_a_wrong_clause_is_noticed(row_id: str, clause: str) -> None:
    (row,) = copy.deepcopy([row for row in rows("tasks.jsonl") if row["id"] == row_id])
    assert row["expect"]["refused"][0]["clause"] == clause
    row["expect"]["refused"][0]["clause"] = "5.2"
    assert "refused by its clause" in judge().faults(row)


@pytest.mark.parametrize(
    ("row_id", "days_left", "clause"),
    [
        ("return-01", 6, "7.2"),
        ("return-02", 14, "7.2"),
        ("exchange-01", 9, "8.2"),
        ("price-01", 15, "10.1"),
        ("freight-01", 14, "11.4"),
        ("invoice-02", 84, "12.2"),
        ("report-01", 1, "13.2"),
        ("report-03", 3, "13.2"),
    ],
)
def test_the_last_day_is_in_time_and_the_next_is_late(
    row_id: str, days_left: int, clause: str
) -> None:
    (row,) = [row for row in rows("tasks.jsonl") if row["id"] == row_id]
    write = row["expect"]["writes"][0]
    shop, call = Shop(db(), row["user_id"]), Call(write["name"], write["arguments"])
    shop.now += timedelta(days=days_left)
    assert shop.violated(call) == set()
    shop.now += timedelta(days=1)
    assert shop.violated(call) == {clause}
