"""What every embedder promises: unit rows, in order, the same each time, for any text."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import numpy as np
import pytest
from starlette.responses import JSONResponse, Response

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.fake import FakeEmbedder
from xiaoer.engines.embedder.packed import PackedEmbedder, pack
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.engines.embedder.remote import OpenAiEmbedder
from xiaoer.engines.embedder.second import SecondEmbedder, is_installed
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


PACKED = ["退货要几天", "几点关门", ""]


async def packed(folder: Path, inner: Embedder, model_id: str = "") -> PackedEmbedder:
    rows = dict(zip(PACKED, await inner.embed(PACKED), strict=True))
    file = folder / "vectors.bin"
    file.write_bytes(pack(model_id or inner.model_id, rows))
    return PackedEmbedder(inner, file)


@pytest.fixture(params=["bundled", "second", "remote", "fake", "packed", "remembering"])
async def embedder(
    request: pytest.FixtureRequest, loopback: Loopback, tmp_path: Path
) -> Embedder:
    if request.param == "second" and not is_installed():
        pytest.skip("its wheel is for Linux on x86-64")
    engines: dict[str, Embedder] = {
        "bundled": BundledEmbedder(),
        "second": SecondEmbedder() if is_installed() else FakeEmbedder(),
        "remote": remote(loopback),
        "fake": FakeEmbedder(),
        "packed": await packed(tmp_path, FakeEmbedder()),
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
    quick = FakeEmbedder | RememberingEmbedder | PackedEmbedder
    assert isinstance(embedder, quick) or ticks > 2


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


async def test_what_is_packed_is_not_computed(loopback: Loopback, tmp_path: Path) -> None:
    embedder = await packed(tmp_path, remote(loopback))
    loopback.received.clear()
    rows = await embedder.embed(["几点关门", " 退货要几天\n"])
    assert not loopback.received
    computed = await FakeEmbedder().embed(["几点关门", "退货要几天"])
    assert np.abs(rows - computed).max() <= 1 / 127
    mixed = await embedder.embed(["发票", "几点关门", "停车"])
    assert [json.loads(r.body)["input"] for r in loopback.received] == [["发票", "停车"]]
    assert np.array_equal(mixed[1], rows[0])


async def test_rows_of_another_model_or_a_cut_file_are_not_used(
    loopback: Loopback, tmp_path: Path
) -> None:
    inner = remote(loopback)
    file = tmp_path / "vectors.bin"
    whole = pack(inner.model_id, dict(zip(PACKED, await inner.embed(PACKED), strict=True)))
    other = pack("another", dict(zip(PACKED, await inner.embed(PACKED), strict=True)))
    loopback.received.clear()
    for kept in (other, whole[:-1], whole[:20], b"", b"no json\n", b"[]\n"):
        file.write_bytes(kept)
        await PackedEmbedder(inner, file).embed(["几点关门"])
    await PackedEmbedder(inner, tmp_path / "missing").embed(["几点关门"])
    assert len(loopback.received) == 7
    file.write_bytes(whole)
    await PackedEmbedder(inner, file).embed(["几点关门"])
    assert len(loopback.received) == 7


async def test_the_same_rows_make_the_same_file(tmp_path: Path) -> None:
    rows = dict(zip(PACKED, await FakeEmbedder().embed(PACKED), strict=True))
    assert pack("fake-1", rows) == pack("fake-1", dict(reversed(rows.items())))


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
