"""Stored documents in place of the network: the same spider reads what the publisher sent then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from monitor.archive.runs import Document

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class NotStoredError(IgnoreRequest):
    """The stored run did not ask this."""


class ReplayMiddleware:
    """Answers every request from the documents in the setting MONITOR_REPLAY; nothing reaches the network."""

    def __init__(self, crawler: Crawler, documents: list[Document]) -> None:
        self._crawler = crawler
        self._documents = {document.request: document for document in documents}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, crawler.settings["MONITOR_REPLAY"])

    def process_request(self, request: Request) -> Response:
        fingerprinter = self._crawler.request_fingerprinter
        assert fingerprinter is not None
        document = self._documents.get(fingerprinter.fingerprint(request).hex())
        if document is None:
            raise NotStoredError(f"{request.url} is not among the stored documents")
        headers = Headers(json.loads(document.headers))
        kind = responsetypes.from_args(headers=headers, url=document.url, body=document.body)
        return kind(document.url, status=document.status, headers=headers, body=document.body, request=request)
