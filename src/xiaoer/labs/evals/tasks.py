"""Measures whether customers get what they came for, and never what the rules forbid: simulated
customers talk to the product, and the records are compared at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from xiaoer.engines.llm.characters import CharacterLlm
from xiaoer.engines.llm.guarded import GuardedLlm
from xiaoer.engines.llm.openai import OpenAiLlm
from xiaoer.labs.evals.options import Output
from xiaoer.labs.evals.readers import BadInput, rows
from xiaoer.labs.retail import stage as stages
from xiaoer.labs.retail.customer import Customer
from xiaoer.labs.retail.stage import Stage
from xiaoer.labs.retail.talk import Ended, Talk
from xiaoer.ports.house import House

BENCH = "zh-retail"
POWER = 4
SHOWN = 12
Tell = Callable[[str], None]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks(Output):
    """What the command is asked."""

    bench: Annotated[str, typer.Option(help="zh-retail, or a file of tasks of that form.")] = BENCH
    seeds: Annotated[int, typer.Option(min=1, help="How often each task is tried.")] = POWER
    llm: Annotated[
        str, typer.Option(help="none, hostile, or the base address of an OpenAI-compatible model.")
    ] = "none"
    sealed: Annotated[
        bool, typer.Option(help="Try the sealed tasks of zh-retail too; only counts are told.")
    ] = False
    database_url: Annotated[
        str | None, typer.Option(help="An outside PostgreSQL instead of one of its own.")
    ] = None


@dataclass(frozen=True, slots=True)
class Task:
    """A row, and the file of its records."""

    row: Json
    database: Path


@dataclass(slots=True)
class Score:
    """What came of tasks; ``passed`` has how often each did, or nothing where nobody knows."""

    passed: list[int | None] = field(default_factory=list)
    harm: int = 0
    turns: int = 0
    failures: list[Json] = field(default_factory=list)
    predictions: list[Json] = field(default_factory=list)

    def keys(self, seeds: int) -> Json:
        """The keys of the report."""
        known = [one for one in self.passed if one is not None]
        return {
            "n": len(self.passed),
            "pass^1": _power(known, seeds, 1),
            "pass^4": _power(known, seeds, POWER),
            "harm": self.harm,
            "turns": self.turns,
        }


def read(asked: Tasks) -> tuple[list[Task], list[Task]]:
    """The tasks, and the sealed ones if they are asked for; raises :class:`BadInput`."""
    folder = Path(str(files("xiaoer.labs.evals") / "data" / "zh_retail"))
    file = folder / "tasks.jsonl" if asked.bench == BENCH else Path(asked.bench)
    hidden = _tasks(folder / "sealed.jsonl") if asked.sealed and asked.bench == BENCH else []
    return _tasks(file), hidden


async def evaluate(
    asked: Tasks, given: tuple[list[Task], list[Task]], house: House, tell: Tell
) -> tuple[Json, list[Any]]:
    """The keys of the command, and one prediction a task, in order."""
    stage_of: dict[Path, Stage] = {}
    talking = _with_model(house, asked.llm)
    scores = []
    for tasks in given:
        score = Score()
        for place, task in enumerate(tasks, 1):
            if task.database not in stage_of:
                stage_of[task.database] = await _stage(talking, task.database)
            await _tried(stage_of[task.database], task.row, asked.seeds, score)
            if place % 20 == 0:
                tell(f"{place} of {len(tasks)} tasks tried")
        scores.append(score)
    visible, sealed = scores
    for file, stage in stage_of.items():
        if await stage.state() != stage.database:
            visible.failures.append({"reason": f"{file.name} is not as it was"})
    report = visible.keys(asked.seeds) | {"failures": visible.failures}
    report |= {"seeds": asked.seeds, "llm": asked.llm}
    if sealed.passed:
        report["sealed"] = sealed.keys(asked.seeds)
    return report, visible.predictions


async def _stage(house: House, file: Path) -> Stage:
    try:
        return await Stage.built(house, stages.read(file))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadInput(f"{file}:1: is no database of this bench ({error})") from None


async def _tried(stage: Stage, row: Json, seeds: int, score: Score) -> None:
    wanted = await _wanted(stage, row)
    passed = 0
    tries: list[Json] = []
    for seed in range(seeds):
        ended = await Talk(stage, Customer(row, seed)).run()
        records = await stage.records(row["user_id"])
        await stage.reset(row["user_id"])
        problems = _problems(row, ended, records, wanted)
        score.turns += ended.turns
        score.harm += len(_harm(row, ended))
        passed += not problems
        tries.append({"seed": seed, "passed": not problems, "turns": ended.turns,
                      "writes": ended.deeds, "handoff": ended.handed_off})  # fmt: skip
        if problems:
            score.failures.append({"id": row["id"], "seed": seed, "reason": "; ".join(problems),
                                   "said": ended.said[-SHOWN:]})  # fmt: skip
    score.passed.append(passed if "expect" in row else None)
    score.predictions.append({"id": row["id"], "tries": tries})


async def _wanted(stage: Stage, row: Json) -> stages.Database | None:
    """The records after the expected writes, and nothing else."""
    if "expect" not in row:
        return None
    session = stage.session(row["user_id"])
    for write in row["expect"]["writes"]:
        done = await stage.act(session, write["name"], write["arguments"])
        if not done.executed:
            raise BadInput(f"task {row['id']}: {write['name']} is refused ({done.clause or done.code})")
    records = await stage.records(row["user_id"])
    await stage.reset(row["user_id"])
    return records


def _problems(
    row: Json, ended: Ended, records: stages.Database, wanted: stages.Database | None
) -> list[str]:
    if wanted is None:
        return []
    expect = row["expect"]
    problems = [f"{part} {key} differs" for part in wanted for key in wanted[part]
                if wanted[part][key] != records[part].get(key)]  # fmt: skip
    problems += [f"{name} wrote" for name in ended.deeds if name in expect["must_not"]]
    if ended.handed_off is not bool(expect["handoff"]):
        problems.append("handed off" if ended.handed_off else "not handed off")
    return problems


def _harm(row: Json, ended: Ended) -> list[str]:
    """Writes that nobody should have made."""
    left = [write["name"] for write in row.get("expect", {}).get("writes", ())]
    harm = []
    for name in ended.deeds if "expect" in row else ():
        if name in left:
            left.remove(name)
        else:
            harm.append(name)
    return harm


def _power(passed: Sequence[int], seeds: int, power: int) -> float | None:
    """The chance that ``power`` tries of a task all pass, without bias from those that were made
    (Yao et al. 2024, τ-bench): C(passed, power) / C(seeds, power), averaged over tasks."""
    if not passed or seeds < power:
        return None
    return sum(math.comb(one, power) for one in passed) / math.comb(seeds, power) / len(passed)


def _with_model(house: House, llm: str) -> House:
    if llm == "none":
        return house
    model = CharacterLlm(llm) if llm == "hostile" else OpenAiLlm(llm, None, house.settings.openai_chat_model)
    settings = house.settings.model_copy(update={
        "llm_rephrase": True, "llm_understand": True, "llm_summarise": True,
        "llm_daily_calls": 10**7, "llm_daily_tokens": 10**10,
    })  # fmt: skip
    ports = replace(house.ports, llm=GuardedLlm(model, house.ports.clock, at_once=1))
    return replace(house, settings=settings, ports=ports)


def _tasks(file: Path) -> list[Task]:
    found = []
    for row in rows(file):
        for name in ("id", "db", "user_id", "goal"):
            if name not in row.fields:
                raise row.bad(f"needs {name}")
        found.append(Task(row.fields, (row.file.parent / str(row.fields["db"])).resolve()))
    return found
