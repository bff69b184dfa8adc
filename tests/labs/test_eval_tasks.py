"""The task bench runs through the product, and a failure is a failure."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from xiaoer.labs.evals.readers import BadInput
from xiaoer.labs.evals.tasks import Score, Tasks, evaluate, read
from xiaoer.labs.retail.customer import MOST_TURNS, Answer, Customer
from xiaoer.ports.house import House

FOLDER = Path(str(files("xiaoer.labs.evals") / "data" / "zh_retail"))
ROWS = [json.loads(line) for line in (FOLDER / "tasks.jsonl").read_text().splitlines()]


def bench(folder: Path, *rows: dict[str, object]) -> Tasks:
    file = folder / "bench.jsonl"
    file.write_text("\n".join(json.dumps({**row, "db": str(FOLDER / "db.json")}) for row in rows))
    return Tasks(bench=str(file), seeds=1)


async def test_tasks_are_tried_through_the_product(tmp_path: Path, house: House) -> None:
    urge = next(row for row in ROWS if row["id"] == "urge-01")
    wrong = {**urge, "id": "wrong", "expect": {"writes": [], "must_not": ["urge_dispatch"],
                                               "handoff": False}}  # fmt: skip
    unknown = {key: value for key, value in urge.items() if key != "expect"} | {"id": "unknown"}
    asked = bench(tmp_path, urge, wrong, unknown)
    report, predictions = await evaluate(asked, read(asked), house, lambda line: None)
    assert report["n"] == 3
    assert report["pass^1"] == 0.5
    assert report["pass^4"] is None
    assert report["harm"] == 1
    assert [row["id"] for row in predictions] == ["urge-01", "wrong", "unknown"]
    assert predictions[2]["tries"][0]["writes"] == ["urge_dispatch"]
    assert {one.get("id") for one in report["failures"]} == {"wrong"}


@pytest.mark.parametrize("field", ["id", "db", "user_id", "goal"])
def test_a_row_without_a_field_is_told_with_its_place(tmp_path: Path, field: str) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_text(json.dumps({key: value for key, value in ROWS[0].items() if key != field}))
    with pytest.raises(BadInput, match=rf"bench\.jsonl:1: needs {field}"):
        read(Tasks(bench=str(file)))


def test_the_chance_of_four_in_a_row_is_counted_without_bias() -> None:
    score = Score(passed=[8, 4, 0])
    assert score.keys(8)["pass^1"] == 0.5
    assert score.keys(8)["pass^4"] == pytest.approx((1 + 1 / 70 + 0) / 3)


def test_a_customer_repeats_for_a_seed_and_ends_at_last() -> None:
    for row in ROWS:
        first, second = Customer(row, 3), Customer(row, 3)
        said = [first.opens()], [second.opens()]
        for one, words in ((first, said[0]), (second, said[1])):
            while (answer := one.answers(Answer("unknown"))) is not None:
                words.append(answer)
        assert said[0] == said[1]
        assert len(said[0]) <= MOST_TURNS + 1


def test_a_slip_never_falls_into_what_counts() -> None:
    slipped = 0
    for row in ROWS:
        customer = Customer(row, 1)
        for words in (words for goal in row["goal"] for words in goal["say"]):
            typed = customer._typed(words)
            slipped += typed != words
            assert all(value in typed for value in customer._values() if value in words)
    assert slipped > 0
