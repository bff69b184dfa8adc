"""What every embedder promises: unit rows, in order, the same each time, for any text."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest
from starlette.responses import JSONResponse, Response

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.fake import FakeEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.engines.embedder.remote import OpenAiEmbedder
from xiaoer.ports.embedder import Embedder, EmbedderUnavailable

ODD_TEXTS = ["", " \n", "停车怎么收费", "a" * 50_000, "\x00\x07", "🅿️🙂", "\ud800", "<b>שלום</b>"]


async def served_by_a_fake(came: Received) -> Response:
    asked = json.loads(came.body)
    rows = await FakeEmbedder().embed(asked["input"])
    data = [{"index": i, "embedding": (row * 7).tolist()} for i, row in enumerate(rows)]
    return JSONResponse({"data": data[::-1]})


def remote(loopback: Loopback, dimension: int = FakeEmbedder.dimension) -> OpenAiEmbedder:
    loopback.reply = served_by_a_fake
    return OpenAiEmbedder(f"{loopback.url}/v1/", "secret", "small", dimension)


@pytest.fixture(params=["bundled", "remote", "fake", "remembering"])
def embedder(request: pytest.FixtureRequest, loopback: Loopback) -> Embedder:
    engines: dict[str, Embedder] = {
        "bundled": BundledEmbedder(),
        "remote": remote(loopback),
        "fake": FakeEmbedder(),
        "remembering": RememberingEmbedder(FakeEmbedder(), capacity=3),
    }
    return engines[request.param]


async def test_rows_have_unit_length_and_keep_the_order(embedder: Embedder) -> None:
    texts = ["退货要几天", "parking fee", "退货要几天", "几点关门"]
    rows = await embedder.embed(texts)
    assert rows.shape == (4, embedder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    alone = [(await embedder.embed([text]))[0] for text in texts]
    assert np.allclose(rows, np.stack(alone), atol=1e-4)
    assert np.argmax(rows[1:] @ rows[0]) == 1


async def test_any_text_has_a_finite_row(embedder: Embedder) -> None:
    rows = await embedder.embed(ODD_TEXTS)
    assert np.isfinite(rows).all()
    assert not rows[0].any()
    assert rows[2].any()


async def test_nothing_in_is_nothing_out(embedder: Embedder) -> None:
    assert (await embedder.embed([])).shape == (0, embedder.dimension)


async def test_many_texts_leave_the_event_loop_free(embedder: Embedder) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await embedder.embed([f"第{i}个问题" for i in range(200)])
    ticking.cancel()
    assert isinstance(embedder, FakeEmbedder | RememberingEmbedder) or ticks > 2


async def test_the_bundled_model_knows_meaning_across_languages() -> None:
    rows = await BundledEmbedder().embed(
        ["停车怎么收费", "how much is parking", "我的快递到哪了", "where is my parcel"]
    )
    near = rows @ rows.T
    assert near[0, 1] > near[0, 2]
    assert near[0, 1] > near[0, 3]
    assert near[2, 3] > near[2, 1]


async def test_the_bundled_model_stays_within_the_time_of_the_hot_path() -> None:
    embedder = BundledEmbedder()
    await embedder.embed(["warm"])
    times = []
    for i in range(30):
        begun = time.thread_time()
        await embedder.embed([f"我昨天买的{i}号衣服想换个大一点的尺码可以吗"])
        times.append(time.thread_time() - begun)
    assert sorted(times)[15] < 0.008


async def test_what_was_embedded_once_is_not_computed_again(loopback: Loopback) -> None:
    embedder = RememberingEmbedder(remote(loopback), capacity=2)
    first = await embedder.embed(["退货", "换货"])
    again = await embedder.embed(["换货", "退货"])
    assert len(loopback.received) == 1
    assert np.array_equal(first[::-1], again)
    await embedder.embed(["发票"])
    await embedder.embed(["退货"])
    await embedder.embed(["换货"])
    assert [json.loads(r.body)["input"] for r in loopback.received[1:]] == [["发票"], ["换货"]]


async def test_a_server_that_misbehaves_is_a_known_problem(loopback: Loopback) -> None:
    bad_answers: list[Response] = [
        Response("busy", 503),
        Response("<html>"),
        JSONResponse({"data": []}),
        JSONResponse({"data": [{"index": 0, "embedding": [1, 2]}]}),
        JSONResponse({"data": [{"index": 0, "embedding": ["x"] * 64}]}),
    ]
    for bad in bad_answers:
        embedder = remote(loopback)

        async def answer(_: Received, bad: Response = bad) -> Response:
            return bad

        loopback.reply = answer
        with pytest.raises(EmbedderUnavailable):
            await embedder.embed(["退货"])
        await embedder.close()


async def test_a_server_that_is_gone_is_a_known_problem() -> None:
    embedder = OpenAiEmbedder("http://127.0.0.1:9/v1", None, "small", 8)
    with pytest.raises(EmbedderUnavailable):
        await embedder.embed(["退货"])
    await embedder.close()
