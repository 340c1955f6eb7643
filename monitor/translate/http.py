"""Requests of the engines: JSON out, JSON back, within a limit of time and size."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from monitor.translate.engine import TranslationError

MOST_BYTES = 1_000_000
"""Bytes of the longest answer that is read."""


def post_json(url: str, payload: Mapping[str, Any], seconds: float, *, user: tuple[str, str] | None = None) -> tuple[int, Any]:
    """Return the status and the JSON of the answer to a posted JSON document.

    Args:
        url: Address of the engine.
        payload: Document to post.
        seconds: Most seconds until the whole answer is there: an engine that sends a byte now and then is given up too.
        user: Name and password for HTTP Basic (RFC 7617); None for none.

    Raises:
        TranslationError: There is no answer in time, or it is no JSON.
    """
    # Loaded by the first request: the mails, which read translations alone, send none.
    import httpx

    ends = time.monotonic() + seconds
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=httpx.Timeout(seconds), auth=user, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, json=dict(payload)) as answer,
        ):
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise TranslationError(url, f"svaret är större än {MOST_BYTES} byte")
                if time.monotonic() > ends:
                    raise TranslationError(url, f"svaret var inte färdigt efter {seconds:g} sekunder")
            status = answer.status_code
    except httpx.TimeoutException as error:
        raise TranslationError(url, f"inget svar inom {seconds:g} sekunder") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TranslationError(url, f"går inte att nå: {error}") from error
    try:
        return status, json.loads(body)
    except ValueError as error:
        raise TranslationError(url, f"svaret är inte JSON (HTTP {status})") from error
