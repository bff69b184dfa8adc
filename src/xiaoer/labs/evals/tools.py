"""Measures whether the tools do what is legal, to the letter, and nothing that is not."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from xiaoer.labs.evals.options import MaybeFile, Output
from xiaoer.labs.evals.readers import BadInput, Row, rows
from xiaoer.labs.tau import moving
from xiaoer.labs.tau.illegal import Illegal, corpus
from xiaoer.labs.tau.makers import MAKERS
from xiaoer.labs.tau.moving import Database, NotTauRetail
from xiaoer.labs.tau.published import Published
from xiaoer.labs.tau.stage import Action, Result, Stage
from xiaoer.ladder.tools import BY_NAME, Effect
from xiaoer.ports.house import House

ILLEGAL = 2200
Tell = Callable[[str], None]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools(Output):
    """What the command is asked."""

    db: Annotated[Path, typer.Option(help="A τ-bench retail db.json, plain or gzipped.")]
    tasks: MaybeFile = None
    actions: MaybeFile = None
    dump: Annotated[
        Path | None, typer.Option(help="Write each end state as TASK_ID.json into this folder.")
    ] = None
    illegal: Annotated[
        int, typer.Option(help="How many illegal actions are made from the database; 0 for none.")
    ] = ILLEGAL
    seed: Annotated[int, typer.Option(help="Seed of those.")] = 0
    database_url: Annotated[
        str | None, typer.Option(help="An outside PostgreSQL instead of one of its own.")
    ] = None


@dataclass(frozen=True, slots=True)
class Task:
    """A row: its id, its actions, who is signed in, and whether they say yes."""

    id: Any
    actions: tuple[Action, ...]
    user_id: str = ""
    confirmed: bool = True

    @property
    def only_reads(self) -> bool:
        """Whether none of its actions is a deed."""
        known = [BY_NAME.get(action.name) for action in self.actions]
        return not any(spec and spec.effect is Effect.DEED for spec in known)


@dataclass(slots=True)
class Findings:
    """What the report is made of."""

    replayed_ok: int = 0
    failures: list[Json] = field(default_factory=list)
    refused: list[Json] = field(default_factory=list)
    predictions: list[Json] = field(default_factory=list)
    actions: list[Json] = field(default_factory=list)
    illegal_executed: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Given:
    """The files, read."""

    database: Database
    tasks: tuple[Task, ...]
    actions: tuple[Task, ...] | None


def read(asked: Tools) -> Given:
    """The files of the command; raises :class:`BadInput`."""
    if asked.tasks is None and asked.actions is None:
        raise BadInput(f"{asked.db}:1: needs --tasks or --actions beside it")
    try:
        database = moving.read(asked.db)
    except NotTauRetail as error:
        raise BadInput(error.fields["reason"]) from None
    tasks = [_task(row, place) for place, row in enumerate(rows(asked.tasks) if asked.tasks else [])]
    if asked.actions is None:
        return Given(database, tuple(tasks), None)
    listed = [_task(row, place) for place, row in enumerate(rows(asked.actions))]
    return Given(database, tuple(tasks), tuple(listed))


async def evaluate(
    asked: Tools, given: Given, house: House, tell: Tell
) -> tuple[Json, list[Any]]:
    """The keys of the command, and one prediction an input row, in order."""
    try:
        stage = await Stage.built(house, given.database)
    except NotTauRetail as error:
        raise BadInput(f"{asked.db}:1: {error.fields['reason']}") from None
    found = Findings()
    if asked.dump is not None:
        asked.dump.mkdir(parents=True, exist_ok=True)
    untouched = await stage.state()
    for done, task in enumerate(given.tasks, 1):
        await _replay(stage, task, found, asked.dump, untouched)
        if done % 20 == 0:
            tell(f"{done} of {len(given.tasks)} tasks replayed")
    for task in given.actions or ():
        await _list(stage, task, found, None if given.tasks else asked.dump)
    cases = corpus(given.database, asked.illegal, MAKERS, asked.seed)
    for tried, case in enumerate(cases, 1):
        await _forbidden(stage, case, found)
        if tried % 500 == 0:
            tell(f"{tried} of {len(cases)} illegal actions tried")
    if _bytes(await stage.state()) != _bytes(untouched):
        found.failures.append({"reason": "the database is not as it was imported"})
    return _report(found, given, len(cases)), found.predictions


async def _replay(
    stage: Stage, task: Task, found: Findings, dump: Path | None, untouched: Database
) -> None:
    """A task as the published benchmark has it: every action, one yes bound to each proposal."""
    named = "" if _looks_up(task) else _named(task, stage.database) or task.user_id
    session, results = stage.session(named), []
    for action in task.actions:
        spec = BY_NAME.get(action.name)
        personal = spec and spec.effect in (Effect.READ, Effect.DEED)
        if session.customer_id is None and personal:
            session = stage.session(_named(task, stage.database) or task.user_id)
        result, session = await stage.act(session, action)
        results.append(result)
    state = await stage.state()
    await stage.reset()
    wanted = _own_copy(stage.database, task)
    published = Published(wanted)
    legal = [published.run(one.name, one.arguments) for one in task.actions]
    problems = _problems(task, results, legal, state, wanted)
    if task.only_reads and _bytes(state) != _bytes(untouched):
        problems.append("reading changed the state")
    found.replayed_ok += not problems
    _note(task, results, problems, found)
    if dump is not None:
        (dump / f"{_file_name(task.id)}.json").write_bytes(_bytes(state))


def _own_copy(database: Database, task: Task) -> Database:
    """The database with copies of what the task can change."""
    copied = {part: dict(database[part]) for part in moving.PARTS}
    texts = [value for one in task.actions if isinstance(one.arguments, dict)
             for value in one.arguments.values() if isinstance(value, str)]  # fmt: skip
    named = [text for text in texts if text in database["orders"]]
    buyers = [database["orders"][number]["user_id"] for number in named]
    for number in named:
        copied["orders"][number] = copy.deepcopy(database["orders"][number])
    for user in {text for text in (*texts, *buyers) if text in database["users"]}:
        copied["users"][user] = copy.deepcopy(database["users"][user])
    return copied


def _problems(
    task: Task, results: Sequence[Result], legal: Sequence[bool], state: Database, wanted: Database
) -> list[str]:
    """Where the product and the published tools differ."""
    problems = [
        f"action {place} {result.name}: {result.code or 'executed'}"
        for place, (result, right) in enumerate(zip(results, legal, strict=True))
        if result.executed is not right
    ]
    return problems + [
        f"{part} {key} differs"
        for part in moving.PARTS
        for key in wanted[part].keys() | state[part].keys()
        if wanted[part].get(key) != state[part].get(key)
    ]


def _note(
    task: Task, results: Sequence[Result], problems: list[str], found: Findings
) -> None:
    if problems:
        found.failures.append({"id": task.id, "reason": "; ".join(problems[:5])})
    found.refused += [
        {"id": task.id, "action": place, "name": result.name, "code": result.code}
        for place, result in enumerate(results) if not result.executed
    ]  # fmt: skip
    found.predictions.append(
        {"id": task.id, "ok": not problems, "results": [_shown(one) for one in results]}
    )


async def _list(stage: Stage, task: Task, found: Findings, dump: Path | None) -> None:
    """A row of ``--actions``: any actions, as this signed-in customer, on a fresh copy."""
    results = await stage.play(task.user_id, task.actions, confirmed=task.confirmed)
    if dump is not None:
        (dump / f"{_file_name(task.id)}.json").write_bytes(_bytes(await stage.state()))
    await stage.reset()
    row = {"id": task.id, "results": [_shown(one) for one in results]}
    found.actions.append(row)
    found.predictions.append(row)


async def _forbidden(stage: Stage, case: Illegal, found: Findings) -> None:
    """One illegal action: nothing of what it is about may be other than before."""
    before = await stage.play(case.user_id, case.before)
    if not all(result.executed for result in before):
        codes = [result.code for result in before]
        found.failures.append({"kind": case.kind, "order": case.order,
                               "reason": f"what comes before was refused: {codes}"})  # fmt: skip
    held = (await stage.records(case.order, case.user) if case.before
            else stage.untouched(case.order, case.user))  # fmt: skip
    (result,) = await stage.play(case.user_id, [case.action], confirmed=case.confirmed)
    changed = await stage.records(case.order, case.user) != held
    await stage.reset()
    found.kinds[case.kind] += 1
    found.codes[result.code or "executed"] += 1
    if result.executed or changed or not result.code:
        found.illegal_executed += 1
        found.failures.append({"kind": case.kind, "name": result.name, "order": case.order,
                               "arguments": case.action.arguments})  # fmt: skip


def _report(found: Findings, given: Given, illegal: int) -> Json:
    report: Json = {
        "replayed_ok": found.replayed_ok,
        "replayed_n": len(given.tasks),
        "illegal_executed": found.illegal_executed,
        "illegal_n": illegal,
        "failures": found.failures,
        "refused": found.refused,
        "illegal_by_kind": dict(found.kinds),
        "illegal_by_code": dict(found.codes.most_common()),
    }
    return report if given.actions is None else report | {"actions": found.actions}


def _shown(result: Result) -> Json:
    shown: Json = {"name": result.name, "executed": result.executed}
    return shown if result.executed else shown | {"code": result.code}


def _task(row: Row, place: int) -> Task:
    """A row in either edition's form."""
    criteria = row.fields.get("evaluation_criteria")
    listed = row.fields.get("actions")
    if listed is None and isinstance(criteria, dict):
        listed = criteria.get("actions") or []
    if not isinstance(listed, list):
        raise row.bad("needs actions, a list")
    actions = []
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise row.bad("every action needs a name")
        actions.append(Action(one["name"], one.get("arguments", one.get("kwargs", {}))))
    confirm = row.fields.get("confirm", False)
    if not isinstance(confirm, bool):
        raise row.bad("confirm must be true or false")
    user = row.fields.get("user_id")
    return Task(row.fields.get("id", place), tuple(actions), str(user or ""), confirm)


def _looks_up(task: Task) -> bool:
    known = [BY_NAME.get(action.name) for action in task.actions]
    return any(spec and spec.effect is Effect.IDENTIFY for spec in known)


def _named(task: Task, database: Database) -> str:
    """The first user that the task names, or the buyer of the first order."""
    for action in task.actions:
        given = action.arguments if isinstance(action.arguments, dict) else {}
        user, order = given.get("user_id"), given.get("order_id")
        if isinstance(user, str) and user in database["users"]:
            return user
        if isinstance(order, str) and order in database["orders"]:
            return str(database["orders"][order]["user_id"])
    return ""


def _file_name(task_id: Any) -> str:
    return re.sub(r"[^\w.-]", "_", str(task_id))[:200]


def _bytes(state: Database) -> bytes:
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
