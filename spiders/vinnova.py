"""Spider of Vinnova's open data: its programmes, its calls and their rounds, in three requests; a round is one Call.

The answers are bare JSON lists without paging (https://data.vinnova.se/api/). Times have no zone and are Swedish; 1900-01-01
is no date, and "x" or "xx" in an English field is no text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.archive.runs import Document
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Link, Precision, Section
from monitor.collect.article import first_sentences
from monitor.collect.completeness import describe_drop, is_confirmed_by, is_implausible_drop
from monitor.collect.links import clean_web_address
from monitor.collect.persons import without_mail_addresses
from monitor.collect.reading import ParsedResponse, Problem, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.collect.text import html_to_text, plain_line, title_text
from monitor.language.budget import find_budget
from monitor.language.deadlines import instant
from monitor.sources import Source

SINCE = "2000-01-01"
"""Day since which programmes and calls are asked for: all of them, some 1,500 rows."""
ROUNDS_SINCE = "2018-01-01"
"""Day since which a round must have changed to be asked for. Earlier days time out at the server; 2018 takes it a minute."""
ROUNDS_TIMEOUT = 240
"""Seconds that the server has to answer with the rounds."""
KEPT_AFTER_CLOSING = timedelta(days=14)
"""Time after its closing in which a round is passed on."""
KEPT_WITHOUT_CLOSING = timedelta(days=2 * 365)
"""Time after its opening in which a round that states no last day is passed on: the register keeps old ones for good."""
MIN_COMPARED = 10
"""Rounds of the last accepted reading from which on a fall is noticed; of fewer, a few may well close together."""
STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALLS_PAGE = "https://www.vinnova.se/sok/?q={number}"
"""Page for people of a round that links to none; the row's option `page` may name another."""
_APPLY = re.compile(r"\bansök|\bapply\b|\bsök här\b", re.IGNORECASE)
_NUMBER_YEAR = re.compile(r"(\d{4})-\d+")
_NO_TEXT = frozenset(("", "null", "none", "x", "xx"))

Parents = Mapping[str, Mapping[str, str]]
"""Title, text, day of publication and programme of each call, by its number."""


class VinnovaSpider(SourceSpider):
    """Spider of all public rounds that are open or to come, each joined to its call and programme."""

    name = "vinnova"
    complete_list = True
    largest = 64 * 1024 * 1024
    # The cache would keep the answers as they came, with the names of the contacts.
    custom_settings = {"HTTPCACHE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the programmes."""
        yield self.request(f"{self.source.url}/program/{SINCE}", self.parse_programmes)

    async def parse_programmes(self, response: Response, **options: Any) -> AsyncIterator[Request]:
        """Yield the request for the calls, which are joined to the programmes of a response."""
        parsed = await self.read(response, read_programmes)
        if not parsed.problems:
            yield self.request(
                f"{self.source.url}/utlysningar/{SINCE}", self.parse_calls, cb_kwargs={"programmes": parsed.joined}
            )

    async def parse_calls(
        self, response: Response, programmes: dict[str, str] | None = None, **options: Any
    ) -> AsyncIterator[Request]:
        """Yield the request for the rounds, which are joined to the calls of a response."""
        parsed = await self.read(response, partial(read_calls, programmes=programmes or {}))
        if not parsed.problems:
            rounds = f"{self.source.url}/ansokningsomgangar/{ROUNDS_SINCE}"
            yield self.request(
                rounds, self.parse, cb_kwargs={"parents": parsed.joined}, meta={"download_timeout": ROUNDS_TIMEOUT}
            )

    async def parse(self, response: Response, parents: Parents | None = None, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the Calls of the rounds, joined to the calls that they belong to."""
        for call in (await self.read(response, partial(read_rounds, parents=parents or {}))).calls:
            yield call

    async def read(self, response: Response, read: Any) -> ParsedResponse:
        """Return the contents of a response; what is kept of it for a later reading holds no persons."""
        parsed = await self.read_response(response, read)
        self.reading.documents = [without_persons(document) for document in self.reading.documents]
        return parsed

    def judge(self) -> list[Problem]:
        """Return the problems of the run; a fall that no earlier reading showed is one."""
        problems, calls = super().judge(), self.reading.calls
        previous = self.previous or 0
        fell = previous >= MIN_COMPARED and is_implausible_drop(len(calls), previous)
        if fell and not problems and not self.reading.problems and not is_confirmed_by(calls.keys(), self.refused):
            problems.append(Problem(ProblemKind.FALL, describe_drop(len(calls), previous, self.source.id)))
        return problems


def read_programmes(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the title of each programme into `parsed.joined`, by its number. Pure."""
    for row in rows(parsed, response):
        if number := field_text(row, "Diarienummer"):
            parsed.joined[number] = title_text(field_text(row, "Titel") or field_text(row, "TitelEngelska"))


def read_calls(
    parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, programmes: Mapping[str, str]
) -> None:
    """Put title, text, day of publication and programme of each call into `parsed.joined`, by its number. Pure."""
    for row in rows(parsed, response):
        if number := field_text(row, "Diarienummer"):
            parsed.joined[number] = {
                "title": title_text(field_text(row, "Titel") or field_text(row, "TitelEngelska")),
                "text": field_text(row, "Beskrivning") or field_text(row, "BeskrivningEngelska"),
                "published": field_text(row, "Publiceringsdatum"),
                "programme": programmes.get(field_text(row, "DiarienummerProgram"), ""),
            }


def read_rounds(parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, parents: Parents) -> None:
    """Put the Call of each public round that is not long closed into `parsed`. Pure."""
    for row in rows(parsed, response):
        parsed.seen += 1
        number = field_text(row, "Diarienummer")
        parent = parents.get(field_text(row, "DiarienummerUtlysning"), {})
        if not number or not (_title(row) or parent.get("title")):
            parsed.skip(number or repr(row)[:60], "saknar diarienummer eller titel")
            continue
        call = parsed.read_row(number, _current_round, source, now, row, parent)
        if call is not None:
            parsed.calls.append(call)


def _current_round(source: Source, now: datetime, row: dict[str, Any], parent: Mapping[str, str]) -> Call | None:
    """Return the Call of a round; None for one by invitation, and one that closed, or opened without a last day, long ago.

    The register holds thousands of such rounds for ever, so they are not named among what is left out.
    """
    if str(row.get("Publik", 1)).casefold() in ("0", "false"):
        return None
    closes = parse_deadline(field_text(row, "Stangningsdatum"))
    if closes is not None and closes.at < now - KEPT_AFTER_CLOSING:
        return None
    if closes is None and _first_day(row) < (now - KEPT_WITHOUT_CLOSING).date():
        return None
    return read_round(source, row, parent)


def _first_day(row: dict[str, Any]) -> date:
    """Return the day that a round opens; where it states none, the first of the year in its number."""
    opens = parse_deadline(field_text(row, "Oppningsdatum"))
    if opens is not None:
        return opens.at.astimezone(STOCKHOLM).date()
    year = _NUMBER_YEAR.match(field_text(row, "Diarienummer"))
    return date(int(year[1]), 1, 1) if year else date.min


def read_round(source: Source, row: dict[str, Any], parent: Mapping[str, str]) -> Call:
    """Return the Call of a round, with title, text, day of publication and programme of the call that it belongs to."""
    number = field_text(row, "Diarienummer")
    call_title = parent.get("title", "")
    opens, closes = parse_deadline(field_text(row, "Oppningsdatum")), parse_deadline(field_text(row, "Stangningsdatum"))
    texts = [html_to_text(text) for text in (parent.get("text", ""), field_text(row, "Beskrivning"), *_web_texts(row))]
    body = "\n\n".join(dict.fromkeys(text for text in texts if text))
    contacts = "\n".join(dict.fromkeys(_contacts(row)))
    budget = find_budget(body, "sv")
    missing = {"deadlines": closes is None, "budget": budget == Budget(), "description": not body}
    links = _links(row, "LankLista", "URL", "Lank", "Lankadress")
    page = str(source.options.get("page") or CALLS_PAGE).replace("{number}", quote(number, safe=""))
    return Call(
        source=source.id,
        call_id=number,
        identifier=number,
        title=_join_titles(call_title, _title(row)),
        parent=field_text(row, "DiarienummerUtlysning"),
        parent_title=call_title,
        url=next((link.url for link in links if _APPLY.search(link.title)), links[0].url if links else page),
        language="sv",
        summary=first_sentences(body),
        sections=(Section(title="", text=body),) if body else (),
        conditions=(Section(title="Kontakt", text=contacts),) if contacts else (),
        published=_published(parent.get("published", "")),
        opens=opens.at.astimezone(STOCKHOLM).date() if opens else None,
        deadlines=(closes,) if closes else (),
        deadline_model=DeadlineModel.SINGLE if closes else DeadlineModel.UNKNOWN,
        budget=budget,
        programme=source.programme,
        keywords=(parent["programme"],) if parent.get("programme") else (),
        links=tuple(dict.fromkeys((*links, *_links(row, "DokumentLista", "fileURL")))),
        unread=tuple(name for name, lacking in missing.items() if lacking),
    )


def _title(row: dict[str, Any]) -> str:
    return title_text(field_text(row, "Titel") or field_text(row, "TitelEngelska"))


def _join_titles(call_title: str, round_title: str) -> str:
    """Return the title of a round: both titles, or the longer one when it holds the other."""
    if not round_title or round_title in call_title:
        return call_title
    return round_title if call_title in round_title else f"{call_title}: {round_title}"


def _web_texts(row: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a round's page: {TextSv, TextEn}, or {Text, Lang}, which other clients of the API have seen.

    English ones only where the round has no Swedish text.
    """
    parts = list(_objects(row, "WebTextLista"))
    swedish = [field_text(part, "TextSv") or ("" if _is_english(part) else field_text(part, "Text")) for part in parts]
    english = [field_text(part, "TextEn") or (field_text(part, "Text") if _is_english(part) else "") for part in parts]
    yield from filter(None, swedish if any(swedish) else english)


def _is_english(part: Mapping[str, Any]) -> bool:
    return field_text(part, "Lang").casefold().startswith("en")


def _links(row: dict[str, Any], name: str, *address_names: str) -> list[Link]:
    """Return the links of a list of a round; English documents only where no Swedish one is linked."""
    parts = list(_objects(row, name))
    parts = [part for part in parts if not _is_english(part)] or parts
    links = []
    for part in parts:
        address = next(filter(None, (clean_web_address(field_text(part, key)) for key in address_names)), "")
        title = field_text(part, "Titel") or field_text(part, "Beskrivning") or field_text(part, "Lanknamn")
        if address:
            links.append(Link(title=plain_line(without_mail_addresses(title)) or address, url=address))
    return links


def _contacts(row: dict[str, Any]) -> Iterator[str]:
    """Yield the contacts of a round without persons: role and an address that is no one's own.

    The telephone number of a person is theirs, so numbers are kept of contacts without a name alone.
    """
    for part in _objects(row, "KontaktLista"):
        person = _words(field_text(part, "Namn"))
        address = field_text(part, "Epost")
        local = _words(re.sub(r"[._-]", " ", address.partition("@")[0]))
        own = person & local or (len(local) > 1 and not person and "." in address.partition("@")[0])
        facts = [field_text(part, "Roll"), "" if own else address, "" if person else field_text(part, "Telefon")]
        if any(facts[1:]):
            yield plain_line(", ".join(filter(None, facts)))


def _words(text: str) -> set[str]:
    """Return the words of a name or address in lower case without accents, as addresses write them."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return {word for word in re.findall(r"\w+", plain) if len(word) > 1}


def _objects(row: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    values = row.get(name)
    yield from (value for value in (values if isinstance(values, list) else []) if isinstance(value, dict))


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
        parsed.add_problem(ProblemKind.LAYOUT, "Vinnovas öppna data har fått en annan form än väntat.")
        return []
    for row in data:
        if not isinstance(row, dict):
            parsed.seen += 1
            parsed.skip(repr(row)[:60], "är ingen post")
    return [row for row in data if isinstance(row, dict)]


def without_persons(document: Document) -> Document:
    """Return a kept response without what names persons: contacts, and mail addresses in links; any other answer as it is."""
    if b'"KontaktLista"' not in document.body and b'"LankLista"' not in document.body:
        return document
    try:
        data = json.loads(document.body)
    except (ValueError, RecursionError):
        return document
    for row in data if isinstance(data, list) else []:
        if isinstance(row, dict):
            row.pop("KontaktLista", None)
            for link in _objects(row, "LankLista"):
                link.update({name: without_mail_addresses(text) for name, text in link.items() if isinstance(text, str)})
    return replace(document, body=json.dumps(data, ensure_ascii=False).encode())


def field_text(row: Any, name: str) -> str:
    """Return a field as text; "" for a missing field, and for the words "null", "x" and "xx", which stand for none."""
    value = row.get(name) if isinstance(row, dict) else None
    text = "" if value is None else str(value).strip()
    return "" if text.casefold() in _NO_TEXT else text


def _published(text: str) -> datetime | None:
    """Return the first moment of the day of publication, so that it never lies ahead of the reading."""
    stated = parse_deadline(text)
    if stated is None:
        return None
    if stated.precision is Precision.DAY:
        return datetime.combine(stated.at.astimezone(STOCKHOLM).date(), time.min, STOCKHOLM)
    return stated.at


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
