"""What every bus promises."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.engines.bus.local import LocalBus
from xiaoer.engines.bus.outgoing import MOST_WAITING, Outgoing, pack, unpack
from xiaoer.engines.bus.postgres import PostgresBus
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.ports.bus import Bus


class Ear:
    """Collects what a listener is told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, topic: str) -> None:
        self.heard.append(topic)
        self._more.set()

    async def until(self, topic: str) -> None:
        async with asyncio.timeout(20):
            while topic not in self.heard:
                self._more.clear()
                await self._more.wait()


class Street:
    """Buses that can hear each other, on one engine, and a way to cut all their lines."""

    def __init__(self, make: Callable[[], Bus], cut: Callable[[list[Bus]], Awaitable[None]]):
        self._make = make
        self._cut = cut
        self.buses: list[Bus] = []

    async def join(self) -> Bus:
        bus = self._make()
        await bus.start()
        self.buses.append(bus)
        return bus

    async def cut(self) -> None:
        """Interrupt every connection; it can be made again at once."""
        await self._cut(self.buses)


def local_street(_: pytest.FixtureRequest) -> Street:
    name = uuid4().hex

    async def cut(buses: list[Bus]) -> None:
        for bus in buses:
            assert isinstance(bus, LocalBus)
            bus.cut()
        for bus in buses:
            assert isinstance(bus, LocalBus)
            bus.mend()

    return Street(lambda: LocalBus(name), cut)


def postgres_street(request: pytest.FixtureRequest) -> Street:
    database: DatabaseUrls = request.getfixturevalue("database")
    channel = f"bus_{uuid4().hex}"

    async def cut(_: list[Bus]) -> None:
        async with await psycopg.AsyncConnection.connect(database.app) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'xiaoer-bus'"
            )

    return Street(lambda: PostgresBus(database.app, channel), cut)


def nats_street(request: pytest.FixtureRequest) -> Street:
    from xiaoer.engines.bus.nats import NatsBus

    server = request.getfixturevalue("nats_server")
    name = f"t{uuid4().hex}"

    async def cut(_: list[Bus]) -> None:
        server.kill()
        server.start()

    return Street(lambda: NatsBus(server.url, name), cut)


@pytest.fixture(params=[
    local_street,
    pytest.param(postgres_street, marks=pytest.mark.database),
    pytest.param(nats_street, marks=pytest.mark.scaleout),
])
async def street(request: pytest.FixtureRequest) -> AsyncIterator[Street]:
    built: Street = request.param(request)
    yield built
    for bus in built.buses:
        await bus.stop()


async def test_a_listener_in_the_same_process_hears_before_publish_returns(street: Street) -> None:
    bus, ear = await street.join(), Ear()
    bus.listen("conversation:", ear)
    bus.publish("conversation:7")
    assert ear.heard == ["conversation:7"]


async def test_another_process_hears_within_50_ms(street: Street) -> None:
    here, there, ear = await street.join(), await street.join(), Ear()
    there.listen("", ear)
    times = []
    for number in range(10):
        begun = time.perf_counter()
        here.publish(f"topic:{number}")
        await ear.until(f"topic:{number}")
        times.append(time.perf_counter() - begun)
    assert sorted(times)[2] < 0.05, times


async def test_only_topics_with_the_prefix_are_heard(street: Street) -> None:
    here, there = await street.join(), await street.join()
    every, some = Ear(), Ear()
    there.listen("", every)
    there.listen("queue", some)
    for topic in ("conversation:queue", "queue", "queue:bj01", "que"):
        here.publish(topic)
    await every.until("que")
    assert some.heard == ["queue", "queue:bj01"]


async def test_the_own_echo_is_not_heard_a_second_time(street: Street) -> None:
    here, there, ear = await street.join(), await street.join(), Ear()
    here.listen("", ear)
    there_ear = Ear()
    there.listen("", there_ear)
    here.publish("mine")
    await there_ear.until("mine")
    there.publish("answer")
    await ear.until("answer")
    assert ear.heard == ["mine", "answer"]


async def test_a_topic_repeated_within_a_batch_is_told_once(street: Street) -> None:
    here, there, ear = await street.join(), await street.join(), Ear()
    seen: list[str] = []
    there.listen("", ear)
    here.listen("", seen.append)
    for _ in range(100):
        here.publish("again")
    here.publish("fence")
    await ear.until("fence")
    assert ear.heard == ["again", "fence"]
    assert seen.count("again") == 100


async def test_a_large_batch_arrives_whole_and_in_order(street: Street) -> None:
    here, there, ear = await street.join(), await street.join(), Ear()
    there.listen("", ear)
    topics = [f"门店:{number}:" + "长" * 50 for number in range(1000)]
    for topic in topics:
        here.publish(topic)
    await ear.until(topics[-1])
    assert ear.heard == topics


async def test_after_an_outage_everyone_is_told_to_look_at_everything(street: Street) -> None:
    here, there = await street.join(), await street.join()
    ears = Ear(), Ear()
    here.listen("conversation:1", ears[0])
    there.listen("conversation:1", ears[1])
    await street.cut()
    here.publish("conversation:1")
    for ear in ears:
        await ear.until("*")
    here.publish("conversation:1:after")
    await ears[1].until("conversation:1:after")
    there.publish("conversation:1:back")
    await ears[0].until("conversation:1:back")


async def test_what_is_queued_at_the_stop_is_still_sent(street: Street) -> None:
    here, there, ear = await street.join(), await street.join(), Ear()
    there.listen("", ear)
    here.publish("last words")
    await here.stop()
    await ear.until("last words")


async def test_whoever_has_left_hears_nothing_more(street: Street) -> None:
    here, there = await street.join(), await street.join()
    gone, ear = Ear(), Ear()
    leave = there.listen("", gone)
    there.listen("", ear)
    leave()
    leave()
    here.publish("news")
    await ear.until("news")
    assert gone.heard == []


async def test_a_failing_listener_keeps_the_news_from_nobody(street: Street) -> None:
    bus, ear = await street.join(), Ear()

    def fails(topic: str) -> None:
        raise RuntimeError(topic)

    bus.listen("", fails)
    bus.listen("", ear)
    bus.publish("news")
    assert ear.heard == ["news"]


@pytest.mark.parametrize("topic", ["", "长" * 67, "two\nlines", "nul\0"])
async def test_what_cannot_travel_is_refused_at_once(street: Street, topic: str) -> None:
    bus = await street.join()
    with pytest.raises(ValueError, match="not a topic"):
        bus.publish(topic)


async def test_without_a_server_nothing_blocks_and_nothing_raises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xiaoer.engines.bus.line.PATIENCE_S", 0.05)
    bus, ear = PostgresBus("postgresql://nobody@127.0.0.1:1/nothing"), Ear()
    await bus.start()
    bus.listen("", ear)
    bus.publish("news")
    assert ear.heard == ["news"]
    await bus.stop()


@given(st.lists(st.text("ab长:", min_size=1, max_size=60), max_size=400))
def test_payloads_fit_into_a_notify_and_lose_nothing(topics: list[str]) -> None:
    payloads = pack("a-sender", topics)
    assert all(len(payload.encode()) < 8000 for payload in payloads)
    assert [t for payload in payloads for t in unpack(payload, "another")] == topics
    assert all(unpack(payload, "a-sender") == [] for payload in payloads)


def test_more_than_can_wait_becomes_the_topic_that_means_all() -> None:
    outgoing = Outgoing()
    for number in range(MOST_WAITING + 1):
        outgoing.add(f"topic:{number}")
    outgoing.add("topic:more")
    assert outgoing.take() == ["*"]
    outgoing.add("new")
    assert outgoing.take() == ["new"]
