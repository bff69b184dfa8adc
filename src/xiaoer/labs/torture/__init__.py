"""``xiaoer torture``: kill the real server at random under traffic, and count what was lost."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from xiaoer.edge.cli.options import settings_of
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.labs.bench import show, tell
from xiaoer.labs.bench.agents import Account
from xiaoer.labs.bench.shoppers import STORES, Shopper
from xiaoer.labs.bench.stage import (
    ACCOUNT,
    KEEPER,
    PASSWORD,
    Size,
    Stage,
    end_cleanly,
    free_port,
    logins,
    prepare,
)
from xiaoer.labs.bench.wire import Requests
from xiaoer.labs.demo.seed import SLUG
from xiaoer.labs.ledger import percentile
from xiaoer.labs.torture.plan import Trial
from xiaoer.labs.torture.trial import Keys, Outcome, Run

app = typer.Typer(help="Kill the real server at random, and count losses.")
WORKERS = 2
LEARNT_WITHIN_S = 90.0
SMALL = {"customers": 200, "orders": 400}

Tell = Callable[[str], None]


@app.command()
def torture(
    ctx: typer.Context,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    first: Annotated[int, typer.Option(help="The first seed; seeds count up from it.")] = 1,
    seconds: Annotated[float, typer.Option(min=3, help="Traffic of each seed.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """A small demo group is served from a temporary folder, copied afresh for every seed.

    60 messages a second, agents who claim and reply, a running import, and three kills of a
    worker, all workers, everything with PostgreSQL, or PostgreSQL alone. A seed takes about 30 s.
    """
    wiring: Wiring = ctx.obj
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="xiaoer-torture-") as folder:
        prepared = Path(folder) / "prepared"
        keys = furnish(wiring, prepared, Trial(first), tell)
        outcomes = []
        for seed in range(first, first + seeds):
            trial = Trial(seed, seconds)
            tell(f"seed {seed}")
            outcomes.append(one_seed(prepared, Path(folder) / f"seed{seed}", trial, keys))
        show(report(outcomes), as_json=as_json)


def furnish(wiring: Wiring, data: Path, trial: Trial, tell: Tell) -> Keys:
    """Prepare the folder that every seed starts from, with sessions already open."""
    settings = settings_of(data_dir=data, port=free_port(), workers=WORKERS)
    prepare(wiring, settings, Size(trial.agents, **SMALL), tell)
    stage = Stage(settings, data.with_name("prepared.log"))
    try:
        stage.start()
        stage.await_ready()
        keys = asyncio.run(_open_sessions(stage, trial))
        await_learning(data)
        return keys
    finally:
        stage.stop()


def await_learning(data: Path) -> None:
    """Until the index of what is known lies in the folder, so that no copy learns it again."""
    for _ in range(int(LEARNT_WITHIN_S)):
        if any((data / "cache" / "knowledge").glob("*.pickle")):
            return
        time.sleep(1)


async def _open_sessions(stage: Stage, trial: Trial) -> Keys:
    requests = Requests(stage.address)
    people = [Account(requests, login) for login in (*logins(trial.agents), KEEPER)]
    cookies = await asyncio.gather(*(one.sign_in(SLUG, PASSWORD) for one in people))
    crowd = [Shopper(ACCOUNT, f"k{number:03d}", requests) for number in range(trial.shoppers)]
    tokens = await asyncio.gather(*(
        shopper.enter(STORES[number % len(STORES)]) for number, shopper in enumerate(crowd)
    ))
    await asyncio.gather(*(shopper.leave() for shopper in crowd))
    await requests.close()
    return Keys(tuple(cookies[:-1]), tuple(tokens), cookies[-1])


def one_seed(prepared: Path, folder: Path, trial: Trial, keys: Keys) -> Outcome:
    """Serve a copy of the prepared folder, and let the trial loose on it."""
    shutil.copytree(prepared, folder, symlinks=True)
    settings = settings_of(data_dir=folder, port=free_port(), workers=WORKERS)
    stage = Stage(settings, folder.with_suffix(".log"))
    try:
        stage.start()
        stage.await_ready()
        outcome = asyncio.run(_tried(stage, trial, keys))
    finally:
        stage.stop()
    if outcome.stuck:
        tell(f"  {outcome.stuck} of {outcome.sent} stuck")
    for line in outcome.verdict.details[:10]:
        tell(f"  {line}")
    shutil.rmtree(folder)
    return outcome


async def _tried(stage: Stage, trial: Trial, keys: Keys) -> Outcome:
    return await Run(stage, trial, keys, tell).go()


def report(outcomes: list[Outcome]) -> dict[str, Any]:
    """The keys of the contract, then what explains them."""
    ready = sorted(took for one in outcomes for took in one.ready_ms)
    problems: Counter[str] = Counter()
    for one in outcomes:
        problems.update(one.problems)
    return {
        "seeds": len(outcomes),
        "kills": len(ready),
        "sent": sum(one.sent for one in outcomes),
        "acknowledged": sum(one.acknowledged for one in outcomes),
        "lost": sum(one.verdict.lost for one in outcomes),
        "doubled": sum(one.verdict.doubled for one in outcomes),
        "reordered": sum(one.verdict.reordered for one in outcomes),
        "double_owned": sum(one.double_owned for one in outcomes),
        "answered_twice": sum(one.verdict.answered_twice for one in outcomes),
        "stuck": sum(one.stuck for one in outcomes),
        "ready_p50_ms": percentile(ready, 0.5),
        "ready_max_ms": percentile(ready, 1.0),
        "import_lost": sum(one.import_lost for one in outcomes),
        "victims": dict(Counter(str(v) for one in outcomes for v in one.victims)),
        "problems": dict(problems),
    }

