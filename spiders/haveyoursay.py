"""Spider of the Commission's consultations ("Have your say"): the open initiatives, and each one's own description.

Form: the API behind https://ec.europa.eu/info/law/better-regulation/have-your-say (searchInitiatives, groupInitiatives). Names
and addresses of officials in its answers are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Call, Deadline, DeadlineModel, Precision, Section
from monitor.collect.article import first_sentences
from monitor.collect.json_rows import field_moment, field_text, read_json, rows_at, value_at
from monitor.collect.reading import ParsedResponse
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text
from monitor.sources import Source
from monitor.vocabulary import Kind

_MAX_PAGES = 5
_PUBLISHER = "kommissionens samråd"
_PAGE = "https://ec.europa.eu/info/law/better-regulation/have-your-say/initiatives/{}_sv"
_LIST = "initiativeResultDtoPage"


class HaveyoursaySpider(SourceSpider):
    """Spider of the initiatives that take answers now; one that is closed is no longer listed."""

    name = "haveyoursay"
    names_persons = True
    # The cache would keep the answers as they came, with the names.
    custom_settings = {"HTTPCACHE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form
    max_articles = 100

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the first page of the listing; the API counts from 0."""
        yield self.request_page(0)

    def request_page(self, number: int) -> Request:
        """Return the request for a page of the listing."""
        return self.request(f"{self.source.url}&page={number}", self.parse, cb_kwargs={"number": number})

    async def parse(self, response: Response, number: int = 0, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the descriptions of the open initiatives on a page, and for the page that follows."""
        parsed = await self.read_response(response, read_initiatives)
        for stated in parsed.addresses[: self.max_articles]:
            address = re.sub(r"searchInitiatives.*", f"groupInitiatives/{json.loads(stated)['id']}", self.source.url)
            yield self.request_listed(f"{address}?language=EN", self.parse_initiative, cb_kwargs={"stated": stated})
        if parsed.following and number + 1 < _MAX_PAGES:
            yield self.request_page(number + 1)

    async def parse_initiative(self, response: Response, stated: str = "{}") -> AsyncIterator[Call]:
        """Yield the Call of one initiative, whose dates and titles the listing states as JSON."""
        for call in (await self.read_response(response, partial(read_initiative, stated=json.loads(stated)))).calls:
            yield call


def read_initiatives(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put what the listing states of each open initiative into `parsed.addresses`, as JSON. Pure.

    The server's filter is not trusted: a row is open when its current status says so.
    """
    data = read_json(parsed, response, _PUBLISHER)
    rows = rows_at(parsed, data, _PUBLISHER, _LIST, "content")
    opened = []
    for row in rows:
        key = field_text(row, "id").removesuffix(".0")
        status = parsed.read_row(key or repr(row)[:60], _open_status, row)
        if not key.isdigit() or not field_text(row, "shortTitle"):
            parsed.seen += 1
            parsed.skip(key or repr(row)[:60], "saknar nummer eller titel")
        elif status is None:
            if key not in parsed.skipped:
                parsed.seen += 1
                parsed.leave_out(key, "tar inte emot svar nu")
        else:
            opened.append(json.dumps({"id": key, **status, **_titles(row)}))
    parsed.addresses = tuple(opened)
    parsed.said_empty = not rows and not parsed.problems
    parsed.following = "" if value_at(data, _LIST, "last") in (True, None) else "next"


def _open_status(row: dict[str, Any]) -> dict[str, str] | None:
    """Return the days of the current status that takes answers; None where there is none."""
    for status in row.get("currentStatuses") or []:
        if status.get("isCurrent") and status.get("receivingFeedbackStatus") == "OPEN":
            return {"opens": field_text(status, "feedbackStartDate"), "closes": field_text(status, "feedbackEndDate")}
    return None


def _titles(row: dict[str, Any]) -> dict[str, Any]:
    """Return the title in Swedish where it is translated, the English one, and the names of the topics."""
    translated = (
        field_text(item, "value")
        for item in row.get("initiativeTranslations") or []
        if field_text(item, "language") == "SV" and field_text(item, "field") == "SHORT_TITLE"
    )
    topics = [field_text(topic, "label") for topic in row.get("topics") or []]
    return {"title": next(translated, ""), "original": field_text(row, "shortTitle"), "topics": [name for name in topics if name]}


def read_initiative(parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, stated: dict[str, Any]) -> None:
    """Put the Call of an initiative into `parsed`: title and days from the listing, text from its own description. Pure."""
    parsed.seen += 1
    data = read_json(parsed, response, _PUBLISHER)
    if data is not None:
        call = parsed.read_row(str(stated["id"]), _call, source, stated, html_to_text(field_text(data, "dossierSummary")))
        if call is not None:
            parsed.calls.append(call)


def _call(source: Source, stated: dict[str, Any], text: str) -> Call:
    zone = ZoneInfo(source.time_zone)
    opens, closes = field_moment(stated, zone, "opens"), field_moment(stated, zone, "closes")
    original = stated["original"]
    body = "\n\n".join(part for part in (original if stated["title"] else "", text) if part)
    return Call(
        source=source.id,
        call_id=stated["id"],
        title=stated["title"] or original,
        url=_PAGE.format(stated["id"]),
        kind=Kind.POLICY,
        summary=first_sentences(text or original),
        sections=(Section(title="", text=body),) if text else (),
        language=source.language,
        published=opens,
        opens=opens.date() if opens else None,
        deadlines=(_last_day(closes, source.time_zone, stated["closes"]),) if closes else (),
        deadline_model=DeadlineModel.SINGLE if closes else DeadlineModel.UNKNOWN,
        keywords=tuple(stated["topics"]),
        unread=() if closes else ("deadlines",),
    )


def _last_day(closes: datetime, zone: str, text: str) -> Deadline:
    """Return the closing of a consultation: the last second of a day means that day, and any other moment itself."""
    precision = Precision.DAY if closes.time() == time(23, 59, 59) else Precision.MINUTE
    return Deadline(at=closes, precision=precision, zone=zone, text=text)
