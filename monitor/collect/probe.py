"""Spider that asks one site for some addresses and keeps the answers, without reading them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.archive.runs import Document
from monitor.collect.site import Lead
from monitor.collect.spider import SourceSpider

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure


class ProbeSpider(SourceSpider):
    """Spider of leads: addresses that may have a feed, a list or a calendar. An address that does not answer is passed over."""

    name = "probe"

    def __init__(self, *, leads: Sequence[Lead], **options: Any) -> None:
        super().__init__(**options)
        self.leads = leads
        self._answered: dict[str, str] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for each lead (called by Scrapy)."""
        for number, lead in enumerate(self.leads):
            yield self.request(lead.url, self.parse, cb_kwargs={"asked": lead.url}, priority=-number)

    def parse(self, response: Response, asked: str = "", **options: Any) -> None:
        """Note which address answered."""
        if not self.reject_bot_challenge(response):
            self._answered[asked] = response.url

    def failed(self, failure: Failure) -> None:
        """Pass over an address that does not answer."""

    def answers(self) -> list[tuple[Lead, Document]]:
        """Return the leads that answered, each with its answer, in the order of the leads."""
        documents = {document.url: document for document in self.reading.documents}
        found = [(lead, documents.get(self._answered.get(lead.url, ""))) for lead in self.leads]
        return [(lead, document) for lead, document in found if document is not None and document.body]
