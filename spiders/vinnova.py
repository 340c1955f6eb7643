"""Vinnova's open data: calls that changed lately, and each of their rounds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Budget, Call, Deadline, DeadlineModel, Precision, Section
from monitor.collect.article import first_sentences
from monitor.collect.pipelines import is_web_address
from monitor.collect.reading import ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text, title_text
from monitor.language.budget import find_budget
from monitor.language.deadlines import instant

LOOK_BACK = timedelta(days=180)
CLOSED_LONG_AGO = timedelta(days=14)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


class VinnovaSpider(SourceSpider):
    """Asks for the calls of half a year, then for their rounds; a round is what one applies for. What has not changed is not listed."""

    name = "vinnova"

    async def start(self) -> AsyncIterator[Request]:
        since = (self.now.astimezone(STOCKHOLM).date() - LOOK_BACK).isoformat()
        yield self.ask(f"{self.source.url}/utlysningar/{since}", self.parse)

    def parse(self, response: Response, **options: Any) -> Iterator[Request | Call]:
        rows = self.rows(response)
        for row in rows or []:
            rounds = [
                number
                for item in row.get("AnsokningsomgangDnrLista") or []
                if (number := said(item, "DiarienummerAnsokningsomgang"))
            ]
            if not said(row, "Diarienummer") or not rounds:
                self.reading.seen += 1
                self.reading.leave_out(said(row, "Diarienummer") or said(row, "Titel"), "har ingen ansökningsomgång")
            for number in rounds:
                yield self.ask(
                    f"{self.source.url}/ansokningsomgangar/{number}",
                    self.parse_round,
                    cb_kwargs={
                        "title": said(row, "Titel"),
                        "text": said(row, "Beskrivning"),
                        "published": said(row, "Publiceringsdatum"),
                    },
                )

    def parse_round(self, response: Response, title: str = "", text: str = "", published: str = "") -> Iterator[Call]:
        """The Call of one round, with the title and text of the call it belongs to."""
        for row in self.rows(response) or []:
            self.reading.seen += 1
            number = said(row, "Diarienummer")
            closes, opens = moment(said(row, "Stangningsdatum")), moment(said(row, "Oppningsdatum"))
            if not number or not (said(row, "Titel") or title):
                self.reading.skip(number or response.url, "saknar diarienummer eller titel")
            elif row.get("Publik") in (False, 0, "0", "false", "False"):
                self.reading.leave_out(number, "är inte publik")
            elif closes is not None and closes.at < self.now - CLOSED_LONG_AGO:
                self.reading.leave_out(number, "stängde för länge sedan")
            else:
                yield self.read_round(row, number, title, text, moment(published), opens, closes)

    def read_round(
        self,
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
            source=self.source.id,
            call_id=number,
            identifier=number,
            title=called if not own or own in called else own if called in own else f"{called}: {own}",
            parent_title=called,
            url=page
            if is_web_address(page)
            else str(self.source.options.get("page") or "https://www.vinnova.se/sok-finansiering/hitta-finansiering/"),
            language="sv",
            summary=first_sentences(body),
            sections=(Section(title="", text=body),) if body else (),
            published=published.at if published else None,
            opens=opens.at.astimezone(STOCKHOLM).date() if opens else None,
            deadlines=(closes,) if closes else (),
            deadline_model=DeadlineModel.SINGLE if closes else DeadlineModel.UNKNOWN,
            budget=budget,
            programme=self.source.programme,
            unread=tuple(name for name, lacking in missing.items() if lacking),
        )

    def rows(self, response: Response) -> list[dict[str, Any]] | None:
        """The objects that an answer lists; a problem is noted when it lists none in the form that is known."""
        if self.walled(response):
            return None
        try:
            data = json.loads(response.body)
        except ValueError:
            self.reading.problem(ProblemKind.UNREADABLE, "Svaret från Vinnovas öppna data är inte hel JSON.")
            return None
        if isinstance(data, dict):
            data = [data]
        if not isinstance(data, list) or any(not isinstance(row, dict) or "Diarienummer" not in row for row in data):
            self.reading.problem(ProblemKind.LAYOUT, "Vinnovas öppna data har fått en annan form än programmet känner.")
            return None
        return data


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
