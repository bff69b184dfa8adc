"""What every language model promises, however it misbehaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.llm.none import NoLlm
from xiaoer.engines.llm.openai import OpenAiLlm
from xiaoer.engines.llm.scripted import ScriptedLlm, TapedLlm
from xiaoer.ports.llm import Llm, ModelUnavailable, Said

ASKED = (Said("system", "你是小二。"), Said("user", "几点关门？"))
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}

Voice = Callable[[Callable[[], Awaitable[str]]], Llm]


def completion(text: object) -> JSONResponse:
    return JSONResponse({"choices": [{"message": {"role": "assistant", "content": text}}]})


def scripted(_: pytest.FixtureRequest) -> Voice:
    def make(speak: Callable[[], Awaitable[str]]) -> Llm:
        async def play(_: Sequence[Said]) -> str:
            return await speak()

        return ScriptedLlm(play)

    return make


def taped(request: pytest.FixtureRequest) -> Voice:
    folder: Path = request.getfixturevalue("tmp_path")
    scripted_voice = scripted(request)
    return lambda speak: TapedLlm(folder / "tape.jsonl", scripted_voice(speak))


def openai(request: pytest.FixtureRequest) -> Voice:
    server: Loopback = request.getfixturevalue("loopback")

    def make(speak: Callable[[], Awaitable[str]]) -> Llm:
        async def reply(_: Received) -> Response:
            return completion(await speak())

        server.reply = reply
        return OpenAiLlm(f"{server.url}/v1", "key", "small")

    return make


@pytest.fixture(params=[scripted, taped, openai])
def voice(request: pytest.FixtureRequest, loopback: Loopback) -> Voice:
    """Makes a model that speaks what the given function returns."""
    made: Voice = request.param(request)
    return made


def says(text: str) -> Callable[[], Awaitable[str]]:
    async def speak() -> str:
        return text

    return speak


async def test_the_text_comes_back_as_it_was_said(voice: Voice) -> None:
    llm = voice(says("晚上十点。\n欢迎光临！"))
    assert llm.available
    assert await llm.complete(ASKED, timeout_s=5) == "晚上十点。\n欢迎光临！"


async def test_a_slow_model_is_unavailable_when_the_time_is_up(voice: Voice) -> None:
    async def slowly() -> str:
        await asyncio.sleep(1)
        return "too late"

    llm = voice(slowly)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(ModelUnavailable):
        await llm.complete(ASKED, timeout_s=0.05)
    assert asyncio.get_running_loop().time() - begun < 0.5


@pytest.mark.parametrize("text", ['{"answer": "22:00"}', '```json\n{"answer": "22:00"}\n```'])
async def test_with_a_schema_the_text_is_json(voice: Voice, text: str) -> None:
    said = await voice(says(text)).complete(ASKED, timeout_s=5, schema=SCHEMA)
    assert json.loads(said) == {"answer": "22:00"}


@pytest.mark.parametrize("text", ["Sure! Ten o'clock.", '{"answer": ', "```json\nno\n```"])
async def test_with_a_schema_anything_else_is_no_answer(voice: Voice, text: str) -> None:
    with pytest.raises(ModelUnavailable):
        await voice(says(text)).complete(ASKED, timeout_s=5, schema=SCHEMA)


async def test_an_empty_answer_is_no_answer(voice: Voice) -> None:
    with pytest.raises(ModelUnavailable):
        await voice(says("  ")).complete(ASKED, timeout_s=5)


async def test_many_can_ask_at_once(voice: Voice) -> None:
    llm = voice(says("好的"))
    asked = (llm.complete([Said("user", str(n))], timeout_s=10) for n in range(20))
    assert await asyncio.gather(*asked) == ["好的"] * 20


async def test_without_a_model_it_says_so_beforehand() -> None:
    llm = NoLlm()
    assert not llm.available
    with pytest.raises(ModelUnavailable):
        await llm.complete(ASKED, timeout_s=5)


async def test_the_server_is_asked_in_the_words_it_knows(loopback: Loopback) -> None:
    async def reply(_: Received) -> Response:
        return completion("{}")

    loopback.reply = reply
    llm = OpenAiLlm(f"{loopback.url}/v1/", "s3cret", "small")
    await llm.complete(ASKED, timeout_s=5, max_tokens=64, schema=SCHEMA)
    await llm.close()
    [came] = loopback.received
    assert (came.method, came.path) == ("POST", "/v1/chat/completions")
    assert came.headers["authorization"] == "Bearer s3cret"
    assert json.loads(came.body) == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "你是小二。"},
            {"role": "user", "content": "几点关门？"},
        ],
        "max_tokens": 64,
        "response_format": {
            "type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA},
        },
    }


async def flood(_: Received) -> Response:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 65536
            await asyncio.sleep(0)

    return StreamingResponse(drip())


@pytest.mark.parametrize("answer", [
    Response(status_code=500),
    Response(status_code=401),
    Response(status_code=307, headers={"location": "http://127.0.0.1:1/"}),
    Response("<html>a proxy's page</html>"),
    JSONResponse([]),
    JSONResponse({"choices": []}),
    completion(None),
    completion([{"type": "text"}]),
], ids=["500", "401", "elsewhere", "page", "list", "no choice", "nothing", "parts"])
async def test_whatever_a_server_does_wrong_the_model_is_unavailable(
    loopback: Loopback, answer: Response
) -> None:
    async def reply(_: Received) -> Response:
        return answer

    loopback.reply = reply
    llm = OpenAiLlm(loopback.url, "s3cret", "small")
    with pytest.raises(ModelUnavailable) as refused:
        await llm.complete(ASKED, timeout_s=5)
    assert len(loopback.received) == 1
    assert "s3cret" not in str(refused.value.fields)
    await llm.close()


async def test_a_flood_is_cut_off(loopback: Loopback) -> None:
    loopback.reply = flood
    llm = OpenAiLlm(loopback.url, None, "small")
    with pytest.raises(ModelUnavailable) as refused:
        await llm.complete(ASKED, timeout_s=20)
    assert refused.value.fields["reason"] == "the answer is too large"
    await llm.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "no address at all", "http://[::bad"])
async def test_a_server_that_is_not_there_is_unavailable(address: str) -> None:
    with pytest.raises(ModelUnavailable):
        await OpenAiLlm(address, None, "small").complete(ASKED, timeout_s=5)


async def test_a_tape_replays_without_the_model_and_knows_nothing_else(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    recording = TapedLlm(tape, ScriptedLlm(["晚上十点。"]))
    assert await recording.complete(ASKED, timeout_s=5) == "晚上十点。"
    assert await recording.complete(ASKED, timeout_s=5) == "晚上十点。"
    replaying = TapedLlm(tape)
    assert await replaying.complete(ASKED, timeout_s=5) == "晚上十点。"
    with pytest.raises(ModelUnavailable):
        await replaying.complete(ASKED, timeout_s=5, max_tokens=7)
    with pytest.raises(ModelUnavailable):
        await replaying.complete(ASKED[:1], timeout_s=5)


async def test_a_script_is_spoken_in_order_and_then_ends() -> None:
    llm = ScriptedLlm(["一", ModelUnavailable(reason="as written"), "三"])
    assert await llm.complete(ASKED, timeout_s=5) == "一"
    with pytest.raises(ModelUnavailable, match="unavailable"):
        await llm.complete(ASKED, timeout_s=5)
    assert await llm.complete(ASKED[1:], timeout_s=5) == "三"
    with pytest.raises(ModelUnavailable):
        await llm.complete(ASKED, timeout_s=5)
    assert llm.heard[2] == ASKED[1:]
