"""Arguments as they must be: named, complete, of the right type; and what they ask for."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sized
from typing import Any, cast

from xiaoer.ladder.tools.contracts import Effect, Refused, ToolSpec
from xiaoer.modules import aftersales

Verb = aftersales.contracts.Verb
Wish = aftersales.contracts.Wish
LONGEST_TEXT, MOST_TEXTS = 4000, 200
SHOP_VERBS = aftersales.contracts.SHOP_VERBS
LONGEST_NAMES = 200
DETAILS = ("refund_to", "kind", "solution", "type", "title", "tax_number", "email", "store_id")
ADDRESS = ("address1", "address2", "city", "state", "country", "zip")
_SIGNS = frozenset("0123456789+-*/(). ")
_DEEPEST = 50


def bad(zh: str, en: str) -> Refused:
    """Arguments that cannot be used."""
    return Refused("bad_arguments", zh, en)


UNKNOWN_TOOL = Refused("unknown_tool", "没有这个工具。", "There is no such tool.")


def problem(spec: ToolSpec, given: object) -> Refused | None:
    """What is wrong with the arguments of a tool, or nothing.

    Values that a policy decides about (the reason of a cancellation) are left to it.
    """
    if not isinstance(given, Mapping):
        return bad("参数必须是一个对象。", "The arguments must be an object.")
    return _problem(spec.parameters, given, loose=spec.effect is Effect.DEED)


def _problem(
    schema: Mapping[str, Any], given: Mapping[Any, Any], *, loose: bool
) -> Refused | None:
    """What does not fit the schema of an object; values of a deed are its policy's to judge."""
    properties, required = schema["properties"], schema["required"]
    unknown = sorted(str(name) for name in given if name not in properties)
    missing = sorted(name for name in required if name not in given)
    if unknown or missing:
        names = ", ".join(unknown or missing)[:LONGEST_NAMES]
        return bad(f"参数多余或缺少：{names}", f"Unknown or missing arguments: {names}")
    for name, value in given.items():
        kind = properties[name]
        if kind["type"] == "object" and isinstance(value, Mapping):
            if (refused := _problem(kind, value, loose=loose)) is not None:
                return refused
        elif not _fits(kind, value, loose=loose):
            return bad(f"参数 {name} 的类型或取值不对。",
                       f"The argument {name} has a wrong type or value.")  # fmt: skip
    return None


def _fits(kind: Mapping[str, Any], value: object, *, loose: bool) -> bool:
    match kind["type"]:
        case "string":
            right = isinstance(value, str) and _is_text(value)
            return right and (loose or _is_accepted(kind, str(value)))
        case "array":
            return _are_texts(value) and len(cast(Sized, value)) >= kind.get("minItems", 0)
        case _:
            return False


def _is_accepted(kind: Mapping[str, Any], value: str) -> bool:
    pattern = kind.get("pattern")
    fits = pattern is None or re.fullmatch(pattern, value, re.ASCII) is not None
    return fits and value in kind.get("enum", (value,))


def wish(name: str, given: Mapping[str, Any]) -> Wish:
    """What a deed asks for, typed. The arguments have been looked at."""
    if Verb(name) in SHOP_VERBS:
        return Wish(
            Verb(name), given["order_id"], given.get("reason", ""), tuple(given.get("items", ())),
            tuple(given.get("new_items", ())), address=dict(given.get("address", {})),
            details={part: given[part] for part in DETAILS if part in given},
        )  # fmt: skip
    return Wish(
        Verb(name),
        given.get("order_id", ""),
        given.get("reason", ""),
        tuple(given.get("item_ids", ())),
        tuple(given.get("new_item_ids", ())),
        given.get("payment_method_id", ""),
        {part: given[part] for part in ADDRESS if part in given},
    )


def calculated(expression: str) -> str | Refused:
    """The value of an arithmetic expression, rounded to cents: plain numbers, + - * / and
    parentheses; nothing else is understood, and nothing is executed."""
    refused = bad("这个算式无法计算。", "This expression cannot be worked out.")
    if not set(expression) <= _SIGNS or "**" in expression or "//" in expression:
        return refused
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return str(round(float(_value(tree.body, _DEEPEST)), 2))
    except (SyntaxError, ValueError, ArithmeticError, MemoryError, RecursionError):
        return refused


_TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip


def _value(node: ast.expr, depth: int) -> float:
    if depth == 0:
        raise ValueError("too deep")
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, depth - 1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, depth - 1)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _TWO:
            return _TWO[type(sign)](_value(left, depth - 1), _value(right, depth - 1))
        case _:
            raise ValueError("not arithmetic")


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        return False
    return value.isascii() or not any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)


def _are_texts(value: object) -> bool:
    if not isinstance(value, list | tuple) or len(value) > MOST_TEXTS:
        return False
    return all(_is_text(one) for one in value)
