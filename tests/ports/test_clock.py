"""What every clock and every source of chance promises."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from xiaoer.engines.clock.fake import FakeClock, SeededChance
from xiaoer.engines.clock.system import SystemChance, SystemClock
from xiaoer.ports.clock import Chance, Clock


@pytest.fixture(params=[SystemClock, FakeClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[SystemChance, SeededChance])
def chance(request: pytest.FixtureRequest) -> Chance:
    made: Chance = request.param()
    return made


def test_the_time_is_told_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_elapsed_time_never_goes_backwards(clock: Clock) -> None:
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_the_system_clock_tells_the_time_of_this_machine() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fake_clock_moves_only_when_it_is_moved() -> None:
    clock = FakeClock(datetime(2026, 11, 11, 8, 0, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == clock.now() == datetime(2026, 11, 11, 0, 0, tzinfo=UTC)
    clock.advance(1.5, hours=72)
    assert clock.now() == datetime(2026, 11, 14, 0, 0, 1, 500_000, tzinfo=UTC)
    assert clock.monotonic() == 72 * 3600 + 1.5
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.monotonic() == 72 * 3600 + 1.5


def test_a_fake_clock_takes_no_time_without_a_zone_and_no_step_back() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FakeClock(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="forwards"):
        FakeClock().advance(-1)


@pytest.mark.parametrize("count", [1, 62, 74, 256])
def test_bits_stay_within_their_count_and_use_it(chance: Chance, count: int) -> None:
    drawn = [chance.bits(count) for _ in range(200)]
    assert all(0 <= number < 1 << count for number in drawn)
    assert any(number >= 1 << count - 1 for number in drawn)


def test_tokens_are_long_url_safe_and_never_the_same(chance: Chance) -> None:
    tokens = {chance.token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_the_same_seed_gives_the_same_sequence_and_another_does_not() -> None:
    first, same, other = SeededChance(7), SeededChance(7), SeededChance(8)
    drawn = [first.bits(74), first.token(), first.bits(8)]
    assert drawn == [same.bits(74), same.token(), same.bits(8)]
    assert drawn != [other.bits(74), other.token(), other.bits(8)]
