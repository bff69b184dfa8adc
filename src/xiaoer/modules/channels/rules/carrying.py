"""When to try a message again that another system did not take, and what to say when it is over."""

from __future__ import annotations

from collections.abc import Mapping

MOST_TRIES = 8
FIRST_WAIT_S = 2.0
GROWTH = 3.0
LONGEST_WAIT_S = 300.0
LONGEST_ASKED_S = 900.0
CROWDED_WAIT_S = 0.4

SWITCHED_OFF = "switched_off"
BROKEN = "broken"

_SAID = {
    "refused": (
        "对方系统拒绝了这条消息（HTTP {status}）。请联系对方系统的管理员。",
        "The other system refused the message (HTTP {status}). Ask its administrator.",
    ),
    "redirected": (
        "回调地址跳转到了别处（HTTP {status}），系统不会跟随跳转。请管理员改成最终地址。",
        "The callback redirects (HTTP {status}), which is not followed. "
        "An administrator should enter the final address.",
    ),
    "busy": (
        "对方系统一直繁忙（HTTP {status}），已尝试 {tries} 次。",
        "The other system stayed busy (HTTP {status}) for {tries} tries.",
    ),
    "failing": (
        "对方系统一直出错（HTTP {status}），已尝试 {tries} 次。",
        "The other system kept failing (HTTP {status}) for {tries} tries.",
    ),
    "timeout": (
        "对方系统没有及时应答，已尝试 {tries} 次。",
        "The other system did not answer in time, {tries} tries.",
    ),
    "unreachable": (
        "连不上对方系统，已尝试 {tries} 次。",
        "The other system could not be reached, {tries} tries.",
    ),
    "unknown_host": (
        "找不到回调地址的主机，已尝试 {tries} 次。请管理员检查地址。",
        "The host of the callback was not found, {tries} tries. "
        "An administrator should check the address.",
    ),
    "broken": (
        "与对方系统的通信中断，已尝试 {tries} 次。",
        "The exchange with the other system broke off, {tries} tries.",
    ),
    "address_refused": (
        "回调地址不是公网地址，不允许访问。请管理员检查渠道设置。",
        "The callback is no public address and may not be called. "
        "An administrator should check the channel.",
    ),
    SWITCHED_OFF: (
        "渠道已停用，消息没有发出。",
        "The channel is switched off; the message did not go out.",
    ),
}
_OTHER = (
    "对方系统没有接收这条消息（{reason}）。",
    "The other system did not take the message ({reason}).",
)


def wait_s(tries: int, chance: float, asked_s: float | None) -> float:
    """Seconds until the next try, after ``tries`` in vain.

    Exponential from 2 s to 5 min, of which between half and all is waited (``chance`` from 0 to
    1), so that many conversations do not come back at once. What the other system asks for is
    honoured up to 15 min, and never shortens the wait.
    """
    full = min(LONGEST_WAIT_S, FIRST_WAIT_S * GROWTH ** (tries - 1))
    return max(full * (0.5 + chance / 2), min(asked_s or 0.0, LONGEST_ASKED_S))


def said(reason: str, status: int | None, tries: int) -> Mapping[str, str]:
    """Why a message failed, in words, by language."""
    zh, en = _SAID.get(reason, _OTHER)
    given = {"reason": reason, "status": status or "–", "tries": tries}
    return {"zh-CN": zh.format(**given), "en": en.format(**given)}
