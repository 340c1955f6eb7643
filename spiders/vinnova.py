"""Vinnova's open data: calls that changed lately, and each of their rounds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Budget, Call, Deadline, DeadlineModel, Precision, Section, is_web_address
from monitor.collect.article import first_sentences
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text, title_text
from monitor.language.budget import find_budget
from monitor.language.deadlines import instant
from monitor.sources import Source

LOOK_BACK = timedelta(days=180)
CLOSED_LONG_AGO = timedelta(days=14)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


class VinnovaSpider(SourceSpider):
    """Asks for the calls of half a year, then for their rounds; a round is what one applies for. What has not changed is not listed."""

    name = "vinnova"

    async def start(self) -> AsyncIterator[Request]:
        since = (self.now.astimezone(STOCKHOLM).date() - LOOK_BACK).isoformat()
        yield self.ask(f"{self.source.url}/utlysningar/{since}", self.parse)

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        parsed = await self.read_response(response, read_calls)
        for told in parsed.addresses:
            number, title, text, published = json.loads(told)
            yield self.ask_page(
                f"{self.source.url}/ansokningsomgangar/{quote(number, safe='')}",
                self.parse_round,
                cb_kwargs={"title": title, "text": text, "published": published},
            )

    async def parse_round(
        self, response: Response, title: str = "", text: str = "", published: str = ""
    ) -> AsyncIterator[Request | Call]:
        """The Call of one round, with the title and text of the call it belongs to."""
        read = partial(read_rounds, title=title, text=text, published=published)
        for call in (await self.read_response(response, read)).calls:
            yield call


def read_calls(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """The rounds of each call, as JSON lists of number, title, text and day of publication. Pure."""
    for row in rows(parsed, response):
        number = said(row, "Diarienummer") or said(row, "Titel")
        rounds = parsed.read_row(number, _rounds, row)
        if not said(row, "Diarienummer"):
            parsed.seen += 1
            parsed.skip(said(row, "Titel") or "utlysning utan titel", "saknar diarienummer")
        elif not rounds:
            parsed.seen += 1
            parsed.leave_out(number, "har ingen ansökningsomgång")
        else:
            shared = [said(row, name) for name in ("Titel", "Beskrivning", "Publiceringsdatum")]
            parsed.addresses += tuple(json.dumps([one, *shared]) for one in rounds)


def _rounds(row: dict[str, Any]) -> list[str]:
    numbers = (said(item, "DiarienummerAnsokningsomgang") for item in row.get("AnsokningsomgangDnrLista") or [])
    return [number for number in numbers if number]


def read_rounds(
    parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, title: str, text: str, published: str
) -> None:
    """The Call of each round in an parsed. Pure."""
    for row in rows(parsed, response):
        parsed.seen += 1
        number = said(row, "Diarienummer")
        if not number or not (said(row, "Titel") or title):
            parsed.skip(number or response.url, "saknar diarienummer eller titel")
            continue
        call = parsed.read_row(number, _round, parsed, source, now, row, title, text, published)
        if call is not None:
            parsed.calls.append(call)


def _round(
    parsed: ParsedResponse, source: Source, now: datetime, row: dict[str, Any], title: str, text: str, published: str
) -> Call | None:
    number = said(row, "Diarienummer")
    closes, opens = moment(said(row, "Stangningsdatum")), moment(said(row, "Oppningsdatum"))
    if row.get("Publik") in (False, 0, "0", "false", "False"):
        parsed.leave_out(number, "är inte publik")
    elif closes is not None and closes.at < now - CLOSED_LONG_AGO:
        parsed.leave_out(number, "stängde för länge sedan")
    else:
        return read_round(source, row, number, title, text, moment(published), opens, closes)
    return None


def read_round(
    source: Source,
    row: dict[str, Any],
    number: str,
    title: str,
    text: str,
    published: Deadline | None,
    opens: Deadline | None,
    closes: Deadline | None,
) -> Call:
    own, called = title_text(said(row, "Titel")), title_text(title)
    body = html_to_text("\n".join(part for part in (text, said(row, "Beskrivning")) if part))
    page = said(row, "Webbsida")
    budget = find_budget(body, "sv")
    missing = {"deadlines": closes is None, "budget": budget == Budget(), "description": not body}
    return Call(
        source=source.id,
        call_id=number,
        identifier=number,
        title=called if not own or own in called else own if called in own else f"{called}: {own}",
        parent_title=called,
        url=page
        if is_web_address(page)
        else str(source.options.get("page") or "https://www.vinnova.se/sok-finansiering/hitta-finansiering/"),
        language="sv",
        summary=first_sentences(body),
        sections=(Section(title="", text=body),) if body else (),
        published=published.at if published else None,
        opens=opens.at.astimezone(STOCKHOLM).date() if opens else None,
        deadlines=(closes,) if closes else (),
        deadline_model=DeadlineModel.SINGLE if closes else DeadlineModel.UNKNOWN,
        budget=budget,
        programme=source.programme,
        unread=tuple(name for name, lacking in missing.items() if lacking),
    )


def rows(parsed: ParsedResponse, response: Response) -> list[dict[str, Any]]:
    """The objects that an answer lists; a problem is noted when it lists none in the form that is known."""
    try:
        data = json.loads(response.body)
    except (ValueError, RecursionError):
        parsed.add_problem(ProblemKind.UNREADABLE, "Svaret från Vinnovas öppna data är inte hel JSON.")
        return []
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list) or (data and not any(isinstance(row, dict) and "Diarienummer" in row for row in data)):
        parsed.add_problem(ProblemKind.LAYOUT, "Vinnovas öppna data har fått en annan form än programmet känner.")
        return []
    for row in data:
        if not isinstance(row, dict):
            parsed.seen += 1
            parsed.skip(repr(row)[:60], "är ingen post")
    return [row for row in data if isinstance(row, dict)]


def said(row: Any, name: str) -> str:
    """A field as text; the word null and nothing at all are both nothing."""
    value = row.get(name) if isinstance(row, dict) else None
    text = "" if value is None else str(value).strip()
    return "" if text.casefold() == "null" else text


def moment(text: str) -> Deadline | None:
    """A date-time of the data as a deadline; dates before 1970 mean none, and midnight means that no time was given."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if at is None or at.year < 1970:
        return None
    aware = at.astimezone(STOCKHOLM) if at.tzinfo is not None else at.replace(tzinfo=STOCKHOLM)
    if aware.hour == aware.minute == 0:
        day: date = aware.date()
        return Deadline(at=instant(day, None, "Europe/Stockholm"), precision=Precision.DAY, text=text)
    return Deadline(at=aware, precision=Precision.MINUTE, text=text)
