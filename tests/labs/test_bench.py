"""The crowd's ledger counts what the server did wrong, and nothing that it did right."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from xiaoer.labs.bench.agents import Room
from xiaoer.labs.bench.chat import GAP_S, Load, Play
from xiaoer.labs.demo.traffic import Mix
from xiaoer.labs.ledger import Said, Thread, delays_ms, percentile


def message(seq: int, kind: str = "customer", **more: Any) -> dict[str, Any]:
    """A message as the product sends it."""
    return {
        "id": f"m{seq}", "seq": seq, "author": {"kind": kind}, "client_id": None, "covers": [],
        "tier": None,
    } | more  # fmt: skip


def ack(client_id: str, seq: int) -> dict[str, Any]:
    """An acknowledgement as the product sends it."""
    return {"client_id": client_id, "id": f"m{seq}", "seq": seq}


@pytest.fixture
def thread() -> Thread:
    """A shopper who has written two messages, both acknowledged at places 1 and 3."""
    thread = Thread("s1")
    for turn, seq in enumerate((1, 3)):
        thread.write("你们几点关门", 10.0 + turn)
        thread.acknowledged(ack(f"s1-{turn:05d}", seq), 10.1 + turn)
    return thread


STORED = [
    message(1, client_id="s1-00000"),
    message(2, "assistant", covers=[1]),
    message(3, client_id="s1-00001"),
    message(4, "assistant", covers=[3]),
]


def test_a_conversation_that_reads_back_as_written_has_no_faults(thread: Thread) -> None:
    verdict = thread.settle(STORED)
    assert (verdict.lost, verdict.doubled, verdict.reordered, verdict.answered_twice) == (0,) * 4


def test_an_acknowledged_message_that_is_not_there_is_lost(thread: Thread) -> None:
    assert thread.settle(STORED[:2]).lost == 1


def test_a_message_that_was_never_acknowledged_is_not_lost(thread: Thread) -> None:
    thread.write("还在吗", 12.0)
    assert thread.settle(STORED).lost == 0


def test_two_stored_rows_of_one_client_id_are_a_double(thread: Thread) -> None:
    assert thread.settle([*STORED, message(5, client_id="s1-00000")]).doubled == 1


def test_two_rendered_messages_of_one_client_id_are_a_double(thread: Thread) -> None:
    thread.heard(message(1, client_id="s1-00000"), 10.2)
    thread.heard(message(6, client_id="s1-00000"), 10.3)
    assert thread.settle(STORED).doubled == 1


def test_the_same_frame_again_is_no_double(thread: Thread) -> None:
    for _ in range(2):
        thread.heard(message(1, client_id="s1-00000"), 10.2)
    verdict = thread.settle(STORED)
    assert (verdict.doubled, verdict.reordered) == (0, 0)


def test_messages_stored_in_another_order_than_written_are_reordered(thread: Thread) -> None:
    swapped = [message(1, client_id="s1-00001"), message(3, client_id="s1-00000")]
    assert thread.settle(swapped).reordered == 1


def test_a_message_shown_behind_a_later_one_is_reordered(thread: Thread) -> None:
    thread.heard(message(4, "assistant", covers=[3]), 11.2)
    thread.heard(message(2, "assistant", covers=[1]), 11.3)
    assert thread.settle(STORED).reordered == 1


def test_two_assistant_answers_to_one_message_are_counted(thread: Thread) -> None:
    assert thread.settle([*STORED, message(5, "assistant", covers=[3])]).answered_twice == 1


def test_an_agents_reply_that_is_stored_twice_is_a_double(thread: Thread) -> None:
    said = [message(seq, "agent", client_id="agent-1") for seq in (5, 6)]
    assert thread.settle([*STORED, *said]).doubled == 1


def test_an_answer_counts_from_what_it_covers(thread: Thread) -> None:
    thread.heard(message(4, "assistant", covers=[3], tier="bot"), 11.5)
    first, second = thread.said
    assert first.answered_at is None
    assert (second.answered_at, second.answered_by) == (11.5, "bot")


def test_an_answer_that_overtakes_the_acknowledgement_counts() -> None:
    thread = Thread("s1")
    one = thread.write("在吗", 1.0)
    thread.heard(message(2, "assistant", covers=[1], tier="bot"), 1.2)
    thread.acknowledged(ack(one.client_id, 1), 1.3)
    assert one.answered_at == 1.2


def test_a_person_answers_everything_before_their_words(thread: Thread) -> None:
    thread.heard(message(5, "agent"), 12.0)
    assert [one.answered_by for one in thread.said] == ["agent", "agent"]


def test_a_place_in_the_queue_answers_until_the_queue_is_left(thread: Thread) -> None:
    thread.queued(12.0)
    waiting = thread.write("还要多久", 12.5)
    thread.acknowledged(ack(waiting.client_id, 4), 12.6)
    thread.owned_by("agent")
    served = thread.write("好的", 14.5)
    thread.acknowledged(ack(served.client_id, 5), 14.6)
    assert [one.answered_at for one in thread.said] == [12.0, 12.0, 12.6, None]


def test_latency_counts_from_the_due_time() -> None:
    said = [Said("a", 0, "", due=1.0, sent_at=1.9, accepted_at=2.0), Said("b", 1, "", due=1.0)]
    assert delays_ms(said, "accepted_at") == [1000.0]


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 2.0), (0.51, 3.0), (0.99, 4.0), (1.0, 4.0), (0.0, 1.0)]
)
def test_percentiles_are_nearest_rank(share: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == expected


def test_nobody_writes_more_than_once_in_two_seconds() -> None:
    load = Load(rate=20, seconds=30, agents=1, warm_up_s=0, least_crowd=60)
    crowd: list[Any] = list(range(load.shoppers))
    rng = Random(3)
    due = Play(load, crowd, Room(), Mix(rng), rng).due_times()
    assert len(due) == 600
    for shopper in crowd:
        own = [instant for instant, who in due if who == shopper]
        assert all(b - a >= GAP_S for a, b in pairwise(own))


def test_at_least_a_thousand_shoppers_write() -> None:
    assert Load(rate=1, seconds=1, agents=1).shoppers == 1000
    assert Load(rate=800, seconds=1, agents=1).shoppers == 2400
