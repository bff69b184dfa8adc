"""The one port of a server, bound before anything slow begins."""

from __future__ import annotations

import errno
import socket
import time

from xiaoer.engines.postgres.server.errors import PortInUse

from .errors import AddressUnavailable

BACKLOG = 2048
PATIENCE_S = 2.0


def listening(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Workers of a supervisor that was killed a moment ago still hold the port until they notice;
    so a busy port is tried again for two seconds.

    :raises PortInUse: somebody else listens there.
    :raises AddressUnavailable: the host is not ours.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise AddressUnavailable(host=host, reason=error.strerror) from error
            if error.errno == errno.EACCES or time.monotonic() > deadline:
                raise PortInUse(port=port) from error
        time.sleep(0.05)


def address_of(bound: socket.socket) -> str:
    """The address a browser on this machine opens."""
    host, port = bound.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound
