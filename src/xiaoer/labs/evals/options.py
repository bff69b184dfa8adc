"""Commands whose options are the fields of a dataclass, so that many options stay one value."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

File = Annotated[Path, typer.Option(help="JSON lines or JSON, gzipped or not; or a folder.")]
MaybeFile = Annotated[Path | None, typer.Option(help="JSON lines or JSON, gzipped or not.")]

Shape = TypeVar("Shape")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where the outcome of an eval goes."""

    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False
    predictions: Annotated[
        Path | None, typer.Option(help="Write one JSON line an input row, in order, to this file.")
    ] = None


def command(app: typer.Typer, shape: type[Shape]) -> Callable[[Callable[..., None]], None]:
    """Register a function of one ``shape`` as a command with an option a field.

    A function that takes ``wiring`` besides is given the wiring of the command line.
    """
    hints = get_type_hints(shape, include_extras=True)
    fields = [f for f in dataclasses.fields(shape) if f.init]  # type: ignore[arg-type]
    signature = inspect.Signature([
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=hints[field.name],
            default=(
                inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
            ),
        )
        for field in fields
    ])

    def register(function: Callable[..., None]) -> None:
        wired = "wiring" in inspect.signature(function).parameters
        context = inspect.Parameter(
            "context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context
        )

        def run(*, context: typer.Context, **given: Any) -> None:
            function(shape(**given), **({"wiring": context.obj} if wired else {}))

        parameters = [context, *signature.parameters.values()]
        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in parameters}
        run.__doc__ = function.__doc__
        app.command(function.__name__)(run)

    return register
