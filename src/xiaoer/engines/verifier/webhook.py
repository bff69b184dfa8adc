"""Hands codes to the shop's own SMS or mail gateway, signed.

``POST url`` with ``{"address", "code", "locale"}`` and the headers ``X-Xiaoer-Timestamp`` and
``X-Xiaoer-Signature: v1=hex(hmac_sha256(secret, timestamp + "." + body))``, the same as every
other call that leaves this house. A gateway should refuse a timestamp more than 300 s off.
"""

from __future__ import annotations

import hashlib
import hmac
import logging

import httpx
import orjson

from xiaoer.ports.clock import Clock
from xiaoer.ports.verifier import CodeNotSent

# The gateway knows the way but not this address. The visitor must not learn that.
_NO_SUCH_ADDRESS = {404, 410, 422}

_log = logging.getLogger(__name__)


class WebhookVerifier:
    """Sends through one gateway address."""

    def __init__(self, url: str, secret: str, clock: Clock, timeout_s: float = 5.0) -> None:
        self._url = url
        self._secret = secret.encode()
        self._clock = clock
        self._timeout_s = timeout_s

    async def send(self, address: str, code: str, locale: str) -> None:
        """Hand the code over; done when the gateway has accepted it."""
        body = orjson.dumps({"address": address, "code": code, "locale": locale})
        try:
            async with httpx.AsyncClient(
                timeout=self._timeout_s, follow_redirects=False
            ) as client:
                response = await client.post(
                    self._url, content=body, headers=self._signed(body)
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _log.warning("the code gateway cannot be reached: %s", type(error).__name__)
            raise CodeNotSent() from error
        if response.status_code in _NO_SUCH_ADDRESS:
            _log.info("the code gateway does not know an address")
        elif not response.is_success:
            _log.warning("the code gateway refused with status %d", response.status_code)
            raise CodeNotSent()

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        signature = hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "X-Xiaoer-Timestamp": timestamp,
            "X-Xiaoer-Signature": f"v1={signature.hexdigest()}",
        }
