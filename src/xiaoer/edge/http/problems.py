"""Every error leaves as problem details (RFC 9457), in the caller's language."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from xiaoer.kit.problem import Invalid, NotFound, Problem
from xiaoer.ports.http import locale_of

log = structlog.get_logger("http")


class BadRequest(Problem):
    """The request itself cannot be understood."""

    code = "bad_request"
    status = 400
    zh = "请求无法识别。"
    en = "The request cannot be understood."


def install_problems(app: FastAPI) -> None:
    """Render everything that can go wrong in one shape."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def render(problem: Problem, locale: str) -> Response:
    """A problem as a response."""
    headers = {"content-language": locale}
    if problem.status == 429:
        headers["retry-after"] = str(problem.fields.get("retry_after_s", 1))
    return Response(
        orjson.dumps(problem.as_details(locale), default=str),
        problem.status,
        headers,
        "application/problem+json",
    )


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return render(error, locale_of(request))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found: list[dict[str, Any]] = [
        {"field": ".".join(str(part) for part in e["loc"][1:]), "reason": e["msg"]}
        for e in error.errors()
    ]
    reason = "; ".join(f"{e['field']}: {e['reason']}" for e in found[:3])
    return render(Invalid(reason=reason, errors=found), locale_of(request))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return render(NotFound(), locale_of(request))
    problem = BadRequest()
    response = render(problem, locale_of(request))
    response.status_code = error.status_code
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected", path=request.url.path, exc_info=error)
    return render(Problem(), locale_of(request))
