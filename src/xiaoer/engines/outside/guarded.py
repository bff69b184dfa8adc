"""Calls over HTTP that reach the address that was checked, and end in time.

The name is resolved once; every address must be admitted, and the connection goes to one of
them, with the name in ``Host`` and in the TLS handshake. A proxy of the environment is not used:
it would resolve the name again, by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from xiaoer.engines.outside.guard import Allowed, Target, target_of
from xiaoer.ports.outside import (
    BROKEN,
    CROWDED,
    MOST_ANSWER_BYTES,
    TIMEOUT,
    UNKNOWN_HOST,
    UNREACHABLE,
    AddressRefused,
    Answer,
    NoAnswer,
)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
MOST_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call may take, in seconds, and how many may be under way in this process."""

    connect_s: float = 3.0
    read_s: float = 5.0
    total_s: float = 10.0
    at_once: int = 3
    at_once_to_one: int = 2

    @classmethod
    def beside(cls, deliveries: int) -> Bounds:
        """Of so many deliveries at once, those that wait for somebody outside leave one free."""
        return cls(at_once=max(1, deliveries - 1), at_once_to_one=max(1, deliveries // 2))


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system; raises ``OSError``."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedOutside:
    """Calls what is public or allowed, and nothing else."""

    def __init__(
        self, allowed: Sequence[str] = (), bounds: Bounds | None = None, resolve: Resolve = resolve
    ) -> None:
        self._allowed = Allowed.of(allowed)
        self._bounds = bounds or Bounds()
        self._resolve = resolve
        self._under_way: Counter[str] = Counter()
        self._tls: ssl.SSLContext | None = None  # made once: it reads a long list of authorities

    async def admit(self, url: str) -> None:
        """Check a web address as it is now."""
        target = target_of(url)
        with contextlib.suppress(NoAnswer):
            await self._addresses(target)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST to the first address that takes the connection."""
        target = target_of(url)
        with self._seat(target.host):
            try:
                async with asyncio.timeout(self._bounds.total_s):
                    return await self._post(target, body, headers)
            except TimeoutError:
                raise NoAnswer(reason=TIMEOUT) from None

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
        addresses = await self._addresses(target)
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return await self._call(target, address, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
            except httpx.TimeoutException:
                raise NoAnswer(reason=TIMEOUT) from None
            except httpx.HTTPError:
                raise NoAnswer(reason=BROKEN) from None
        raise NoAnswer(reason=UNREACHABLE)

    async def _addresses(self, target: Target) -> Sequence[str]:
        """Where a host is, all of it admitted; names are asked for within the connect time."""
        literal = target.literal
        try:
            async with asyncio.timeout(self._bounds.connect_s):
                found = (
                    [str(literal)] if literal else await self._resolve(target.host, target.port)
                )
        except (OSError, UnicodeError):
            raise NoAnswer(reason=UNKNOWN_HOST) from None
        if not found:
            raise NoAnswer(reason=UNKNOWN_HOST)
        if not self._allowed.admits(target, found):
            raise AddressRefused(host=target.host)
        return found

    async def _call(
        self, target: Target, address: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        own = {"Host": target.url.netloc.decode(), "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(self._bounds.read_s, connect=self._bounds.connect_s)
        async with (
            httpx.AsyncClient(
                timeout=timeout, verify=self._trusted(), follow_redirects=False, trust_env=False
            ) as client,
            client.stream(
                "POST",
                target.url.copy_with(host=address),
                content=body,
                headers={**headers, **own},
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            return Answer(response.status_code, dict(response.headers), await self._body(response))

    def _trusted(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
        return self._tls

    async def _body(self, response: httpx.Response) -> bytes:
        """As far as the limits; the status has said already what matters."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._bounds.read_s):
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > MOST_ANSWER_BYTES:
                        return b""
        except (TimeoutError, httpx.HTTPError):
            return b""
        return bytes(body)

    @contextlib.contextmanager
    def _seat(self, host: str) -> Iterator[None]:
        """One of the few calls that may be under way, so that a slow host holds up no other."""
        bounds = self._bounds
        if (
            self._under_way[host] >= bounds.at_once_to_one
            or self._under_way.total() >= bounds.at_once
        ):
            raise NoAnswer(reason=CROWDED)
        self._under_way[host] += 1
        try:
            yield
        finally:
            self._under_way[host] -= 1
            if not self._under_way[host]:
                del self._under_way[host]
