"""The family of errors: a code, a status, a sentence in two languages, and the fields in it.

Rendered once, at the edge, as problem details (RFC 9457). A room declares its own by
subclassing; the sentence is formatted with the keyword arguments it is raised with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Why:
    """A reason inside a sentence, in both languages; a field of a problem may be one."""

    zh: str
    en: str

    def to(self, locale: str) -> str:
        """In ``zh-CN`` or English."""
        return self.zh if locale.startswith("zh") else self.en


def plainly(value: Any, locale: str) -> Any:
    """A field of a problem as the reader gets it."""
    return value.to(locale) if isinstance(value, Why) else value


class Problem(Exception):
    """Something a caller can understand and act upon."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    zh: ClassVar[str] = "系统出了点问题，请稍后再试。"
    en: ClassVar[str] = "Something went wrong on our side. Please try again shortly."

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        super().__init__(self.sentence("en"))

    def sentence(self, locale: str) -> str:
        """The sentence in ``zh-CN`` or English, with the fields filled in."""
        template = self.zh if locale.startswith("zh") else self.en
        try:
            return template.format(**self._plain(locale))
        except (KeyError, IndexError):
            return template

    def as_details(self, locale: str) -> dict[str, Any]:
        """The members of an RFC 9457 problem details object."""
        return {
            "type": f"about:blank#{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "code": self.code,
            "detail": self.sentence(locale),
            "fields": {name: _writable(value) for name, value in self._plain(locale).items()},
        }

    def _plain(self, locale: str) -> dict[str, Any]:
        return {name: plainly(value, locale) for name, value in self.fields.items()}


def _writable(value: Any) -> Any:
    """As JSON can hold it: what a caller sent as a number may be longer than 64 bits."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return f"{value:.6e}" if abs(value) < 10**300 else "∞"
    return value


class NotFound(Problem):
    """Also what is not yours: existence is never told to someone who may not see it."""

    code = "not_found"
    status = 404
    zh = "没有找到，可能已被删除，或不在您的范围内。"
    en = "Not found: it may be gone, or lie outside your scope."


class Forbidden(Problem):
    """The thing is the caller's to see, but not to do this with."""

    code = "forbidden"
    status = 403
    zh = "您没有权限做这个操作，请联系管理员。"
    en = "Your role does not allow this. Ask an administrator."


class Unauthenticated(Problem):
    """No valid session or token came with the request."""

    code = "unauthenticated"
    status = 401
    zh = "请先登录。"
    en = "Please sign in first."


class Invalid(Problem):
    """Input that cannot be accepted; ``reason`` says why, ``field`` where."""

    code = "invalid"
    status = 422
    zh = "内容不符合要求：{reason}"
    en = "This cannot be accepted: {reason}"


class Stale(Problem):
    """A compare-and-set lost: somebody changed the thing in between."""

    code = "stale_version"
    status = 409
    zh = "内容刚被其他人更新过，请刷新后再试。"
    en = "Someone else has just changed this. Reload and try again."


class Taken(Problem):
    """A name or number that must be the only one of its kind belongs to another thing."""

    code = "taken"
    status = 409
    zh = "这个名称或编号已被使用，请换一个。"
    en = "This name or number is taken. Choose another."


class BadCursor(Problem):
    """A paging cursor that this server did not make."""

    code = "bad_cursor"
    status = 400
    zh = "翻页位置无效，请从第一页重新开始。"
    en = "The page cursor is not valid. Start again from the first page."


class RateLimited(Problem):
    """Too many tries in too short a time."""

    code = "rate_limited"
    status = 429
    zh = "操作太频繁，请 {retry_after_s} 秒后再试。"
    en = "Too many tries. Try again in {retry_after_s} seconds."


class Unavailable(Problem):
    """Something that the house needs does not answer just now; trying again is right."""

    code = "unavailable"
    status = 503
    zh = "系统正在恢复，请稍等几秒再试。"
    en = "The system is recovering. Please try again in a few seconds."
