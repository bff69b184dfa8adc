"""What goes wrong is written down without anything of anybody's."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request

from xiaoer.edge import logs
from xiaoer.edge.http.problems import install_problems

SECRETS = ("13812345678", "wang@example.com", "the-password-of-wang", "静安路十七号")


@pytest.fixture
def written() -> Iterator[None]:
    """Undoes what a test sets up: a log of its own."""
    before = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def broken() -> FastAPI:
    app = FastAPI()
    install_problems(app)

    @app.post("/break")
    async def fail(request: Request) -> None:
        phone, mail, password, street = SECRETS  # noqa: RUF059
        raise RuntimeError(
            f"duplicate key {phone} of {mail}\nDETAIL:  Key (street)=({street}) already exists."
        )

    return app


async def test_a_crash_shows_nothing_of_anybody_in_the_log_nor_of_the_inside_in_the_answer(
    written: None, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info")
    transport = httpx.ASGITransport(app=broken(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.post("/break", json={"phone": SECRETS[0]})
    out, err = capfd.readouterr()
    assert "RuntimeError: duplicate key" in out + err, "where and what is there"
    assert "test_logs.py" in out + err
    for secret in SECRETS:
        assert secret not in out + err
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    for word in ("RuntimeError", "Traceback", "duplicate", *SECRETS):
        assert word not in answer.text


def test_a_librarys_traceback_shows_no_values_either(
    written: None, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info")
    try:
        raise ValueError(f"invalid input for query argument $3: {SECRETS[3]!r}")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    out, err = capfd.readouterr()
    assert "query argument $3" in err
    assert SECRETS[3] not in out + err


@pytest.mark.parametrize(("level", "seen"), [("debug", 2), ("info", 2), ("warning", 1)])
def test_the_setting_says_what_is_written(
    written: None, capfd: pytest.CaptureFixture[str], level: str, seen: int
) -> None:
    logs.configure(level)
    log = structlog.get_logger("x")
    log.info("first_word")
    log.warning("second_word")
    _, err = capfd.readouterr()
    assert sum(word in err for word in ("first_word", "second_word")) == seen
