"""Torture draws its kills from the seed, and reads ownership from the audit trail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from xiaoer.labs.torture.plan import Trial, Victim
from xiaoer.labs.torture.trial import overlaps, unrecorded


def trail(*lines: str) -> list[dict[str, Any]]:
    """``"坐席1 claim"`` and so on."""
    return [dict(zip(("actor", "verb"), line.split(), strict=True)) for line in lines]


def test_a_seed_always_stands_for_the_same_kills() -> None:
    assert Trial(7).blows() == Trial(7).blows()
    assert Trial(7).blows() != Trial(8).blows()


def test_every_seed_kills_at_least_three_times_while_there_is_traffic() -> None:
    for seed in range(50):
        blows = Trial(seed).blows()
        assert len(blows) >= 3
        assert all(0 < blow.at_s < Trial(seed).seconds for blow in blows)


def test_fifty_seeds_kill_everything_that_can_be_killed() -> None:
    victims = Counter(blow.victim for seed in range(50) for blow in Trial(seed).blows())
    assert set(victims) == set(Victim)
    assert min(victims.values()) > 20


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("坐席1 claim", "坐席1 resolve", "坐席2 claim"), 0),
        (("坐席1 claim", "坐席2 claim"), 1),
        (("坐席1 claim", "坐席1 claim"), 0),
        (("坐席1 claim", "坐席1 release", "坐席2 claim", "坐席1 claim"), 1),
        (("assistant hand_off", "坐席1 claim", "坐席1 transfer", "坐席2 claim"), 0),
    ],
)
def test_two_owners_at_once_are_found_in_the_trail(lines: tuple[str, ...], expected: int) -> None:
    assert overlaps(trail(*lines)) == expected


def test_an_agent_who_was_told_without_a_record_is_found() -> None:
    told = Counter({"坐席1": 2, "坐席2": 1})
    assert unrecorded(trail("坐席1 claim", "坐席1 resolve", "坐席1 claim"), told) == 1


@pytest.mark.slow
def test_a_seed_of_kills_loses_doubles_and_reorders_nothing() -> None:
    run = [sys.executable, "-c", "from xiaoer.main import cli; cli()", "torture"]
    done = subprocess.run([*run, "--seeds", "1", "--json"], capture_output=True, check=True)
    report = json.loads(done.stdout)
    assert report["kills"] >= 3
    assert report["acknowledged"] > 0
    faults = ("lost", "doubled", "reordered", "double_owned", "answered_twice", "import_lost")
    assert {fault: report[fault] for fault in faults} == dict.fromkeys(faults, 0)
