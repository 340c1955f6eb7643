"""Spider of Vinnova's open data: calls that changed lately, and each of their rounds."""

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
"""Time before now in which a call must have changed to be asked for."""
KEPT_AFTER_CLOSING = timedelta(days=14)
"""Time after its closing in which a round is passed on."""
STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALLS_PAGE = "https://www.vinnova.se/sok-finansiering/hitta-finansiering/"
"""Page for people where a round states none."""


class VinnovaSpider(SourceSpider):
    """Spider of the calls changed in half a year and their rounds; a round is one Call. Unchanged calls are not listed."""

    name = "vinnova"

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the calls that changed in half a year."""
        since = (self.now.astimezone(STOCKHOLM).date() - LOOK_BACK).isoformat()
        yield self.request(f"{self.source.url}/utlysningar/{since}", self.parse)

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the rounds of the calls that a response lists."""
        parsed = await self.read_response(response, read_calls)
        for address in parsed.addresses:
            number, title, text, published = json.loads(address)
            yield self.request_listed(
                f"{self.source.url}/ansokningsomgangar/{quote(number, safe='')}",
                self.parse_round,
                cb_kwargs={"title": title, "text": text, "published": published},
            )

    async def parse_round(
        self, response: Response, title: str = "", text: str = "", published: str = ""
    ) -> AsyncIterator[Request | Call]:
        """Yield the Call of one round, with the title and text of the call it belongs to."""
        read = partial(read_rounds, title=title, text=text, published=published)
        for call in (await self.read_response(response, read)).calls:
            yield call


def read_calls(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the rounds of each call into `parsed.addresses`, as JSON lists of number, title, text and day of publication. Pure."""
    for row in rows(parsed, response):
        number = field_text(row, "Diarienummer") or field_text(row, "Titel")
        rounds = parsed.read_row(number, _rounds, row)
        if not field_text(row, "Diarienummer"):
            parsed.seen += 1
            parsed.skip(field_text(row, "Titel") or "utlysning utan titel", "saknar diarienummer")
        elif not rounds:
            parsed.seen += 1
            parsed.leave_out(number, "har ingen ansökningsomgång")
        else:
            shared = [field_text(row, name) for name in ("Titel", "Beskrivning", "Publiceringsdatum")]
            parsed.addresses += tuple(json.dumps([round_number, *shared]) for round_number in rounds)


def _rounds(row: dict[str, Any]) -> list[str]:
    numbers = (field_text(item, "DiarienummerAnsokningsomgang") for item in row.get("AnsokningsomgangDnrLista") or [])
    return [number for number in numbers if number]


def read_rounds(
    parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, title: str, text: str, published: str
) -> None:
    """Put the Call of each round in a response into `parsed`. Pure."""
    for row in rows(parsed, response):
        parsed.seen += 1
        number = field_text(row, "Diarienummer")
        if not number or not (field_text(row, "Titel") or title):
            parsed.skip(number or response.url, "saknar diarienummer eller titel")
            continue
        call = parsed.read_row(number, _round, parsed, source, now, row, title, text, published)
        if call is not None:
            parsed.calls.append(call)


def _round(
    parsed: ParsedResponse, source: Source, now: datetime, row: dict[str, Any], title: str, text: str, published: str
) -> Call | None:
    """Return the Call of a round; None, noted in `parsed`, for one that is not public or closed long ago."""
    closes = parse_deadline(field_text(row, "Stangningsdatum"))
    if row.get("Publik") in (False, 0, "0", "false", "False"):
        parsed.leave_out(field_text(row, "Diarienummer"), "är inte publik")
    elif closes is not None and closes.at < now - KEPT_AFTER_CLOSING:
        parsed.leave_out(field_text(row, "Diarienummer"), "stängde för länge sedan")
    else:
        return read_round(source, row, title=title, text=text, published=published)
    return None


def read_round(source: Source, row: dict[str, Any], *, title: str, text: str, published: str) -> Call:
    """Return the Call of a round, with title, text and day of publication of the call that it belongs to."""
    number = field_text(row, "Diarienummer")
    call_title = title_text(title)
    opens, closes = parse_deadline(field_text(row, "Oppningsdatum")), parse_deadline(field_text(row, "Stangningsdatum"))
    published_at = parse_deadline(published)
    body = html_to_text("\n".join(part for part in (text, field_text(row, "Beskrivning")) if part))
    page = field_text(row, "Webbsida")
    budget = find_budget(body, "sv")
    missing = {"deadlines": closes is None, "budget": budget == Budget(), "description": not body}
    return Call(
        source=source.id,
        call_id=number,
        identifier=number,
        title=_join_titles(call_title, title_text(field_text(row, "Titel"))),
        parent_title=call_title,
        url=page if is_web_address(page) else str(source.options.get("page") or CALLS_PAGE),
        language="sv",
        summary=first_sentences(body),
        sections=(Section(title="", text=body),) if body else (),
        published=published_at.at if published_at else None,
        opens=opens.at.astimezone(STOCKHOLM).date() if opens else None,
        deadlines=(closes,) if closes else (),
        deadline_model=DeadlineModel.SINGLE if closes else DeadlineModel.UNKNOWN,
        budget=budget,
        programme=source.programme,
        unread=tuple(name for name, lacking in missing.items() if lacking),
    )


def _join_titles(call_title: str, round_title: str) -> str:
    """Return the title of a round: both titles, or the longer one when it holds the other."""
    if not round_title or round_title in call_title:
        return call_title
    return round_title if call_title in round_title else f"{call_title}: {round_title}"


def rows(parsed: ParsedResponse, response: Response) -> list[dict[str, Any]]:
    """Return the objects that a response lists; notes a problem in `parsed` when it lists none of the known form."""
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


def field_text(row: Any, name: str) -> str:
    """Return a field as text; "" for the word null and for a missing field."""
    value = row.get(name) if isinstance(row, dict) else None
    text = "" if value is None else str(value).strip()
    return "" if text.casefold() == "null" else text


def parse_deadline(text: str) -> Deadline | None:
    """Return a date-time as a deadline; None for dates before 1970, which mean none. Midnight means that no time is given."""
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
