"""Replay of stored documents in place of the network, so that a mended spider can read a past run again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from monitor.archive.runs import Document
from monitor.collect.browser import SLOT
from monitor.collect.middlewares import was_run

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class NotStoredError(IgnoreRequest):
    """Request that the stored run did not make."""


class ReplayMiddleware:
    """Middleware that answers requests from the documents in the setting MONITOR_REPLAY, never from the network.

    With the setting MONITOR_REPLAY_FIRST, requests that no document answers do go to the network.
    """

    def __init__(self, crawler: Crawler, documents: list[Document]) -> None:
        self._crawler = crawler
        self._documents = {document.request: document for document in documents}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler (called by Scrapy)."""
        return cls(crawler, crawler.settings["MONITOR_REPLAY"])

    def process_request(self, request: Request) -> Response | None:
        """Return the stored response to a request; None for one that the network answers.

        Raises:
            NotStoredError: The stored run did not make the request.
        """
        fingerprinter = self._crawler.request_fingerprinter
        assert fingerprinter is not None
        document = self._documents.get(fingerprinter.fingerprint(request).hex())
        if document is None and self._crawler.settings.getbool("MONITOR_REPLAY_FIRST"):
            return None
        if document is None:
            raise NotStoredError(f"{request.url} is not among the stored documents")
        headers = Headers(json.loads(document.headers))
        response_class = responsetypes.from_args(headers=headers, url=document.url, body=document.body)
        flags = [SLOT] if was_run(document) else []
        return response_class(
            document.url, status=document.status, headers=headers, body=document.body, request=request, flags=flags
        )
