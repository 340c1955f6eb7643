"""Row: hostile texts at 1x, 4x and 16x through every reader of what publishers send and visitors type.

A hostile text is longer than any page and repeats a piece that makes a pattern backtrack. The time of a reader may grow no faster
than the text, and its memory is bounded. Each reader runs in a process of its own for its peak of memory; a reading that takes
longer than `_MOST_SECONDS` of CPU is ended and counts as that long.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.generate import Inputs
from benchmarks.measure import Line, cpu_seconds, peak_memory, run_child, shortly

STEPS = (1, 4, 16)
LENGTH, QUICK_LENGTH = 3_000, 100
"""Characters of a text at 1x."""
_FLOOR = 0.005  # seconds; what takes less at 1x is not compared: a start costs more
_MOST_SECONDS = 20.0
_MOST_GROWTH = 1.5  # time per character at 16x over that at 1x: n log n, and what the processor's cache no longer holds
_MOST_MEGABYTES = 250.0
_RUNS = 3

SHAPES: dict[str, str] = {
    "one letter": "a",
    "capitals": "A",
    "digits": "1",
    "spaces": " ",
    "line breaks": "\n",
    "brackets": "[",
    "signs": "<",
    "hyphens": "-",
    "stops": ". ",
    "soft hyphens": "a\u00ad\n",
    "marks": "e\u0301",
    "quotes": "\"'",
    "unclosed links": "<a ",
    "unclosed scripts": "<script ",
    "nested tags": "<div><b>",
    "paragraphs": "<p>x</p>",
    "comments": "<!--",
    "small words": "den ",
    "numbers": "1 ",
    "currency": "kronor ",
    "sums": "1 000 kronor och ",
    "percentages": "80 procent av ",
    "dates": "1 maj, ",
    "last days": "senast ",
    "clock": "kl. 12.00 ",
    "names": "Skåne ",
    "names in a row": "Skåne, ",
    "who may apply": "kommuner kan söka ",
    "hanging words": "energi- och ",
    "joined words": "klimat-",
    "capital words": "EU:s ",
    "compound": "kommunalförbund",
    "bullets": "\n- ",
    "labels": "Budget:\n",
    "bars": "| ",
    "addresses": "http://x.se/a?",
}
Read = Callable[[str], object]
_NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
_DAY = date(2026, 5, 20)
_ZONE = ZoneInfo("Europe/Stockholm")


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Return the rows `hostile text`: two lines for each reader, its growth and its memory."""
    lines: list[Line] = []
    for name in READERS:
        found = run_child(
            "linear:growth_of", reader=name, length=QUICK_LENGTH if quick else LENGTH, runs=1 if quick else _RUNS
        ).result
        worst, times = max(found["times"].items(), key=lambda item: grown(item[1]))
        told = ", ".join(f"{step}x {shortly(spent * 1000)} ms" for step, spent in zip(STEPS, times, strict=False))
        lines += [
            Line(
                row="hostile text",
                what=f"{name}: time from 1x to 16x, the worst of {len(SHAPES)} shapes",
                unit="x linear",
                value=grown(times),
                better="less",
                bound=_MOST_GROWTH,
                note=f"{worst}: {told}",
            ),
            Line(
                row="hostile text",
                what=f"{name}: peak memory above that of a short text",
                unit="MB",
                value=found["peak"] / 1e6,
                better="less",
                bound=_MOST_MEGABYTES,
            ),
        ]
    return lines


def grown(times: list[float]) -> float:
    """Return how much more a character costs at the last step than at the first; 1 is linear, less hides in the floor.

    A reader that was ended before the last step is taken to have been ended there.
    """
    return max(times[-1], _FLOOR) / max(times[0], _FLOOR) / STEPS[-1] if times[-1] < _MOST_SECONDS else float(STEPS[-1])


def growth_of(reader: str, length: int, runs: int) -> Callable[[], dict[str, Any]]:
    """Return the task that measures one reader: seconds of CPU by shape, one for each step, and bytes above a short text."""
    read = READERS[reader]()
    for piece in SHAPES.values():
        read(piece)

    def task() -> dict[str, Any]:
        before = peak_memory()
        times = {shape: _steps(read, piece, length, runs) for shape, piece in SHAPES.items()}
        return {"times": times, "peak": peak_memory() - before}

    return task


def text_of(piece: str, length: int) -> str:
    """Return a text of so many characters that is `piece` over and over."""
    return (piece * (length // len(piece) + 1))[:length]


def _steps(read: Read, piece: str, length: int, runs: int) -> list[float]:
    """Return the least seconds of CPU of each step; the last step runs once, and steps after one that was ended are left out."""
    found: list[float] = []
    for step in STEPS:
        text = text_of(piece, length * step)
        # What remembers texts would give the second run for nothing: each run has a text of its own.
        texts = [f"{text}{'x' * number}" for number in range(runs if step < STEPS[-1] else 1)]
        found.append(min(_bounded_seconds(read, one) for one in texts))
        if found[-1] >= _MOST_SECONDS:
            break
    return found


class _LostError(BaseException):
    """Timeout of a reading; no reader catches it."""


def _bounded_seconds(read: Read, text: str) -> float:
    with _limited(_MOST_SECONDS), suppress(_LostError):
        return cpu_seconds(lambda: read(text))
    return _MOST_SECONDS


@contextmanager
def _limited(most: float) -> Iterator[None]:
    """End a reading that takes more than so many seconds of CPU. A regular expression looks for signals on its way, too."""

    def end(number: int, frame: FrameType | None) -> None:
        raise _LostError

    old = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, old)


def _dates() -> Read:
    from monitor.language.dates import find_dates

    return lambda text: find_dates(text, reference=_DAY)


def _deadlines() -> Read:
    from monitor.language.deadlines import earliest_published, find_deadlines

    return lambda text: (find_deadlines(text, reference=_DAY), earliest_published("https://x.se/", text))


def _money() -> Read:
    from monitor.language.budget import find_budget
    from monitor.language.money import find_amounts

    return lambda text: (find_amounts(text), find_budget(text))


def _shares() -> Read:
    from monitor.language.shares import find_shares

    return find_shares


def _kinds() -> Read:
    from monitor.language.invited import is_open_to_sweden
    from monitor.language.kinds import guess_kind
    from monitor.vocabulary import Kind

    return lambda text: (guess_kind("Bidrag", text, Kind.NEWS), guess_kind(text, "", Kind.NEWS), is_open_to_sweden(text))


def _applicants() -> Read:
    from monitor.language.applicants import find_applicants

    return find_applicants


def _places() -> Read:
    from monitor.language.places import find_place

    return lambda text: (find_place(text), find_place("", title=f"Utlysning {text}"), find_place("", text))


def _analyser() -> Read:
    from monitor.language.analyser import Analyser

    def read(text: str) -> object:
        own = Analyser()  # a text that was met before is not analysed again
        return own.lemma_text(text), own.language(text), own.analyse(text)

    return read


def _words() -> Read:
    from monitor.language.segments import split_segments
    from monitor.language.spelling import british, british_start
    from monitor.language.tokens import form

    return lambda text: (split_segments(text), british(text), british_start(text), form(text))


def _terms() -> Read:
    from monitor.jobs.rules import test_term

    return lambda text: [test_term(term, text) for term in ("skåne", "energi*", "*förbund", "EU", "den den")]


def _typed() -> Read:
    from monitor.language.queries import parse_query
    from monitor.language.terms import parse_term
    from monitor.language.termset import patterns

    def read(text: str) -> None:
        parse_query(text)
        with suppress(ValueError):
            list(patterns(parse_term(text)))

    return read


def _article() -> Read:
    from monitor.collect.article import Article, describe_item, read_article

    source = _source("page")

    def read(text: str) -> None:
        read_article(_page(text), source.url, _ZONE)
        for title, body in (("Bidrag att söka", text), (text, "")):
            describe_item(Article(title=title, text=body), source=source, call_id="1", url=source.url, now=_NOW)

    return read


def _feed() -> Read:
    from monitor.collect.feeds import parse_feed

    source = _source("feed")

    def read(text: str) -> None:
        for body in (text, _item(text, "x"), _item("Bidrag att söka", f"<![CDATA[{text}]]>")):
            with suppress(ValueError):
                parse_feed(body.encode(), {}, source.url, source, _NOW)

    return read


def _links() -> Read:
    from scrapy.http import HtmlResponse

    from monitor.collect.links import clean_web_address, find_external_links, find_feeds, read_listing, unfollowed_link_prefixes

    source = _source("page")

    def read(text: str) -> object:
        page = _page(text)
        response = HtmlResponse(source.url, body=page.encode(), encoding="utf-8")
        found = read_listing(response, source), unfollowed_link_prefixes(response, source), find_feeds(page, source.url)
        return found, find_external_links(page, source.url), clean_web_address(text)

    return read


def _walls() -> Read:
    from monitor.collect.bot_challenges import find_bot_challenge, is_scripted

    def read(text: str) -> object:
        body = _page(text).encode()
        return find_bot_challenge(body, {}), find_bot_challenge(body, {}, 202), is_scripted(body)

    return read


def _events() -> Read:
    from monitor.collect.events import find_page_events, read_calendar

    def read(text: str) -> None:
        find_page_events(f"<script type='application/ld+json'>{text}</script>", "https://x.se/", _ZONE)
        event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270101\r\nSUMMARY:{' '.join(text.split())}\r\nEND:VEVENT"
        for body in (text, event):
            with suppress(ValueError):
                read_calendar(f"BEGIN:VCALENDAR\r\n{body}\r\nEND:VCALENDAR\r\n".encode(), _ZONE, _NOW)

    return read


def _published() -> Read:
    from monitor.collect.published import parse_moment
    from monitor.collect.titles import remove_site_name

    return lambda text: (parse_moment(text, _ZONE), remove_site_name(f"{text[:4000]} | X", ("X",)))


def _text() -> Read:
    from monitor.collect.noise import flatten_table_rows, join_labels_to_amounts, remove_banner_text, remove_boilerplate
    from monitor.collect.text import html_to_text, plain_line, plain_text, repair_surrogates, shorten_words, title_text

    readers = (
        html_to_text,
        title_text,
        plain_line,
        plain_text,
        shorten_words,
        repair_surrogates,
        remove_boilerplate,
        join_labels_to_amounts,
        flatten_table_rows,
    )
    return lambda text: ([read(text) for read in readers], remove_banner_text(text, "X"))


def _portal() -> Read:
    from monitor.collect.portal.rows import parse_row

    fields = (
        "title",
        "callTitle",
        "descriptionByte",
        "topicConditions",
        "budgetOverview",
        "deadlineDate",
        "latestInfos",
        "keywords",
        "links",
    )
    known = {"type": "1", "identifier": "X-1", "title": "X", "REFERENCE": "1TOPICSen"}

    def read(text: str) -> None:
        for field in fields:
            metadata = {name: [value] for name, value in (known | {field: text}).items()}
            with suppress(Exception):  # a row that cannot be read is named and left, which costs time as well
                parse_row({"reference": "1TOPICSen", "metadata": metadata}, "portal")

    return read


def _vinnova() -> Read:
    from scrapy.http import TextResponse

    from monitor.collect.reading import ParsedResponse
    from spiders.vinnova import read_calls, read_rounds  # noqa: TID251 - measured in a checkout, where they have this name

    source = _source("vinnova")

    def read(text: str) -> None:
        for name in ("Titel", "Beskrivning", "Stangningsdatum", "Webbsida"):
            row = {"Diarienummer": "1", "Titel": "X", "Publik": True} | {name: text}
            response = TextResponse(source.url, body=json.dumps([row]).encode(), encoding="utf-8")
            read_calls(ParsedResponse(), response, source, _NOW, programmes={})
            parent = {"title": "X", "text": text, "published": text}
            read_rounds(ParsedResponse(), response, source, _NOW, parents={"1": parent})

    return read


def _source(kind: str) -> Any:
    from monitor.sources import Source

    links = {"links": "/a/[a-z]+$"} if kind == "page" else {}
    return Source.model_validate({"id": "x", "kind": kind, "name": "X", "url": "https://x.se/a/", **links})


def _page(text: str) -> str:
    return f"<html><head><title>Bidrag</title></head><body><main><h1>Bidrag</h1>{text}</main></body></html>"


def _item(title: str, text: str) -> str:
    return (
        f'<rss version="2.0"><channel><item><title>{title}</title><link>https://x.se/1</link>'
        f"<description>{text}</description></item></channel></rss>"
    )


READERS: dict[str, Callable[[], Read]] = {
    "dates": _dates,
    "deadlines": _deadlines,
    "money": _money,
    "shares": _shares,
    "kinds": _kinds,
    "applicants": _applicants,
    "places": _places,
    "analyser": _analyser,
    "words": _words,
    "terms": _terms,
    "typed words": _typed,
    "article": _article,
    "feed": _feed,
    "links": _links,
    "walls": _walls,
    "events": _events,
    "days of publication": _published,
    "plain text": _text,
    "portal rows": _portal,
    "Vinnova": _vinnova,
}
"""Makers of the readers, by name in the table. A reader takes one text."""
