"""Which addresses may be called: public ones, and those that an administrator has named.

Public is what the IANA special-purpose registries call globally reachable, less what carries
another address inside (mapped, 6to4, Teredo): through those a private host could be meant.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import httpx

from xiaoer.ports.outside import AddressRefused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16")
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")
MOST_URL = 2000


@dataclass(frozen=True, slots=True)
class Target:
    """A web address taken apart once; ``host`` is ASCII, lower case, without brackets."""

    url: httpx.URL
    host: str
    port: int

    @property
    def literal(self) -> Address | None:
        """The address, if the host is one and not a name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an administrator has named beyond the public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, named: Sequence[str]) -> Allowed:
        """From host names, addresses and networks as ``settings`` has checked them."""
        hosts: set[str] = set()
        networks: list[Network] = []
        for one in named:
            try:
                networks.append(ipaddress.ip_network(one))
            except ValueError:
                hosts.add(one.lower())
        return cls(frozenset(hosts), tuple(networks))

    def admits(self, target: Target, addresses: Sequence[str]) -> bool:
        """Whether a host may be called at all of these; one that may not spoils the rest."""
        return target.host in self.hosts or all(self._admits(_plain(a)) for a in addresses)

    def _admits(self, address: Address) -> bool:
        named = any(address.version == n.version and address in n for n in self.networks)
        return named or is_public(address)


def target_of(url: str) -> Target:
    """Take an address apart; raises :class:`AddressRefused` for one that is not plain http(s)."""
    try:
        if len(url) > MOST_URL or any(c.isspace() or not c.isprintable() for c in url):
            raise httpx.InvalidURL("unprintable")
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").lower().removesuffix(".")
    except (httpx.InvalidURL, ValueError, TypeError):
        raise AddressRefused(host=url[:100]) from None
    default = {"http": 80, "https": 443}.get(parsed.scheme)
    names_somebody = "@" in re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if default is None or names_somebody or parsed.userinfo or not _is_host(host):
        raise AddressRefused(host=(host or url)[:100])
    port = parsed.port if parsed.port is not None else default
    if not 0 < port < 65_536:
        raise AddressRefused(host=host[:100])
    return Target(parsed, host, port)


def is_public(address: Address) -> bool:
    """Whether an address is reachable from anywhere, and means no other address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in _GLOBAL_V6:
            return False
    if any(address.version == n.version and address in n for n in _NEVER_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _plain(address: str) -> Address:
    """The address without its zone; an IPv4 one that came as IPv6 as what it is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def _is_host(host: str) -> bool:
    """A name, or an address in its one usual spelling: resolvers read ``0177.1`` their own way."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])
    return "%" not in host
