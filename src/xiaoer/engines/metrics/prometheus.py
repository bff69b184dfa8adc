"""The numbers of one process as Prometheus text."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

REQUESTS = Counter("xiaoer_requests", "HTTP requests", ["method", "status"])
REQUEST_SECONDS = Histogram("xiaoer_request_seconds", "Seconds until a response began")
LINES = Gauge("xiaoer_live_lines", "Open live sockets", ["kind"])


def observe_request(method: str, status: int, seconds: float) -> None:
    """Count a request and how long its response took to begin."""
    REQUESTS.labels(method, f"{status // 100}xx").inc()
    REQUEST_SECONDS.observe(seconds)


def count_line(kind: str, change: int) -> None:
    """A live socket of the ``desk`` or the ``widget`` opened (1) or closed (-1)."""
    LINES.labels(kind).inc(change)


def exposition() -> tuple[bytes, str]:
    """The text and its media type."""
    return generate_latest(), CONTENT_TYPE_LATEST
