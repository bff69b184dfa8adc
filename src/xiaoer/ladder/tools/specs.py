"""The tools: names and arguments of the published retail domain of τ-bench (Sierra Research, MIT),
so that any agent written for it can be tested here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiaoer.ladder.tools.contracts import Effect, ToolSpec
from xiaoer.ladder.tools.shop_specs import SHOP_SPECS
from xiaoer.modules import aftersales

Json = dict[str, Any]


def _text(description: str, *accepted: str) -> Json:
    kind: Json = {"type": "string", "description": description}
    return kind | {"enum": list(accepted)} if accepted else kind


def _texts(description: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _spec(
    name: str, effect: Effect, description: str, properties: Mapping[str, Json], *,
    listed: bool = True,
) -> ToolSpec:  # fmt: skip
    schema = {"type": "object", "properties": dict(properties), "required": list(properties)}
    return ToolSpec(name, description, schema, effect, listed)


_ORDER = {"order_id": _text("Number of the order with its leading '#', such as '#W0000000'.")}
_USER = {"user_id": _text("Id of the user, such as 'sara_doe_496'.")}
_METHOD = {
    "payment_method_id": _text(
        "Id of a payment method of the user, such as 'gift_card_0000000'; see the user's details."
    )
}
_ADDRESS = {
    "address1": _text("First line of the address, such as '123 Main St'."),
    "address2": _text("Second line, such as 'Apt 1'; may be empty."),
    "city": _text("City."),
    "state": _text("State, such as 'CA'."),
    "country": _text("Country, such as 'USA'."),
    "zip": _text("Zip code."),
}
_ITEMS = {"item_ids": _texts("Ids of the items in the order; one bought twice may stand twice.")}
_NEW = {"new_item_ids": _texts("For each item, in the same place, the id of what it becomes.")}
_ASKS = " Only proposes: the customer is told the details and must say yes before it is done."

SPECS: tuple[ToolSpec, ...] = (
    _spec("calculate", Effect.NOTHING, "Work out an arithmetic expression.", {
        "expression": _text("Numbers, + - * /, parentheses and spaces, such as '2 + 2'.")}),
    _spec("cancel_pending_order", Effect.DEED,
          "Cancel an order that is still pending and refund what was paid." + _ASKS,
          _ORDER | {"reason": _text("Why the order is cancelled.", *aftersales.REASONS)}),
    _spec("exchange_delivered_order_items", Effect.DEED,
          "Exchange items of a delivered order for other variants of the same products; once an "
          "order." + _ASKS, _ORDER | _ITEMS | _NEW | _METHOD),
    _spec("find_user_id_by_email", Effect.IDENTIFY, "Find out who the user is by their e-mail.", {
        "email": _text("The user's e-mail address.")}),
    _spec("find_user_id_by_name_zip", Effect.IDENTIFY,
          "Find out who the user is by name and zip code, when they do not remember their e-mail.",
          {"first_name": _text("First name."), "last_name": _text("Last name."),
           "zip": _text("Zip code of the default address.")}),
    _spec("get_order_details", Effect.READ, "Status and details of an order of the user.", _ORDER),
    _spec("get_product_details", Effect.READ, "A product with its variants, prices and stock.", {
        "product_id": _text("Id of the product, which is not the id of an item.")}),
    _spec("get_user_details", Effect.READ,
          "The user's profile: address, payment methods, orders.", _USER),
    _spec("list_all_product_types", Effect.READ, "Names and ids of all products.", {}),
    _spec("modify_pending_order_address", Effect.DEED,
          "Send a pending order to another address." + _ASKS, _ORDER | _ADDRESS),
    _spec("modify_pending_order_items", Effect.DEED,
          "Change items of a pending order to other variants of the same products; once an order."
          + _ASKS, _ORDER | _ITEMS | _NEW | _METHOD),
    _spec("modify_pending_order_payment", Effect.DEED,
          "Pay a pending order with another payment method." + _ASKS, _ORDER | _METHOD),
    _spec("modify_user_address", Effect.DEED,
          "Change the user's default address." + _ASKS, _USER | _ADDRESS),
    _spec("return_delivered_order_items", Effect.DEED,
          "Return items of a delivered order; the refund goes to the original payment method or to "
          "a gift card." + _ASKS, _ORDER | _ITEMS | _METHOD),
    _spec("think", Effect.NOTHING, "Note a thought. Finds out nothing and changes nothing.", {
        "thought": _text("The thought.")}),
    _spec("transfer_to_human_agents", Effect.HAND_OFF,
          "Pass the user to a person, when they ask for one or the tools cannot help.", {
              "summary": _text("What the user needs, in short.")}),
    _spec("get_item_details", Effect.READ, "One variant of a product: options, price and stock.", {
        "item_id": _text("Id of the item.")}, listed=False),
)  # fmt: skip

BY_NAME: Mapping[str, ToolSpec] = {spec.name: spec for spec in (*SPECS, *SHOP_SPECS)}
TAU_TOOLS = frozenset(spec.name for spec in SPECS)
SHOP_TOOLS = frozenset(spec.name for spec in SHOP_SPECS)
