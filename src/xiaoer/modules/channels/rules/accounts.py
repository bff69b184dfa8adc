"""What an administrator may say about an account, and what a page may say about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from xiaoer.kit.problem import Invalid
from xiaoer.kit.text import clean
from xiaoer.modules.channels.contracts import Greeting, Profile, QuickReply, Secret
from xiaoer.modules.channels.rules import origins

LANGUAGES = ("zh-CN", "en")
MOST_NAME = 100
MOST_GREETING = 500
MOST_REPLIES = 8
ACTIVE_SECRETS = 2
_KEY = re.compile(r"[A-Za-z0-9_-]{3,100}")
_PATH = re.compile(r"/([a-z0-9_-]+/)*")
_PAGE = {"url": 2000, "title": 300, "store": 100, "product": 100, "order": 100}


def checked(profile: Profile, *, carries: bool, demo: bool) -> Profile:
    """The profile in one spelling; raises ``Invalid`` with the field that is wrong."""
    name = clean(profile.name)
    if not 0 < len(name) <= MOST_NAME:
        raise Invalid(reason=f"名称应为 1 到 {MOST_NAME} 字", field="name")
    if not _PATH.fullmatch(profile.unit_path):
        raise Invalid(reason="组织路径格式不对", field="unit_path")
    if carries or profile.callback_url:
        _check_address(profile.callback_url)
    return replace(
        profile,
        name=name,
        allowed_origins=origins.checked(profile.allowed_origins, demo=demo),
        greetings={lang: _greeting(lang, said) for lang, said in profile.greetings.items()},
        hours_text=clean(profile.hours_text)[:MOST_GREETING],
    )


def is_key(text: str) -> bool:
    """Whether a text can be a public key."""
    return _KEY.fullmatch(text) is not None


def _greeting(language: str, said: Greeting) -> Greeting:
    if language not in LANGUAGES:
        raise Invalid(reason="greetings: zh-CN | en", field="greetings")
    if len(said.quick_replies) > MOST_REPLIES:
        raise Invalid(reason=f"快捷问题最多 {MOST_REPLIES} 个", field="greetings")
    replies = [QuickReply(clean(r.label), clean(r.value)) for r in said.quick_replies]
    if any(not r.label or not r.value or len(r.label + r.value) > 300 for r in replies):
        raise Invalid(reason="快捷问题需要文字", field="greetings")
    return Greeting(clean(said.text)[:MOST_GREETING], tuple(replies))


def _check_address(url: str) -> None:
    """An http(s) address without a password in it."""
    try:
        parts = urlsplit(url if clean(url) == url else "")
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise Invalid(reason="回调地址应以 http:// 或 https:// 开头", field="callback_url")


def greeting(profile: Profile, locale: str) -> Greeting:
    """In the visitor's language, else in any that there is."""
    said = profile.greetings
    return said.get(locale) or next(iter(said.values()), Greeting())


def rotated(secrets: tuple[Secret, ...], fresh: Secret) -> tuple[Secret, ...]:
    """The fresh one first; of the others, the newest stays active beside it."""
    return (fresh, *secrets)[:ACTIVE_SECRETS]


def locale_of(language: str) -> str:
    """One of the two languages of the house."""
    return "en" if language.lower().startswith("en") else "zh-CN"


def page_of(told: Mapping[str, Any]) -> dict[str, str]:
    """What is kept of the page that a visitor looks at: known fields, as short clean texts."""
    page = {key: clean(str(told[key]))[:most] for key, most in _PAGE.items() if told.get(key)}
    if page.get("url") and not page["url"].startswith(("http://", "https://")):
        del page["url"]
    return {key: text for key, text in page.items() if text}
