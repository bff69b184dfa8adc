"""Simulated customers write as a crowd does, and can be played again from their seed."""

from __future__ import annotations

from collections import Counter
from random import Random

from xiaoer.labs.demo.traffic import Mix, lines


def test_there_are_a_thousand_different_messages_in_two_languages() -> None:
    texts = [line.text for line, _ in lines()]
    assert len(texts) == len(set(texts)) >= 1_000
    assert {"zh", "en"} <= {line.lang for line, _ in lines()}
    assert all(weight > 0 for _, weight in lines())


def test_the_same_seed_writes_the_same_messages() -> None:
    first, again = Mix(Random(3)), Mix(Random(3))
    assert [first.next() for _ in range(500)] == [again.next() for _ in range(500)]


def test_one_message_in_five_was_never_written_before() -> None:
    mix = Mix(Random(4))
    written = [mix.next() for _ in range(10_000)]
    fresh = [line.text for line in written if line.fresh]
    assert 0.18 < len(fresh) / len(written) < 0.22
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & {line.text for line, _ in lines()}


def test_a_few_messages_are_most_of_what_is_written() -> None:
    mix = Mix(Random(5), fresh=0)
    counted = Counter(mix.next().text for _ in range(20_000))
    top = sum(n for _, n in counted.most_common(100))
    assert 0.3 < top / 20_000 < 0.8


def test_an_order_asked_after_is_one_of_those_given() -> None:
    mix = Mix(Random(6), orders=["HG1", "HG2"])
    texts = [mix.next().text for _ in range(5_000)]
    assert not [t for t in texts if "{" in t]
    assert [t for t in texts if "HG1" in t or "HG2" in t]


def test_many_want_a_person() -> None:
    mix = Mix(Random(7), fresh=0)
    wants = sum(mix.next().topic == "person" for _ in range(5_000))
    assert 0.04 < wants / 5_000 < 0.12
