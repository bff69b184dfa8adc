"""Personas are data: three ship, and a place's own words lie over those above it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Units, member
from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules import recommender
from xiaoer.modules.recommender.rules.personas import forbids, persona_for, shipped


def test_three_personas_ship_whole_in_both_languages() -> None:
    assert set(shipped()) == {"expert", "mother_and_baby", "beauty"}
    for persona in shipped().values():
        for texts in (persona.name, persona.opening, *persona.quick_replies, *persona.lines.values()):
            assert set(texts) == {"zh-CN", "en"}
            assert all(texts.values())
        assert set(persona.lines) == {"lead", "ready"}
        assert "智能助手" in persona.opening["zh-CN"]
        assert persona.forbidden
        assert persona.proactive


@pytest.mark.parametrize(("category", "key"), [("beauty", "beauty"), ("baby", "mother_and_baby"), ("food", "expert"), ("", "expert")])
def test_a_category_has_its_adviser(category: str, key: str) -> None:
    assert persona_for((), category).key == key


def test_a_forbidden_topic_is_refused_in_the_personas_words() -> None:
    helper = shipped()["mother_and_baby"]
    assert "请问医生" in forbids(helper, "推荐个退烧药", "zh-CN")
    assert "doctor" in forbids(helper, "推荐个退烧药", "en")
    assert forbids(helper, "推荐个玩具", "zh-CN") == ""


async def test_words_are_inherited_down_the_tree_field_by_field(unit: Units) -> None:
    async with unit(member("编辑")) as ctx:
        await recommender.put_persona(ctx, "/dept/", 0, {"base": "beauty", "name": {"zh-CN": "百货小二"}})
        await recommender.put_persona(ctx, "/dept/s1/", 0, {"opening": {"zh-CN": "一店欢迎您。"}})
        counter = await recommender.persona_at(ctx, "/dept/s1/qiyan/")
        other = await recommender.persona_at(ctx, "/mall/s2/")
    assert (counter.key, counter.name["zh-CN"], counter.opening["zh-CN"]) == ("beauty", "百货小二", "一店欢迎您。")
    assert counter.name["en"] == shipped()["beauty"].name["en"]
    assert counter.told_at == "/dept/s1/"
    assert (other.key, other.told_at) == ("expert", "")


async def test_every_change_is_kept_with_its_editor_and_can_be_taken_back(unit: Units) -> None:
    async with unit(member("甲")) as ctx:
        await recommender.put_persona(ctx, "/s/", 0, {"name": {"zh-CN": "一"}})
    async with unit(member("乙")) as ctx:
        await recommender.put_persona(ctx, "/s/", 1, None)
        history = await recommender.persona_history(ctx, "/s/")
        kept = await recommender.personas(ctx)
        now = await recommender.persona_at(ctx, "/s/")
    assert [(one.version, one.changed_by, one.body) for one in history] == [
        (2, "乙", None), (1, "甲", {"name": {"zh-CN": "一"}})]  # fmt: skip
    assert [one.version for one in kept] == [2]
    assert now == shipped()["expert"]


async def test_of_two_editors_the_second_is_told(unit: Units) -> None:
    async with unit(member()) as ctx:
        await recommender.put_persona(ctx, "/s/", 0, {"name": {"zh-CN": "一"}})
        with pytest.raises(Stale):
            await recommender.put_persona(ctx, "/s/", 0, {"name": {"zh-CN": "二"}})


@pytest.mark.parametrize("body", [
    {"voice": "x"}, {"base": "nobody"}, {"name": "小二"}, {"name": {"fr": "x"}}, {"opening": {"zh-CN": "长" * 401}},
    {"lines": {"other": {"zh-CN": "x"}}}, {"forbidden": [{"words": ["一"], "zh-CN": "x"}]},
    {"forbidden": [{"words": ["不谈"]}]}, {"quick_replies": [{"zh-CN": "x"}] * 9},
])  # fmt: skip
async def test_what_makes_no_sense_is_refused(unit: Units, body: dict[str, Any]) -> None:
    async with unit(member()) as ctx:
        with pytest.raises(Invalid):
            await recommender.put_persona(ctx, "/s/", 0, body)


async def test_only_editors_change_and_only_within_their_reach(unit: Units) -> None:
    async with unit(member(permissions=frozenset({"knowledge.read"}))) as ctx:
        with pytest.raises(Forbidden):
            await recommender.put_persona(ctx, "/s/", 0, None)
    async with unit(member(), path="/dept/") as ctx:
        with pytest.raises(NotFound):
            await recommender.put_persona(ctx, "/mall/", 0, None)
        with pytest.raises(NotFound):
            await recommender.persona_history(ctx, "/")
