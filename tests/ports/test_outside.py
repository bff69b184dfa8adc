"""What the way outside promises: the address that was checked is called, and nothing is endless."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.outside import guard
from xiaoer.engines.outside.guarded import Bounds, GuardedOutside
from xiaoer.engines.outside.memory import MemoryOutside
from xiaoer.kit.settings import Settings
from xiaoer.ports.outside import MOST_ANSWER_BYTES, AddressRefused, NoAnswer, Outside

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
QUICK = Bounds(connect_s=0.5, read_s=0.3, total_s=0.8)


def resolves(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A resolver that gives these, one a question, and the last one from then on."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such host")


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    """A server on loopback that speaks as it likes; its port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


@pytest.fixture(params=["guarded", "memory"])
def outside(request: pytest.FixtureRequest) -> Outside:
    return MemoryOutside() if request.param == "memory" else GuardedOutside(resolve=nowhere)


@pytest.mark.parametrize("url", [
    "ftp://shop.example/", "file:///etc/passwd", "gopher://shop.example/", "//shop.example/",
    "shop.example", "", "http://", "http://[", "javascript:alert(1)", "https://\n.example/",
    "http://user@shop.example/", "http://user:pass@shop.example/", "http://@shop.example/",
    "http://shop.example@127.0.0.1/", "http://a b.example/", "http://shop.example:99999/",
    "http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a00:1]/", "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://0.0.0.0/", "http://[::]/",
    "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://0x7f000001/",
    "http://127.1/", "http://127.0.0.1./", "http://017700000001/", "http://1.2.3.4.5/",
    "http://\u3002/", "http://127\u30020\u30020\u30021/", "http://\uff11\uff12\uff17.0.0.1/",
])
async def test_what_must_not_be_called_is_refused_before_and_when_called(
    outside: Outside, url: str
) -> None:
    with pytest.raises(AddressRefused):
        await outside.admit(url)
    with pytest.raises(AddressRefused):
        await outside.post(url, b"{}", {})


@pytest.mark.parametrize("url", [
    "https://shop.example/in?a=1", "http://1.1.1.1/", "https://[2606:4700::1111]:8443/x",
    "https://\u4f8b\u5b50.example/in", "HTTPS://Shop.Example:443/", "https://shop.example./",
])
async def test_public_addresses_are_admitted_and_names_unknown_just_now(
    outside: Outside, url: str
) -> None:
    await outside.admit(url)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.9",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "5f00::1",
])
def test_an_address_that_is_not_public_by_the_registries(address: str) -> None:
    assert not guard.is_public(ip_address(address))


@pytest.mark.parametrize("address", [
    "1.1.1.1", "8.8.8.8", "114.114.114.114", "2606:4700::1111", "2400:3200::1", "64:ff9b::808:808",
])
def test_an_address_that_is_public(address: str) -> None:
    assert guard.is_public(ip_address(address))


@pytest.mark.parametrize("found", [
    ["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"],
    ["2606:4700::1111", "::1"], ["169.254.169.254"], ["64:ff9b::a9fe:a9fe"],
])
async def test_one_inner_address_of_a_name_spoils_the_others(found: list[str]) -> None:
    outside = GuardedOutside(resolve=resolves(found))
    with pytest.raises(AddressRefused) as refused:
        await outside.admit("https://shop.example/in")
    assert refused.value.fields == {"host": "shop.example"}
    with pytest.raises(AddressRefused):
        await outside.post("https://shop.example/in", b"", {})


@pytest.mark.parametrize("allowed", [("shop.example",), ("127.0.0.0/8",), ("127.0.0.1",)])
async def test_what_an_administrator_names_is_called_by_its_name(
    loopback: Loopback, allowed: tuple[str, ...]
) -> None:
    outside = GuardedOutside(allowed, resolve=resolves(["127.0.0.1"]))
    port = loopback.url.rpartition(":")[2]
    answer = await outside.post(f"http://shop.example:{port}/in?x=1", b"{}", {"X-A": "1"})
    [came] = loopback.received
    assert (answer.status, came.path, came.body) == (204, "/in", b"{}")
    assert came.headers["host"] == f"shop.example:{port}"
    assert came.headers["x-a"] == "1"


async def test_a_mapped_address_is_the_one_that_it_maps() -> None:
    outside = GuardedOutside(("10.0.0.0/8",), resolve=resolves(["::ffff:10.0.0.1"]))
    await outside.admit("http://shop.example/")


async def test_a_name_that_changes_after_the_check_leads_nowhere_else(loopback: Loopback) -> None:
    """Rebinding: the name is public when it is saved, and the house itself when it is called."""
    outside = GuardedOutside(resolve=resolves(["1.1.1.1"], ["127.0.0.1"]))
    url = f"http://shop.example:{loopback.url.rpartition(':')[2]}/in"
    await outside.admit(url)
    with pytest.raises(AddressRefused):
        await outside.post(url, b"", {})
    assert loopback.received == []


async def test_a_call_asks_once_where_a_name_is_and_goes_there(loopback: Loopback) -> None:
    """Rebinding inside one call: a second question would lead to a port where nobody is."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    outside = GuardedOutside(("127.0.0.0/8",), resolve=resolve)
    port = loopback.url.rpartition(":")[2]
    assert (await outside.post(f"http://shop.example:{port}/", b"", {})).status == 204
    assert asked == ["shop.example"]


async def test_the_next_address_is_tried_when_one_takes_no_connection(loopback: Loopback) -> None:
    outside = GuardedOutside(("127.0.0.0/8",), resolve=resolves(["127.0.0.9", "127.0.0.1"]))
    port = loopback.url.rpartition(":")[2]
    assert (await outside.post(f"http://shop.example:{port}/", b"", {})).status == 204


async def test_the_handshake_asks_for_the_name_and_not_for_the_address() -> None:
    greeted: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeted.set_result(await reader.read(2048))
        writer.close()

    outside = GuardedOutside(("127.0.0.1",), QUICK, resolves(["127.0.0.1"]))
    async with serving(hear) as port:
        with pytest.raises(NoAnswer):
            await outside.post(f"https://shop.example:{port}/", b"", {})
    assert b"shop.example" in greeted.result()
    trusted = outside._trusted()
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)


async def test_a_redirect_is_an_answer_and_is_not_followed(loopback: Loopback) -> None:
    async def elsewhere(_: Received) -> Response:
        return RedirectResponse("http://169.254.169.254/latest/meta-data/")

    loopback.reply = elsewhere
    answer = await GuardedOutside(("127.0.0.1",)).post(loopback.url, b"", {})
    assert answer.status == 307
    assert len(loopback.received) == 1


async def test_a_proxy_of_the_environment_is_not_asked(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await GuardedOutside(("127.0.0.1",)).post(loopback.url, b"", {})).status == 204


@pytest.mark.parametrize(("length", "kept"), [
    (MOST_ANSWER_BYTES, MOST_ANSWER_BYTES), (MOST_ANSWER_BYTES + 1, 0), (20_000_000, 0),
])
async def test_of_a_huge_answer_the_status_is_kept(
    loopback: Loopback, length: int, kept: int
) -> None:
    async def huge(_: Received) -> Response:
        return Response(b"x" * length)

    loopback.reply = huge
    answer = await GuardedOutside(("127.0.0.1",)).post(loopback.url, b"", {})
    assert (answer.status, len(answer.body)) == (200, kept)


async def test_an_answer_without_end_is_left() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"1\r\nx\r\n")
                await writer.drain()
                await asyncio.sleep(0.02)

    async with serving(drip) as port, asyncio.timeout(5):
        answer = await GuardedOutside(("127.0.0.1",), QUICK).post(
            f"http://127.0.0.1:{port}/", b"", {}
        )
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(("said", "reason"), [
    (b"", "timeout"), (b"HTTP/1.1 200 OK\r\nX-Slow: ", "timeout"), (b"SSH-2.0-x\r\n\r\n", "broken"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, "broken"),
])
async def test_who_does_not_finish_the_head_has_not_answered(said: bytes, reason: str) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await reader.read()
        writer.close()

    async with serving(mute) as port, asyncio.timeout(5):
        with pytest.raises(NoAnswer) as silent:
            await GuardedOutside(("127.0.0.1",), QUICK).post(f"http://127.0.0.1:{port}/", b"", {})
    assert silent.value.fields == {"reason": reason}


async def test_headers_that_drip_end_with_the_whole_call() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(200):
            writer.write(b"X-%d: 1\r\n" % n)
            await asyncio.sleep(0.02)
        writer.close()

    async with serving(drip) as port, asyncio.timeout(3):
        with pytest.raises(NoAnswer) as silent:
            await GuardedOutside(("127.0.0.1",), QUICK).post(f"http://127.0.0.1:{port}/", b"", {})
    assert silent.value.fields == {"reason": "timeout"}


async def test_a_resolver_that_does_not_answer_is_given_up() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with asyncio.timeout(3):
        with pytest.raises(NoAnswer) as unknown:
            await GuardedOutside((), QUICK, never).post("http://shop.example/", b"", {})
    assert unknown.value.fields == {"reason": "unknown_host"}


async def test_a_slow_host_leaves_room_for_another(loopback: Loopback) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    outside = GuardedOutside(("127.0.0.1", "localhost"), QUICK, resolves(["127.0.0.1"]))
    async with serving(mute) as port:
        slow = [
            asyncio.create_task(outside.post(f"http://127.0.0.1:{port}/", b"", {})) for _ in "ab"
        ]
        await asyncio.sleep(0.05)
        with pytest.raises(NoAnswer) as crowded:
            await outside.post(f"http://127.0.0.1:{port}/", b"", {})
        assert crowded.value.fields == {"reason": "crowded"}
        other = loopback.url.replace("127.0.0.1", "localhost")
        assert (await outside.post(other, b"", {})).status == 204
        for ended in await asyncio.gather(*slow, return_exceptions=True):
            assert isinstance(ended, NoAnswer)
    assert (await outside.post(loopback.url, b"", {})).status == 204


def test_the_setting_is_a_line_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIAOER_CALLBACK_ALLOWED", " ERP.intern, 10.8.0.0/16 ,::1,")
    assert Settings().callback_allowed == ("erp.intern", "10.8.0.0/16", "::1")


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "a b", "http://x", "10.0.0.0/99", "*"])
def test_a_setting_that_names_neither_host_nor_network_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="neither a host nor a network"):
        Settings(callback_allowed=(wrong,))
