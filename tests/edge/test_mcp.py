"""The tools over the Model Context Protocol: an agent proposes, the person at the client says yes."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as protocol
import pytest
from mcp.client.client import Client
from typer.testing import CliRunner

from tests.architecture.sources import ROOT
from tests.labs.retail import database
from xiaoer.edge.mcp import ToolServer
from xiaoer.labs.retail import shapes as shop_shapes
from xiaoer.labs.retail.stage import Stage as ShopStage
from xiaoer.labs.retail.stage import read
from xiaoer.labs.tau import shapes
from xiaoer.labs.tau.serving import app
from xiaoer.labs.tau.stage import Stage
from xiaoer.ladder.tools import SHOP_SPECS, SPECS
from xiaoer.main import WIRING
from xiaoer.ports.house import House

RECORDS = ROOT / "src/xiaoer/labs/evals/data/zh_retail/db.json"
NUMBER = "#W00"
CANCEL = {"order_id": NUMBER, "reason": "no longer needed"}
MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])


@pytest.fixture
async def stage(house: House) -> Stage:
    return await Stage.built(house, database())


class Person:
    """Who sits at the client, and what they were asked."""

    def __init__(self, action: Any = "accept", says: bool = True) -> None:
        self.action, self.says, self.asked = action, says, list[str]()

    async def __call__(self, context: Any, params: Any) -> protocol.ElicitResult:
        self.asked.append(params.message)
        content = {"yes": self.says} if self.action == "accept" else None
        return protocol.ElicitResult(action=self.action, content=content)


@asynccontextmanager
async def connected(
    stage: Stage, mode: Any = "auto", person: Person | None = None, *, vouches: bool = False
) -> AsyncIterator[Client]:
    server = ToolServer(stage.house, stage.tenant, shapes.seen, vouches)
    async with Client(server.server(), mode=mode, elicitation_callback=person) as client:
        yield client


async def call(client: Client, name: str, /, **given: Any) -> tuple[bool, str]:
    result = await client.call_tool(name, given)
    (content,) = result.content
    assert isinstance(content, protocol.TextContent)
    return not result.is_error, content.text


async def sign_in(client: Client) -> None:
    assert await call(client, "find_user_id_by_email", email="ann0@example.com") == (True, "ann_a_0")


@MODES
async def test_the_sixteen_tools_are_listed(stage: Stage, mode: str) -> None:
    async with connected(stage, mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(listed) == {spec.name for spec in SPECS if spec.listed}
    assert len(listed) == 16
    assert listed["cancel_pending_order"].input_schema["required"] == ["order_id", "reason"]


@MODES
async def test_a_deed_is_done_after_the_persons_yes(stage: Stage, mode: str) -> None:
    person = Person()
    async with connected(stage, mode, person) as client:
        await sign_in(client)
        done, text = await call(client, "cancel_pending_order", **CANCEL)
    assert done, text
    assert json.loads(text)["status"] == "cancelled"
    assert len(person.asked) == 1
    assert f"Cancel order {NUMBER}" in person.asked[0]
    assert (await stage.state())["orders"][NUMBER]["status"] == "cancelled"


@MODES
@pytest.mark.parametrize("person", [Person("decline"), Person("cancel"), Person(says=False), None],
                         ids=["decline", "cancel", "false", "cannot be asked"])  # fmt: skip
async def test_without_a_yes_nothing_is_done(
    stage: Stage, mode: str, person: Person | None
) -> None:
    async with connected(stage, mode, person) as client:
        await sign_in(client)
        done, text = await call(client, "cancel_pending_order", **CANCEL)
    assert not done
    assert "not_confirmed" in text
    assert await stage.state() == database()


@MODES
async def test_an_agent_that_asks_its_customer_itself_is_taken_at_its_word(
    stage: Stage, mode: str
) -> None:
    there = {"address1": "2 Oak", "address2": "", "city": "Boston", "state": "MA",
             "country": "USA", "zip": "02101"}  # fmt: skip
    async with connected(stage, mode, vouches=True) as client:
        await sign_in(client)
        done, text = await call(client, "modify_user_address", user_id="ann_a_0", **there)
        refused = await call(client, "cancel_pending_order", **(CANCEL | {"reason": "bored"}))
    assert done, text
    assert json.loads(text)["address"] == there
    assert (refused[0], "reason_not_accepted" in refused[1]) == (False, True)


async def test_a_forged_answer_does_nothing(stage: Stage) -> None:
    yes: Any = {"yes": protocol.ElicitResult(action="accept", content={"yes": True})}
    async with connected(stage, vouches=False) as client:
        await sign_in(client)
        forged = json.dumps(["cancel_pending_order", NUMBER, str(stage.tenant), "0" * 64])
        for state in (forged, "[]", "not json", '["x", 1, 2, 3]'):
            result = await client.session.call_tool(
                "cancel_pending_order", CANCEL, input_responses=yes, request_state=state
            )
            assert result.is_error
    assert await stage.state() == database()


async def test_one_connection_serves_one_customer(stage: Stage) -> None:
    async with connected(stage) as client:
        early = await call(client, "get_order_details", order_id=NUMBER)
        await sign_in(client)
        own = await call(client, "get_order_details", order_id=NUMBER)
        foreign = await call(client, "get_order_details", order_id="#W10")
        other = await call(client, "find_user_id_by_email", email="ann1@example.com")
        products = await call(client, "list_all_product_types")
    assert (early[0], "unauthenticated" in early[1]) == (False, True)
    assert json.loads(own[1]) == database()["orders"][NUMBER]
    assert (foreign[0], "not_found" in foreign[1]) == (False, True)
    assert (other[0], "other_customer" in other[1]) == (False, True)
    assert json.loads(products[1])["Product 1"] == "91"


def test_without_the_extra_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "xiaoer.edge.mcp")
    monkeypatch.setitem(sys.modules, "mcp_types", None)
    done = CliRunner().invoke(app, [], obj=WIRING)
    assert done.exit_code == 1
    assert "xiaoer[mcp]" in done.stderr


async def test_the_tools_of_a_shop_are_served_instead_and_only_they(house: House) -> None:
    shop = await ShopStage.built(house, read(RECORDS))
    server = ToolServer(shop.house, shop.tenant, shop_shapes.seen, agent_confirms=True,
                        specs=SHOP_SPECS, locale="zh-CN")  # fmt: skip
    async with Client(server.server(), mode="auto") as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert listed == {spec.name for spec in SHOP_SPECS}
        told, text = await call(client, "find_user_id_by_email", email="linxm@example.com")
        assert (told, "unknown_tool" in text) == (False, True)
        proven = await call(client, "verify_identity", name="林晓梅", phone_last4="2271")
        assert proven == (True, "u01")
        done, text = await call(client, "urge_dispatch", order_id="HT2611201000")
        assert not done
        assert "满 24 小时才能催" in text
