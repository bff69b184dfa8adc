"""The tools over the Model Context Protocol: the same specifications, policy, yes and audit as
everywhere, for an agent of somebody else.

One connection serves one customer. A deed asks the person at the client (by elicitation), not the
model, for the yes; a client that cannot ask gets nothing done, unless whoever starts the server
says that the agent asks its customer itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import mcp_types as protocol
import orjson
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from xiaoer.kit.ids import TenantId, uuid7
from xiaoer.ladder import tools
from xiaoer.modules import aftersales
from xiaoer.ports.ctx import Assistant, Scope
from xiaoer.ports.house import House

Shown = Callable[[tools.Seen], Any]
Reply = protocol.CallToolResult | protocol.InputRequiredResult
ASK = "yes"
_FORM: protocol.ElicitRequestedSchema = {
    "type": "object",
    "properties": {ASK: {"type": "boolean", "title": "Yes, do this"}},
    "required": [ASK],
}


@dataclass(slots=True)
class ToolServer:
    """The tools of one tenant for one connection, and whom it has come to serve.

    ``shown`` writes what a look-up saw as JSON. With ``agent_confirms`` the agent's call counts
    as the customer's yes, because it has asked them. ``specs`` are the tools that can be used.
    """

    house: House
    tenant: TenantId
    shown: Shown
    agent_confirms: bool = False
    session: tools.Session | None = None
    specs: tuple[tools.ToolSpec, ...] = tools.SPECS
    locale: str = "en"

    def server(self) -> Server[Any]:
        """The protocol's side of it."""
        return Server("xiaoer", on_list_tools=self.listed, on_call_tool=self.called)

    async def listed(
        self, context: ServerRequestContext[Any], params: protocol.PaginatedRequestParams | None
    ) -> protocol.ListToolsResult:
        """The tools that are offered."""
        return protocol.ListToolsResult(tools=[
            protocol.Tool(name=spec.name, description=spec.description,
                          input_schema=dict(spec.parameters))
            for spec in self.specs if spec.listed
        ])  # fmt: skip

    async def called(
        self, context: ServerRequestContext[Any], params: protocol.CallToolRequestParams
    ) -> Reply:
        """Use a tool; a deed is done after the customer's yes."""
        answered = (params.input_responses or {}).get(ASK)
        if params.request_state and isinstance(answered, protocol.ElicitResult):
            return await self._answered(params.request_state, answered)
        session = self.session or self._nobody()
        async with self.house.unit(Assistant(), Scope(self.tenant)) as ctx:
            used = await tools.use(ctx, session, params.name, params.arguments or {})
        self.session, outcome = used.session, used.outcome
        match outcome:
            case tools.Refused():
                return _refused(outcome, locale=self.locale)
            case tools.Found():
                return _text(self.shown(outcome.value))
            case tools.HandOff():
                return _text("Transfer successful")
            case tools.Proposal():
                return await self._asked(context, outcome)

    async def _asked(
        self, context: ServerRequestContext[Any], proposal: tools.Proposal
    ) -> Reply:
        """Ask the person at the client, in whichever way it can ask."""
        if self.agent_confirms:
            return await self._done(proposal.wish, proposal.id, proposal.digest)
        form = protocol.ElicitationCapability(form=protocol.FormElicitationCapability())
        able = protocol.ClientCapabilities(elicitation=form)
        if not context.session.check_client_capability(able):
            return _refused(aftersales.NOT_CONFIRMED, proposal.sentence(self.locale))
        if context.session.can_send_request:
            answer = await context.session.elicit_form(proposal.sentence(self.locale), _FORM, context.request_id)
            if _is_yes(answer):
                return await self._done(proposal.wish, proposal.id, proposal.digest)
            return _refused(aftersales.NOT_CONFIRMED)
        question = protocol.ElicitRequest(params=protocol.ElicitRequestFormParams(
            message=proposal.sentence(self.locale), requested_schema=_FORM))  # fmt: skip
        wish = proposal.wish
        state = [wish.verb, wish.order, str(proposal.id), proposal.digest]
        return protocol.InputRequiredResult(
            input_requests={ASK: question}, request_state=orjson.dumps(state).decode()
        )

    async def _answered(self, state: str, answer: protocol.ElicitResult) -> Reply:
        """The client came back with the person's answer to a question of ours.

        What it says it was about is not believed: the yes counts only with the id and the digest
        of a proposal to this connection's customer.
        """
        if not _is_yes(answer):
            return _refused(aftersales.NOT_CONFIRMED)
        try:
            verb, order, proposal_id, digest = orjson.loads(state)
            wish = aftersales.contracts.Wish(aftersales.contracts.Verb(verb), str(order))
            return await self._done(wish, UUID(proposal_id), str(digest))
        except (ValueError, TypeError, AttributeError):
            return _refused(aftersales.NOT_CONFIRMED)

    async def _done(
        self, wish: aftersales.contracts.Wish, proposal_id: UUID, digest: str
    ) -> protocol.CallToolResult:
        session = self.session or self._nobody()
        yes = tools.Yes(proposal_id, digest)
        async with self.house.unit(Assistant(), Scope(self.tenant)) as ctx:
            done = await tools.confirm(ctx, session, wish.verb, wish.order, yes)
            if isinstance(done, tools.Refused):
                return _refused(done, locale=self.locale)
            if done.order is not None:
                return _text(self.shown(done.order))
            return _text(self.shown(await tools.profile(ctx, session)))

    def _nobody(self) -> tools.Session:
        ports = self.house.ports
        now = int(ports.clock.now().timestamp() * 1000)
        visitor, account = (uuid7(now, ports.chance.bits(74)) for _ in range(2))
        return tools.Session(visitor, account, offered=frozenset(one.name for one in self.specs))


async def serve(server: ToolServer) -> None:
    """Speak the protocol over standard input and output until the client goes."""
    app = server.server()
    async with stdio_server() as (incoming, outgoing):
        await app.run(incoming, outgoing, app.create_initialization_options())


def _is_yes(answer: protocol.ElicitResult) -> bool:
    return answer.action == "accept" and (answer.content or {}).get(ASK) is True


def _text(value: Any) -> protocol.CallToolResult:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return protocol.CallToolResult(content=[protocol.TextContent(text=text)])


def _refused(
    refused: tools.Refused, more: str = "", locale: str = "en"
) -> protocol.CallToolResult:
    text = f"Error ({refused.code}): {refused.sentence(locale)} {more}".rstrip()
    return protocol.CallToolResult(content=[protocol.TextContent(text=text)], is_error=True)
