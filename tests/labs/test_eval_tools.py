"""What ``xiaoer eval tools`` promises, and that the tools do what the published ones do."""

from __future__ import annotations

import copy
import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.labs.retail import ADDRESS, anything, database
from tests.labs.retail_simulator import simulate
from xiaoer.labs.evals import app
from xiaoer.labs.tau.illegal import corpus, kinds
from xiaoer.labs.tau.makers import MAKERS
from xiaoer.labs.tau.published import Published
from xiaoer.labs.tau.stage import Action, Stage
from xiaoer.ladder.tools import SPECS, Effect
from xiaoer.main import WIRING
from xiaoer.ports.house import House

PUBLISHED = Path(os.environ.get("XIAOER_TAU_RETAIL", "/nonexistent"))


async def test_random_deeds_end_where_the_published_tools_end(house: House) -> None:
    stage = await Stage.built(house, database())
    happened = {True: 0, False: 0}
    for seed in range(40):
        chance, wanted = random.Random(seed), copy.deepcopy(stage.database)
        user = chance.choice(list(wanted["users"]))
        for _ in range(5):
            name, given = anything(wanted, user, chance)
            (done,) = await stage.play(user, [Action(name, given)])
            right = simulate(wanted, name, given)
            assert done.executed is right, (seed, name, given, done.code)
            happened[right] += 1
        assert await stage.state() == wanted, seed
        await stage.reset()
    assert await stage.state() == database()
    assert min(happened.values()) > 50, happened


def test_two_plain_readings_of_the_published_tools_agree() -> None:
    for seed in range(300):
        chance, one = random.Random(seed), database(seed % 5)
        other = copy.deepcopy(one)
        published = Published(other)
        for _ in range(6):
            name, given = anything(one, chance.choice(list(one["users"])), chance)
            assert published.run(name, given) is simulate(one, name, given)
        assert one == other


async def test_nothing_illegal_is_executed_whatever_the_seed(house: House) -> None:
    stage = await Stage.built(house, database())
    cases = corpus(stage.database, 170, MAKERS, seed=7)
    assert set(kinds(cases)) == set(MAKERS)
    for case in cases:
        before = await stage.play(case.user_id, case.before)
        assert all(result.executed for result in before), case
        held = await stage.state()
        (tried,) = await stage.play(case.user_id, [case.action], confirmed=case.confirmed)
        assert not tried.executed, case
        assert tried.code, case
        assert await stage.state() == held, case
        await stage.reset()


def command(folder: Path, *more: str) -> Result:
    (folder / "db").write_bytes(gzip.compress(json.dumps(database()).encode()))
    given = ["tools", "--db", str(folder / "db"), "--illegal", "40", *more]
    return CliRunner().invoke(app, given, obj=WIRING)


def lines(file: Path, *rows: Any) -> str:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


@pytest.mark.slow
def test_the_command_keeps_its_contract(tmp_path: Path) -> None:
    db = database()
    number, user = "#W00", "ann_a_0"
    cancel = {"name": "cancel_pending_order",
              "arguments": {"order_id": number, "reason": "no longer needed"}}  # fmt: skip
    look = {"name": "get_order_details", "kwargs": {"order_id": number}}
    tasks = lines(
        tmp_path / "tasks",
        {"id": "t/1", "evaluation_criteria": {"actions": [look, cancel]}},
        {"id": 2, "actions": [{"name": "find_user_id_by_email",
                               "arguments": {"email": "ANN0@example.com"}}, look]},
        {"id": "3", "evaluation_criteria": {"actions": []}},
    )  # fmt: skip
    actions = lines(
        tmp_path / "actions",
        {"id": "a", "user_id": user, "confirm": True, "actions": [cancel, cancel]},
        {"id": "b", "user_id": user, "confirm": False, "actions": [look, cancel]},
        {"id": "c", "user_id": "ann_b_1", "confirm": True, "actions": [cancel]},
        {"id": "d", "user_id": None, "confirm": True, "actions": [look]},
    )
    out, ends = tmp_path / "out", tmp_path / "ends"
    done = command(tmp_path, "--tasks", tasks, "--actions", actions, "--dump", str(ends),
                   "--predictions", str(out), "--json")  # fmt: skip
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["replayed_ok"], told["replayed_n"]) == (3, 3)
    assert told["illegal_executed"] == 0
    assert told["illegal_n"] >= 40
    assert told["failures"] == []
    results = {row["id"]: [(r["executed"], r.get("code")) for r in row["results"]]
               for row in told["actions"]}  # fmt: skip
    assert results == {
        "a": [(True, None), (False, "order_not_pending")],
        "b": [(True, None), (False, "not_confirmed")],
        "c": [(False, "not_found")],
        "d": [(False, "unauthenticated")],
    }
    assert json.loads((ends / "2.json").read_text()) == db
    ended = json.loads((ends / "t_1.json").read_text())
    assert ended["orders"][number]["status"] == "cancelled"
    assert len(out.read_text().splitlines()) == 7


@pytest.mark.parametrize(("tasks", "told"), [
    ('{"id": 1}', "tasks:1: needs actions"), ('{"actions": [{}]}', "tasks:1: every action"),
    ('{"actions": []}\n{"actions": [], "confirm": "yes"}', "tasks:2: confirm must"),
    ("[", "tasks:1: is not JSON"),
])  # fmt: skip
def test_bad_input_is_told_by_file_and_line(tmp_path: Path, tasks: str, told: str) -> None:
    (tmp_path / "tasks").write_text(tasks)
    done = command(tmp_path, "--tasks", str(tmp_path / "tasks"), "--json")
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_it_asks_for_something_to_do(tmp_path: Path) -> None:
    assert command(tmp_path).exit_code == 2
    (tmp_path / "db").write_text("{}")
    done = CliRunner().invoke(app, ["tools", "--db", str(tmp_path / "db"), "--tasks", "x"])
    assert done.exit_code == 2
    assert "db:1: needs an object" in done.stderr


def test_the_sixteen_published_tools_are_offered_with_their_arguments() -> None:
    order, items = {"order_id"}, {"item_ids", "new_item_ids"}
    method, address = {"payment_method_id"}, set(ADDRESS)
    assert {spec.name: set(spec.parameters["required"]) for spec in SPECS
            if spec.listed} == {
        "calculate": {"expression"}, "cancel_pending_order": order | {"reason"},
        "exchange_delivered_order_items": order | items | method,
        "find_user_id_by_email": {"email"},
        "find_user_id_by_name_zip": {"first_name", "last_name", "zip"},
        "get_order_details": order, "get_product_details": {"product_id"},
        "get_user_details": {"user_id"}, "list_all_product_types": set(),
        "modify_pending_order_address": order | address,
        "modify_pending_order_items": order | items | method,
        "modify_pending_order_payment": order | method,
        "modify_user_address": {"user_id"} | address,
        "return_delivered_order_items": order | {"item_ids"} | method,
        "think": {"thought"}, "transfer_to_human_agents": {"summary"},
    }  # fmt: skip
    deeds = [spec.name for spec in SPECS if spec.effect is Effect.DEED]
    assert len(deeds) == 7


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="XIAOER_TAU_RETAIL names no folder")
async def test_every_published_task_ends_where_the_published_tools_end(house: House) -> None:
    db = json.loads(gzip.decompress((PUBLISHED / "db.json.gz").read_bytes()))
    stage = await Stage.built(house, db)
    tasks = json.loads((PUBLISHED / "tasks_train.json").read_text())
    for name in ("tau1_tasks_train.jsonl.gz", "tau1_tasks_dev.jsonl.gz"):
        packed = gzip.decompress((PUBLISHED / name).read_bytes())
        tasks += [json.loads(line) for line in packed.splitlines()]
    for task in tasks:
        listed = task["actions"] if "actions" in task else task["evaluation_criteria"]["actions"]
        actions = [Action(a["name"], a.get("arguments", a.get("kwargs"))) for a in listed]
        named = [v for a in actions for v in a.arguments.values() if isinstance(v, str)]
        users = [v if v in db["users"] else db["orders"][v]["user_id"] for v in named
                 if v in db["users"] or v in db["orders"]]  # fmt: skip
        results = await stage.play(users[0] if users else "", actions)
        wanted = copy.deepcopy(db) if users else db
        right = [simulate(wanted, a.name, a.arguments) for a in actions]
        assert [one.executed for one in results] == right, task
        assert await stage.state() == wanted, task
        await stage.reset()
