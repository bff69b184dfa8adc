"""What the tools promise to whoever may only propose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.labs.retail import database
from xiaoer.labs.tau.stage import Action, Stage
from xiaoer.ladder import tools
from xiaoer.ladder.tools.arguments import calculated, problem
from xiaoer.ladder.tools.lookups import NOBODY, OTHER_CUSTOMER
from xiaoer.modules import aftersales, customers
from xiaoer.ports.ctx import Assistant, Scope
from xiaoer.ports.house import House

CANCEL = {"order_id": "#W00", "reason": "no longer needed"}


@pytest.fixture
async def stage(house: House) -> Stage:
    return await Stage.built(house, database())


async def use(stage: Stage, session: tools.Session, name: Any, given: Any) -> tools.Used:
    async with stage.house.unit(Assistant(), Scope(stage.tenant)) as ctx:
        return await tools.use(ctx, session, name, given)


async def confirm(stage: Stage, session: tools.Session, proposal: tools.Proposal) -> Any:
    async with stage.house.unit(Assistant(), Scope(stage.tenant)) as ctx:
        yes = tools.Yes(proposal.id, proposal.digest)
        wish = proposal.wish
        return await tools.confirm(ctx, session, wish.verb, wish.order, yes)


@pytest.mark.parametrize(("expression", "value"), [
    ("2 + 2", "4.0"), ("(1.5 - 3) * -2", "3.0"), ("10 / 4", "2.5"), ("0.1 + 0.2", "0.3"),
    ("", None), ("1 / 0", None), ("2 ** 9", None), ("9 // 2", None), ("__import__('os')", None),
    ("1 +", None), ("(" * 300 + "1" + ")" * 300, None), ("1" * 4000 + " * 1.0", None),
    ("-" * 200 + "1", None),
])  # fmt: skip
def test_arithmetic_is_worked_out_and_nothing_else(expression: str, value: str | None) -> None:
    found = calculated(expression)
    assert found == value if value else isinstance(found, tools.Refused)


@pytest.mark.parametrize("given", [
    None, [], "x", {}, CANCEL | {"more": "1"}, {"order_id": "#W00"}, CANCEL | {"reason": 1},
    CANCEL | {"order_id": ["#W00"]}, CANCEL | {"reason": None}, CANCEL | {"order_id": "#W\0"},
    CANCEL | {"order_id": "x" * 5000}, CANCEL | {"order_id": "\ud800"},
])  # fmt: skip
async def test_malformed_arguments_are_refused_before_anything_is_looked_up(
    stage: Stage, given: Any
) -> None:
    used = await use(stage, stage.session("ann_a_0"), "cancel_pending_order", given)
    assert isinstance(used.outcome, tools.Refused)
    assert used.outcome.code == "bad_arguments"


def test_every_tool_takes_what_its_schema_says() -> None:
    for spec in tools.SPECS:
        kinds = {name: one["type"] for name, one in spec.parameters["properties"].items()}
        right = {name: "x" if kind == "string" else ["x"] for name, kind in kinds.items()}
        assert problem(spec, right) is None
        for name, kind in kinds.items():
            wrong = right | {name: ["x"] if kind == "string" else "x"}
            assert problem(spec, wrong) is not None


async def test_a_tool_only_proposes(stage: Stage) -> None:
    used = await use(stage, stage.session("ann_a_0"), "cancel_pending_order", CANCEL)
    assert isinstance(used.outcome, tools.Proposal)
    assert await stage.state() == database()
    done = await confirm(stage, used.session, used.outcome)
    assert isinstance(done, tools.Done)
    assert (await stage.state())["orders"]["#W00"]["status"] == "cancelled"


async def test_a_yes_counts_only_in_the_session_of_its_customer(stage: Stage) -> None:
    used = await use(stage, stage.session("ann_a_0"), "cancel_pending_order", CANCEL)
    assert isinstance(used.outcome, tools.Proposal)
    for other in (stage.session("ann_b_1"), stage.session()):
        refused = await confirm(stage, other, used.outcome)
        assert isinstance(refused, tools.Refused)
    assert await stage.state() == database()


async def test_who_was_looked_up_is_served_and_nobody_else(stage: Stage) -> None:
    wrong = await use(stage, stage.session(), "find_user_id_by_email", {"email": "x@example.com"})
    assert (wrong.outcome, wrong.session.customer_id) == (NOBODY, None)
    named = {"first_name": "ann", "last_name": "LEEa", "zip": "80000"}
    found = await use(stage, wrong.session, "find_user_id_by_name_zip", named)
    assert isinstance(found.outcome, tools.Found)
    assert found.outcome.value == "ann_a_0"
    other = await use(stage, found.session, "find_user_id_by_email", {"email": "ann1@example.com"})
    assert (other.outcome, other.session) == (OTHER_CUSTOMER, found.session)


async def test_two_who_bear_one_name_are_not_guessed_between(stage: Stage) -> None:
    kinds = customers.contracts
    async with stage.house.unit(Assistant(), Scope(stage.tenant)) as ctx:
        known = kinds.Identity(kinds.IdentityKind.EXTERNAL, "ann_a_9")
        await customers.load(ctx, [kinds.Newcomer((known,), "Ann Leea", address={"zip": "80000"})])
    named = {"first_name": "Ann", "last_name": "Leea", "zip": "80000"}
    used = await use(stage, stage.session(), "find_user_id_by_name_zip", named)
    assert (used.outcome, used.session.customer_id) == (NOBODY, None)


async def test_what_was_told_and_refused_stands_in_the_audit(stage: Stage) -> None:
    await stage.play("ann_a_0", [
        Action("get_order_details", {"order_id": "#W00"}),
        Action("get_order_details", {"order_id": "#W10"}),
        Action("drop_tables", {}),
    ])  # fmt: skip
    async with stage.house.unit(Assistant(), Scope(stage.tenant)) as ctx:
        lines = await aftersales.trail(ctx, stage.owners["ann_a_0"])
    told = [(line.verb, line.outcome, line.code, line.order_number) for line in reversed(lines)]
    assert told == [
        ("get_order_details", "told", "", "#W00"),
        ("get_order_details", "refused", "not_found", "#W10"),
        ("unknown", "refused", "unknown_tool", ""),
    ]


async def test_the_assistant_hands_over_and_thinks_without_a_trace(stage: Stage) -> None:
    session = stage.session()
    handed = await use(stage, session, "transfer_to_human_agents", {"summary": "a complaint"})
    thought = await use(stage, session, "think", {"thought": "hm"})
    assert handed.outcome == tools.HandOff("a complaint")
    assert thought.outcome == tools.Found("")
