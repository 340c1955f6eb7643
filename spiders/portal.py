"""The EU Funding & Tenders Portal's search API: topics, external-action calls and cascade calls, page by page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.completeness import (
    Page,
    describe_drop,
    is_confirmed_by,
    is_implausible_drop,
    listing_problems,
    missing_text_problem,
)
from monitor.collect.portal.rows import (
    BRUSSELS,
    CASCADE,
    EXTERNAL,
    TOPIC,
    is_current,
    parse_row,
    richness,
    row_metadata,
    row_reference,
)
from monitor.collect.reading import Problem, ProblemKind
from monitor.collect.spider import SourceSpider

PAGE_SIZE = 100
MOST_PAGES = 300
"""Thirty times the listing of 2026. The API itself answers for the first 10,000 rows alone."""
BOUNDARY = "eu-monitor-form"
QUERY = {"bool": {"must": [{"terms": {"type": [TOPIC, EXTERNAL, CASCADE]}}, {"terms": {"status": ["31094501", "31094502"]}}]}}
PARTS = {"query": QUERY, "languages": ["en"], "sort": {"field": "identifier", "order": "ASC"}}


class PortalSpider(SourceSpider):
    """Asks for every page, keeps the living rows, and believes the run only when the pages make one whole listing."""

    name = "portal"
    complete_list = True
    knows_rows = True
    largest = 64 * 1024 * 1024

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pages: dict[int, Page] = {}
        self.references: set[str] = set()
        self.bare: set[str] = set()
        self.richness: dict[str, tuple[bool, str]] = {}
        self.topics: dict[str, bool] = {}

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask_page_number(1)

    def ask_page_number(self, number: int) -> Request:
        """A page of the listing. The form's parts must be typed application/json: plain fields are ignored or answered 500."""
        query = urlencode({"apiKey": "SEDIA", "text": "***", "pageSize": PAGE_SIZE, "pageNumber": number}, safe="*")
        body = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="blob"\r\n'
            f"Content-Type: application/json\r\n\r\n{json.dumps(value)}\r\n"
            for name, value in PARTS.items()
        )
        return self.ask(
            f"{self.source.url}?{query}",
            self.parse,
            method="POST",
            body=f"{body}--{BOUNDARY}--\r\n",
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
            cb_kwargs={"number": number},
        )

    def parse(self, response: Response, number: int = 1, **options: Any) -> Iterator[Request | Call]:
        if self.reject_bot_challenge(response):
            return
        try:
            page = json.loads(response.body)
        except (ValueError, RecursionError):
            yield from self.retry(response, number, "är inte hel JSON")
            return
        try:
            rows, total, version = list(page["results"]), int(page["totalResults"]), str(page["apiVersion"])
        except (ValueError, KeyError, TypeError, ArithmeticError):
            yield from self.retry(response, number, "har inte den form som programmet känner")
            return
        if not rows and (number - 1) * PAGE_SIZE < total:
            yield from self.retry(response, number, "var tom")
            return
        self.pages[number] = Page(number, version, total, len(rows))
        self.reading.seen += len(rows)
        for row in rows:
            yield from self.read_row(row)
        last = min(-(-self.pages[min(self.pages)].total // PAGE_SIZE), MOST_PAGES)
        if total > MOST_PAGES * PAGE_SIZE:
            words = f"Portalen uppgav {total} rader. Högst {MOST_PAGES * PAGE_SIZE} läses."
            self.reading.add_problem(ProblemKind.INCOMPLETE, words)
        if number == 1:
            yield from (self.ask_page_number(further) for further in range(2, last + 1))
        if number == max(last, *self.pages) < MOST_PAGES and len(rows) == PAGE_SIZE and total > number * PAGE_SIZE:
            yield self.ask_page_number(number + 1)  # the listing grew while it was read

    def read_row(self, row: Any) -> Iterator[Call]:
        """The Call of a living row, when it is richer than what its reference had before. A bad row is counted and stops nothing."""
        reference = self.reading.read_row(repr(row)[:60], row_reference, row)
        if reference is None:
            return
        self.references.add(reference)
        call = self.reading.read_row(reference or repr(row)[:60], self.parse_current, row, reference)
        if call is not None:
            yield call

    def parse_current(self, row: Any, reference: str) -> Call | None:
        """The Call of a row; None for one that is bare, past, or poorer than what its reference had before. Raises what a row may."""
        if not row_metadata(row).get("identifier"):
            self.bare.add(reference)
            return None
        day = self.now.astimezone(BRUSSELS).date()
        if not is_current(row, day) or richness(row) <= self.richness.get(reference, (False, "")):
            return None
        row_hash = self.known.hash(row)
        call = self.known.call(reference, row_hash) or parse_row(row, self.source.id)
        self.reading.hashes[reference] = row_hash
        self.richness[reference] = richness(row)
        if row_metadata(row).get("type") == [TOPIC]:
            self.topics[reference] = bool(call.sections)
        return call

    def retry(self, response: Response, number: int, what: str) -> Iterator[Request]:
        """Ask for a page once more; when that has been tried enough, the run is incomplete."""
        assert response.request is not None
        again = get_retry_request(response.request, spider=self, reason=what)
        if again:
            yield again
        else:
            self.reading.add_problem(ProblemKind.INCOMPLETE, f"Sida {number} {what}.")

    def judge(self) -> list[Problem]:
        reasons = listing_problems(list(self.pages.values()), self.references, PAGE_SIZE)
        reasons.append(missing_text_problem(sum(self.topics.values()), len(self.topics)))
        bare = self.bare - self.reading.calls.keys()
        if bare:
            reasons.append(f"{len(bare)} rader saknade alla uppgifter.")
        found = [*super().judge(), *(Problem(ProblemKind.INCOMPLETE, reason) for reason in reasons if reason)]
        if not found and not self.reading.problems and self.unconfirmed_fall():
            found.append(Problem(ProblemKind.FALL, describe_drop(len(self.reading.calls), self.previous or 0, self.source.id)))
        return found

    def unconfirmed_fall(self) -> bool:
        """Tell whether this scan, whole as it is, shows far fewer calls than the last accepted one and no scan before it showed the same."""
        return is_implausible_drop(len(self.reading.calls), self.previous) and not is_confirmed_by(
            self.reading.calls.keys(), self.refused
        )
