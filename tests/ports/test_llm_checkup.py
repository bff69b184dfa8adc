"""The check-up asks the language model one word, as the product would."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse, Response

from tests.ports.conftest import Loopback, Received
from xiaoer.edge.checkup import Finding, examine_model
from xiaoer.kit.settings import Settings


async def seen(base_url: str = "", llm: str = "openai", timeout_ms: int = 2500) -> Finding:
    settings = Settings(
        llm=llm,  # type: ignore[arg-type]
        openai_base_url=base_url,
        llm_timeout_ms=timeout_ms,
    )
    (finding,) = await asyncio.to_thread(lambda: list(examine_model(settings, lambda _, en: en)))
    return finding


async def test_a_model_that_answers_is_well(loopback: Loopback) -> None:
    async def reply(_: Received) -> Response:
        return JSONResponse({"choices": [{"message": {"role": "assistant", "content": "OK"}}]})

    loopback.reply = reply
    finding = await seen(f"{loopback.url}/v1")
    assert (finding.state, finding.mend) == ("ok", "")
    assert "ms" in finding.detail


async def test_a_model_slower_than_a_turn_waits_is_said(loopback: Loopback) -> None:
    async def reply(_: Received) -> Response:
        await asyncio.sleep(0.2)
        return JSONResponse({"choices": [{"message": {"role": "assistant", "content": "OK"}}]})

    loopback.reply = reply
    finding = await seen(f"{loopback.url}/v1", timeout_ms=100)
    assert finding.state == "warning"
    assert "XIAOER_LLM_TIMEOUT_MS" in finding.mend


async def test_a_model_that_refuses_is_a_warning_with_a_way_out(loopback: Loopback) -> None:
    async def reply(_: Received) -> Response:
        return Response(status_code=401)

    loopback.reply = reply
    finding = await seen(f"{loopback.url}/v1")
    assert finding.state == "warning"
    assert "401" in finding.detail
    assert "XIAOER_OPENAI_BASE_URL" in finding.mend


async def test_an_address_that_leads_nowhere_is_a_warning() -> None:
    assert (await seen("")).state == "warning"


async def test_without_a_model_there_is_nothing_wrong() -> None:
    assert (await seen(llm="none")).state == "ok"
