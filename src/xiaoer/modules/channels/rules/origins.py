"""Which page may show the widget: exact origins (RFC 6454), compared in one spelling."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from xiaoer.kit.problem import Invalid
from xiaoer.modules.channels.contracts import ANY_ORIGIN, Profile
from xiaoer.modules.channels.errors import OriginRefused

_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(origin: str) -> str | None:
    """``https://shop.example[:port]`` without a default port; nothing when it is no origin."""
    text = origin.strip().lower()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    rest = parts.path or parts.query or parts.fragment or parts.username or "@" in parts.netloc
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or rest:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def checked(origins: Iterable[str], *, demo: bool) -> tuple[str, ...]:
    """What an administrator listed, in one spelling; ``*`` only for a demo group."""
    kept: dict[str, None] = {}
    for origin in origins:
        one = ANY_ORIGIN if origin.strip() == ANY_ORIGIN else normalised(origin)
        if one is None or (one == ANY_ORIGIN and not demo):
            raise Invalid(
                reason=f"允许来源应为完整的网页来源，例如 https://shop.example：{origin[:100]}",
                field="allowed_origins",
            )
        kept[one] = None
    return tuple(kept)


def admits(profile: Profile, origin: str | None) -> bool:
    """Whether a page may write here. No origin at all: only apps, and only when admitted."""
    if origin is None:
        return profile.admits_apps
    if ANY_ORIGIN in profile.allowed_origins:
        return True
    return normalised(origin) in profile.allowed_origins


def check(profile: Profile, origin: str | None) -> None:
    """Raise :class:`OriginRefused` when the page may not."""
    if not admits(profile, origin):
        raise OriginRefused(origin=(origin or "-")[:200])
