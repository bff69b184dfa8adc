"""``xiaoer eval``: numbers that an outside script can recompute from the predictions."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import orjson
import typer

from xiaoer.labs.evals import documents as documents_eval
from xiaoer.labs.evals import faq as faq_eval
from xiaoer.labs.evals import intents as intents_eval
from xiaoer.labs.evals import replies as replies_eval
from xiaoer.labs.evals import tasks as tasks_eval
from xiaoer.labs.evals import tools as tools_eval
from xiaoer.labs.evals.options import Output, command
from xiaoer.labs.evals.readers import BadInput
from xiaoer.labs.evals.staging import with_house

app = typer.Typer(
    help="Measure the product on files of your own. 用您自己的文件评测。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Outcome = tuple[dict[str, Any], list[Any]]


@command(app, faq_eval.Faq)
def faq(asked: faq_eval.Faq) -> None:
    """Do questions find their entry?

    kb rows {"kb_id","question"|"title","answer"?,"similar"?}; similar and queries
    {"text","kb_id"}; ids: a JSON list of kb_ids that restricts entries and queries. Ranks below
    50 count as not found.
    """
    report, rows = _run(faq_eval.evaluate(asked, _tell))
    limit = asked.max_overlap
    for line, row in enumerate(rows, 1):
        if limit is not None and row["overlap"] > limit:
            _tell(f"{asked.queries}:{line}: overlap {row['overlap']:.2f} is above {limit}")
    _give(report, rows, asked)


@command(app, intents_eval.Intents)
def intents(asked: intents_eval.Intents) -> None:
    """Are requests told apart, and foreign ones recognised?

    Rows {"text","intent"|"kb_id"}; a row of intent oos in train is ignored. The threshold comes
    from oos-tune alone: the confidence that the asked share of its rows stays below. Predictions
    hold the rows of test, then those of oos.
    """
    report, rows = _run(intents_eval.evaluate(asked, _tell))
    _give(report, rows, asked)


@command(app, tools_eval.Tools)
def tools(asked: tools_eval.Tools, wiring: object) -> None:
    """Do the tools do what is legal, to the letter, and nothing else?

    db: τ-bench retail. tasks rows {"id","evaluation_criteria":{"actions"}} or {"id","actions"},
    an action {"name","arguments"|"kwargs"}: replayed through the tools and the policy, and each
    end state compared with what the published tools make of it. actions rows
    {"id","user_id","confirm","actions"}: any actions of that signed-in customer, each row on a
    fresh copy. Predictions hold the rows of tasks, then those of actions.
    """
    try:
        given = tools_eval.read(asked)
    except BadInput as error:
        _tell(str(error))
        raise typer.Exit(2) from None
    report, rows = _run(with_house(
        wiring, asked.database_url, lambda house: tools_eval.evaluate(asked, given, house, _tell)
    ))  # fmt: skip
    _give(report, rows, asked)


@command(app, tasks_eval.Tasks)
def tasks(asked: tasks_eval.Tasks, wiring: object) -> None:
    """Do customers get what they came for, and never what the rules forbid?

    bench: zh-retail, or rows {"id","db","user_id","identity","goal","expect"} as its README has
    them; db is a path beside the file. Each seed is another wording, typing and patience. A try
    passes when the records end as expected, no forbidden tool wrote, and a person took over
    exactly if expected. harm counts writes that were not expected.
    """
    try:
        given = tasks_eval.read(asked)
    except BadInput as error:
        _tell(str(error))
        raise typer.Exit(2) from None
    report, rows = _run(with_house(
        wiring, asked.database_url, lambda house: tasks_eval.evaluate(asked, given, house, _tell)
    ))  # fmt: skip
    _give(report, rows, asked)


@command(app, documents_eval.Documents)
def documents(asked: documents_eval.Documents) -> None:
    """Does a whole story find every document that it needs?

    docs {"id","title"?,"text"|"content"}; tasks {"query","required_documents":[ids]}. Predictions
    rank 50 documents a task.
    """
    report, rows = _run(documents_eval.evaluate(asked, _tell))
    _give(report, rows, asked)


@command(app, replies_eval.Replies)
def replies(asked: replies_eval.Replies) -> None:
    """Is the right reply found among candidates?

    Rows {"context":[turns],"candidates":[texts],"label": place of the right one, from 0}; train
    rows are alike, and teach what was replied before. Predictions rank the candidates of a row.
    """
    report, rows = _run(replies_eval.evaluate(asked, _tell))
    _give(report, rows, asked)


def _run(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    try:
        return asyncio.run(work)
    except BadInput as error:
        _tell(str(error))
        raise typer.Exit(2) from None


def _give(report: dict[str, Any], rows: list[Any], output: Output) -> None:
    if output.predictions is not None:
        output.predictions.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    if output.as_json:
        sys.stdout.write(orjson.dumps(report).decode() + "\n")
        return
    for name, value in report.items():
        typer.echo(f"{name}: {_readable(value)}")


def _readable(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, dict):
        return "  ".join(f"{k} {_readable(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_readable(v) for v in value)
    return str(value)


def _tell(line: str) -> None:
    typer.echo(line, err=True)
