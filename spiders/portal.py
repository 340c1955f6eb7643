"""Spider of the EU Funding & Tenders Portal's search API: has_sections, external-action calls and cascade calls, page by page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.completeness import (
    ListingPage,
    describe_drop,
    is_confirmed_by,
    is_implausible_drop,
    listing_problems,
    missing_text_problem,
)
from monitor.collect.portal.form import FORM_TYPE, PAGE_SIZE, form_body, page_query
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

MAX_PAGES = 300
"""Pages that are read: thirty times the listing of 2026. The API itself has only the first 10,000 rows."""
QUERY = {"bool": {"must": [{"terms": {"type": [TOPIC, EXTERNAL, CASCADE]}}, {"terms": {"status": ["31094501", "31094502"]}}]}}
PARTS = {"query": QUERY, "languages": ["en"], "sort": {"field": "identifier", "order": "ASC"}}


class PortalSpider(SourceSpider):
    """Spider that reads every page, keeps the current rows, and accepts the run only when the pages are one whole listing."""

    name = "portal"
    complete_list = True
    knows_rows = True
    largest = 64 * 1024 * 1024

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pages: dict[int, ListingPage] = {}
        self.references: set[str] = set()
        self.empty_references: set[str] = set()
        self.richness: dict[str, tuple[bool, str]] = {}
        self.has_sections: dict[str, bool] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the first page."""
        yield self.request_page(1)

    def request_page(self, number: int) -> Request:
        """Return the request for a page of the listing."""
        return self.request(
            f"{self.source.url}?{page_query('SEDIA', number)}",
            self.parse,
            method="POST",
            body=form_body(PARTS),
            headers={"Content-Type": FORM_TYPE},
            cb_kwargs={"number": number},
        )

    def parse(self, response: Response, number: int = 1, **options: Any) -> Iterator[Request | Call]:
        """Yield the calls of a page of the listing, and requests for the pages that follow."""
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
        self.pages[number] = ListingPage(number, version, total, len(rows))
        self.reading.seen += len(rows)
        for row in rows:
            yield from self.read_row(row)
        last = min(-(-self.pages[min(self.pages)].total // PAGE_SIZE), MAX_PAGES)
        if total > MAX_PAGES * PAGE_SIZE:
            text = f"Portalen uppgav {total} rader. Högst {MAX_PAGES * PAGE_SIZE} läses."
            self.reading.add_problem(ProblemKind.INCOMPLETE, text)
        if number == 1:
            yield from (self.request_page(further) for further in range(2, last + 1))
        if number == max(last, *self.pages) < MAX_PAGES and len(rows) == PAGE_SIZE and total > number * PAGE_SIZE:
            yield self.request_page(number + 1)  # the listing grew while it was read

    def read_row(self, row: Any) -> Iterator[Call]:
        """Yield the Call of a current row, unless an earlier row of its reference is as good; note a row that cannot be read."""
        reference = self.reading.read_row(repr(row)[:60], row_reference, row)
        if reference is None:
            return
        self.references.add(reference)
        call = self.reading.read_row(reference or repr(row)[:60], self.parse_current, row, reference)
        if call is not None:
            yield call

    def parse_current(self, row: Any, reference: str) -> Call | None:
        """Return the Call of a row; None for one without data, a past one, or one no better than an earlier row."""
        if not row_metadata(row).get("identifier"):
            self.empty_references.add(reference)
            return None
        day = self.now.astimezone(BRUSSELS).date()
        if not is_current(row, day) or richness(row) <= self.richness.get(reference, (False, "")):
            return None
        row_hash = self.known.hash(row)
        call = self.known.call(reference, row_hash) or parse_row(row, self.source.id)
        self.reading.hashes[reference] = row_hash
        self.richness[reference] = richness(row)
        if row_metadata(row).get("type") == [TOPIC]:
            self.has_sections[reference] = bool(call.sections)
        return call

    def retry(self, response: Response, number: int, problem: str) -> Iterator[Request]:
        """Yield the request for a page again, or note that the run is incomplete after Scrapy's number of retries."""
        assert response.request is not None
        again = get_retry_request(response.request, spider=self, reason=problem)
        if again:
            yield again
        else:
            self.reading.add_problem(ProblemKind.INCOMPLETE, f"Sida {number} {problem}.")

    def judge(self) -> list[Problem]:
        """Return the problems that keep the run from being accepted, those of an incomplete listing included."""
        reasons = listing_problems(list(self.pages.values()), self.references, PAGE_SIZE)
        reasons.append(missing_text_problem(sum(self.has_sections.values()), len(self.has_sections)))
        empty_references = self.empty_references - self.reading.calls.keys()
        if empty_references:
            reasons.append(f"{len(empty_references)} rader saknade alla uppgifter.")
        problems = [*super().judge(), *(Problem(ProblemKind.INCOMPLETE, reason) for reason in reasons if reason)]
        if not problems and not self.reading.problems and self.unconfirmed_fall():
            problems.append(Problem(ProblemKind.FALL, describe_drop(len(self.reading.calls), self.previous or 0, self.source.id)))
        return problems

    def unconfirmed_fall(self) -> bool:
        """Return whether a whole scan shows far fewer calls than the last accepted one, and no scan before it showed the same."""
        return is_implausible_drop(len(self.reading.calls), self.previous) and not is_confirmed_by(
            self.reading.calls.keys(), self.refused
        )
