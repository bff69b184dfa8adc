"""A rewritten answer says what its source says, or it is not sent."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

import xiaoer.labs.demo
from tests.rooms.bot.alterations import alterations
from xiaoer.modules.bot.rules.faithful import differences, is_faithful

HONEST = Path(__file__).with_name("honest.jsonl")
LORE = Path(xiaoer.labs.demo.__file__).parent / "data" / "knowledge"
ALTERED = 1_000
HONEST_SHARE = 0.6
"""Written by hand, as a model is asked to write; what fails goes out as it is stored."""


def answers() -> list[str]:
    return [
        json.loads(line)["answer"]
        for file in sorted(LORE.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_answer_with_one_altered_fact_passes(seed: int) -> None:
    altered = list(islice(alterations(answers(), seed), ALTERED))
    passed = [(a.kind, a.source, a.said) for a in altered if is_faithful(a.source, a.said)]
    assert passed == []
    assert min(Counter(a.kind for a in altered).values()) > ALTERED / 20, "every kind is tried"


def test_most_honest_rewritings_pass(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in HONEST.read_text("utf-8").splitlines()]
    passed = sum(is_faithful(row["source"], row["said"]) for row in rows)
    with capsys.disabled():
        print(f" {passed} of {len(rows)} honest rewritings pass", end="")
    assert len(rows) >= 100
    assert passed / len(rows) >= HONEST_SHARE


def test_every_answer_is_faithful_to_itself_with_a_word_of_courtesy() -> None:
    for answer in answers():
        greeting = "Hello! " if answer[:3].isascii() and answer[:1].isalpha() else "您好，"
        assert is_faithful(answer, answer)
        assert is_faithful(answer, greeting + answer), answer


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("前两小时免费，之后每小时五元。", "您好，前2小时是免费的，之后每小时5元哦～"),
        ("前两小时免费，之后每小时五元。", "前2小时免费，以后每小时¥5。"),
        ("每天22:00关门。", "每天晚上10点关门。"),
        ("满１００元减２０元", "满100元减20元"),
        ("会员打百分之二十的折", "会员打20%的折"),
        ("需要3到5天。", "大概…需要3-5天。".removeprefix("大概…")),
        ("12月31日24:00截止", "十二月三十一号24:00截止"),
        ("交货10天左右。", "交货大约10天。"),
        ("会员免费停车。", "会员的话免费停车。"),
        ("拆开过的请联系客服。", "如果拆开过，请您联系客服。"),
        ("如果拆封，不能退。", "拆封的话，不可以退哦。"),
        ("The first hour is free, then 10 yuan an hour.", "The first hour's free, then ¥10 per hour."),
        ("Open 10:00–22:00 every day.", "We're sorry, open daily from 10 am to 10 pm."),
        ("You can't return it after 31 December.", "You cannot return it after December 31st."),
    ],
)  # fmt: skip
def test_the_same_facts_in_other_signs_pass(source: str, said: str) -> None:
    assert is_faithful(source, said), differences(source, said)


@pytest.mark.parametrize(
    ("kind", "source", "said"),
    [
        ("number", "前两小时免费，之后每小时五元。", "前三小时免费，之后每小时五元。"),
        ("number", "前两小时免费，之后每小时五元。", "前五小时免费，之后每小时两元。"),
        ("number", "满100元减20元", "满100元减２０％"),
        ("number", "晚上10点关门", "上午10点关门"),
        ("number", "打电话021-0000-0201", "打电话021-0000-0207"),
        ("negation", "礼品卡售出后不能退。", "礼品卡售出后能退。"),
        ("negation", "礼品卡可以退。", "礼品卡不可以退。"),
        ("negation", "No pets are allowed.", "Pets are allowed."),
        ("word", "No pets are allowed.", "No, pets are allowed."),
        ("word", "礼品卡不可以退。", "礼品卡不，可以退。"),
        ("word", "礼品卡不能退。", "可以的，礼品卡不能退。"),
        ("word", "礼品卡不能退。", "礼品卡能不能退？"),
        ("condition", "只有会员可以停车。", "会员可以停车。"),
        ("condition", "如果是质量问题，15天内换。", "是质量问题，15天内换。"),
        ("condition", "送到家，需要本人签收。", "送到家，可以本人签收。"),
        ("condition", "会员可以停车。", "如果会员可以停车。"),
        ("limit", "一天最多40元。", "一天至少40元。"),
        ("limit", "7天内可以退。", "7天外可以退。"),
        ("word", "朝阳店有停车场。", "静安店有停车场。"),
        ("word", "运费我们出。", "运费您出。"),
        ("word", "退货时帮您付运费。", "退货时您付运费。"),
        ("word", "先付款，后提货。", "先提货，后付款。"),
        ("word", "积分可以抵现金。", "积分可以抵现金，还送一张券。"),
        ("name", "Refunds go to WeChat.", "Refunds go to Alipay."),
        ("word", "Returned at our cost.", "Returned at your cost."),
        ("word", "积分可以抵现金。", ""),
        ("word", "伞3天内还到任一入口。", "伞3天内到任一入口。"),
        ("word", "两张券不能同时使用。", "两张券不能使用。"),
        ("negation", "秒杀不用券。", "秒杀不需要券。"),
        ("negation", "You needn't repeat it.", "You must not repeat it."),
        ("number", "冷藏到−18度。", "冷藏到18度。"),
        ("number", "要两三天。", "要23天。"),
        ("number", "三千五元。", "3005元。"),
        ("word", "重量≥3公斤。", "重量≤3公斤。"),
        ("word", "可以退。", "可以退❌。"),
        ("word", "礼品卡能退。", "礼品卡~~能退~~。"),
        ("word", "7天内寄回。", "我们会7天内寄回。"),
        ("word", "7天内寄回。", "请您7天内寄回。"),
        ("word", "7天内寄回。", "7天内给您寄回。"),
        ("condition", "会员日不打折，请谅解。", "如果会员日不打折，请谅解。"),
        ("condition", "生鲜不退，请谅解。", "生鲜不退的话，请谅解。"),
        ("word", "We refund you.", "You refund us."),
        ("word", "3 or 5 days", "3 and 5 days"),
        ("word", "最晚20:30下单。", "最早20:30下单。"),
        ("word", "S码4到8公斤。", "码4到8公斤。"),
        ("word", "从A口出站。", "从口出站。"),
        ("name", "Return it at that store.", "Return it at the store."),
    ],
)
def test_what_changes_a_fact_is_found_and_named(kind: str, source: str, said: str) -> None:
    assert not is_faithful(source, said)
    assert is_faithful(source, source)
    kinds = {finding.kind for finding in differences(source, said)}
    assert kinds, "nothing differs"
    assert said == "" or kind in kinds or kind == "word", differences(source, said)


def test_a_flood_of_text_is_not_even_read() -> None:
    assert not is_faithful("好", "好" * 5_000)
