"""Delivery of cards to channels in Microsoft Teams: one POST to the address of the channel's workflow.

The address is a secret: no result, log or error has any part of it, nor what the server wrote, which may repeat it. Source:
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.mail.delivery import DeliveryResult, Result

if TYPE_CHECKING:
    from aiohttp import ClientResponse

_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_LONGEST_WAIT = timedelta(days=1)
_READ_BYTES = 2000
# Teams answers 200 and tells the failure in the text, when a connector's message is not taken further.
_FAILED_INSIDE = b"delivery failed"


class Teams:
    """Transport to the workflows of channels."""

    def __init__(self, *, timeout: float, proxy: str = "") -> None:
        """Prepare to post.

        Args:
            timeout: Seconds for one whole exchange, so that a server that hangs or drips holds nothing up.
            proxy: Address of the proxy; "" for none.
        """
        self._timeout = timeout
        self._proxy = proxy or None

    def deliver(self, address: str, message: str) -> DeliveryResult:
        """Post one message; SENT only after an answer of 2xx to the whole of it."""
        return asyncio.run(self._post(address, message))

    async def _post(self, address: str, message: str) -> DeliveryResult:
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=self._timeout)
        headers = {"content-type": "application/json; charset=utf-8"}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(address, data=message.encode(), headers=headers, proxy=self._proxy, allow_redirects=False) as answer,
            ):
                return _judge(answer, await answer.content.read(_READ_BYTES))
        except TimeoutError:
            return DeliveryResult(Result.LOST, "Teams svarade inte i tid")
        except aiohttp.InvalidURL:
            return DeliveryResult(Result.REFUSED_ADDRESS, "kanalens adress är ingen webbadress")
        except aiohttp.ClientSSLError:
            return DeliveryResult(Result.LOST, "den krypterade förbindelsen till Teams gick inte")
        except aiohttp.ClientConnectorError:
            return DeliveryResult(Result.LOST, "Teams går inte att nå")
        except (aiohttp.ClientError, OSError):
            return DeliveryResult(Result.LOST, "förbindelsen till Teams bröts")


def _judge(answer: ClientResponse, text: bytes) -> DeliveryResult:
    status = answer.status
    reply = f"{status} {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else str(status)
    if 200 <= status < 300:
        return DeliveryResult(Result.LATER, reply) if _FAILED_INSIDE in text else DeliveryResult(Result.SENT)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        return DeliveryResult(Result.LATER, reply, read_wait(answer.headers.get("Retry-After", ""), datetime.now(UTC)))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return DeliveryResult(Result.REFUSED, reply)
    return DeliveryResult(Result.REFUSED_ADDRESS, reply)


def read_wait(value: str, now: datetime) -> timedelta:
    """Return the time that a Retry-After asks for, seconds or a date (RFC 9110, section 10.2.3): a day at most, else none."""
    try:
        wait = timedelta(seconds=int(value)) if value.strip().isdigit() else parsedate_to_datetime(value) - now
    except (ValueError, TypeError, OverflowError):
        return timedelta(0)
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
