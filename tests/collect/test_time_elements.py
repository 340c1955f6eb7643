"""Events of pages without data of events: `<time>`, labelled hours and places, lists and single pages."""

import json
from datetime import UTC, datetime, time
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.collect.markup import parse_page
from monitor.collect.reading import ParsedResponse
from monitor.collect.time_elements import Hours, find_listed_events, find_page_time, stated_hours, stated_place
from monitor.sources import Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def calendar():
    settings = Settings()
    settings.setmodule("monitor.collect.settings")
    return import_module(get_spider_loader(settings).load("calendar").__module__)


def source(**fields):
    return Source.model_validate(
        {
            "id": "x",
            "kind": "calendar",
            "name": "X",
            "url": "https://x.se/kalender",
            "language": "sv",
            "publishes": ["event"],
            **fields,
        }
    )


def read(calendar, body, **fields):
    parsed = ParsedResponse()
    page = HtmlResponse("https://x.se/kalender/traff", body=f"<html><body>{body}</body></html>".encode(), encoding="utf-8")
    calendar.read_event_page(parsed, page, source(**fields), NOW)
    return parsed


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Tid: 09.00–11.30", Hours(time(9), time(11, 30))),
        ("Tid: kl. 13:00 - 16:00", Hours(time(13), time(16))),
        ("Tid\n10.00 till 12.00", Hours(time(10), time(12))),
        ("Datum och tid: 3 december 2026, klockan 9.15", Hours(time(9, 15))),
        ("Time: 14.00 to 15.00", Hours(time(14), time(15))),
        ("Tid\n- kl. 13.00 – 15.00", Hours(time(13), time(15))),
        ("Datum: 5 december 2026, klockan 10–12", Hours(time(10), time(12))),
        ("Tid: kl 9.15 till 11", Hours(time(9, 15), time(11))),
        ("Tid: klockan 10", Hours(time(10))),
        ("Datum: klockan 10–12 december", Hours(time(10))),
        ("Tid: klockan 10–12\nTid: klockan 13", None),
        ("Tid: 09.00–11.30\nTid: 13.00–14.00", None),
        ("Vi möts mellan 09.00 och 11.30.", None),
        ("Tid: meddelas senare. Ring 0380-51.80.00", None),
        ("Öppettid: alla dagar", None),
    ],
)
def test_hours_behind_a_label(text, hours):
    assert stated_hours(f"Välkommen till träffen.\n{text}\nPlats: Digitalt") == hours


def test_the_place_behind_a_label():
    assert stated_place("Tid: 9.00\nPlats: Stadshotellet, Nässjö\nAnmäl dig.") == "Stadshotellet, Nässjö"
    assert stated_place("- Plats\n- Stadshuset") == "Stadshuset"
    assert stated_place("Plats: Nässjö\nLokal: Aulan") == ""
    assert stated_place("Det finns plats för alla.") == ""


@pytest.mark.parametrize(
    ("body", "starts", "ends"),
    [
        ('<main><time datetime="2026-12-03">3 december</time></main>', "2026-12-03T00:00", "2026-12-03T23:59"),
        ('<main><time datetime="2026-12-03T09:00">kl. 9</time></main>', "2026-12-03T09:00", None),
        ('<main><time datetime="2026-12-03T09:00">9</time>–<time datetime="2026-12-03T11:30">11.30</time></main>', "2026-12-03T09:00", "2026-12-03T11:30"),
        ('<main><p>Publicerad: <time datetime="2026-11-01">1 nov</time></p><time datetime="2026-12-03">3 dec</time></main>', "2026-12-03T00:00", "2026-12-03T23:59"),
        ('<main><p>Publicerad: <time datetime="2026-11-01">1 nov</time></p></main>', None, None),
        ('<main><time datetime="2026-12-03"></time><time datetime="2026-12-10"></time><time datetime="2026-12-17"></time></main>', None, None),
        ('<main><p>x</p></main><footer><time datetime="2026-12-03">3</time></footer>', None, None),
        ('<main><time datetime="snart">snart</time></main>', None, None),
    ],
)  # fmt: skip
def test_the_time_of_a_page(body, starts, ends):
    span = find_page_time(parse_page(f"<html><body>{body}</body></html>"), STOCKHOLM)
    found = tuple(moment and moment.isoformat()[:16] for moment in span) if span else (None, None)
    assert found == (starts, ends)


def test_events_of_a_list_are_read_from_their_items():
    items = "".join(
        f'<li class="item"><h3><a href="/kalender/{n}">Träff {n}</a></h3><p><time datetime="2026-12-0{n}T09:00">{n} dec</time> Digitalt</p></li>'
        for n in (1, 2)
    )
    body = f'<nav><a href="/">Start</a></nav><main><h1>Kalender</h1><ul>{items}</ul><p><time datetime="2026-12-09">Fristående</time></p></main>'
    found = find_listed_events(f"<html><body>{body}</body></html>", "https://x.se/kalender", STOCKHOLM)
    assert [(event.title, event.url, event.starts.isoformat()[:16]) for event in found] == [
        ("Träff 1", "https://x.se/kalender/1", "2026-12-01T09:00"),
        ("Träff 2", "https://x.se/kalender/2", "2026-12-02T09:00"),
    ]


LONG = "<p>Vi berättar om stöd till vattenvård för kommuner och föreningar i länet, och svarar på frågor.</p>"


def test_lansstyrelsens_calendar_is_read_from_time_hours_and_place(calendar):
    parsed = read(
        calendar,
        f'<main><h1>Webbinarium om vatten</h1><p><time datetime="2026-12-03">torsdag 3 december</time></p>{LONG}<p>Tid: 09.00–11.30</p><p>Plats: Teams</p><p>Anmäl dig senast den 1 december.</p></main>',
    )
    [call] = parsed.calls
    assert (call.title, call.kind, call.location) == ("Webbinarium om vatten", "event", "Teams")
    assert (call.starts.isoformat()[:16], call.ends.isoformat()[:16]) == ("2026-12-03T09:00", "2026-12-03T11:30")


def test_an_event_without_time_elements_is_read_from_its_words(calendar):
    [call] = read(
        calendar, f"<main><h1>Vattendag</h1>{LONG}<p>Vi ses torsdagen den 3 december 2026 kl. 10.00 i Nässjö.</p></main>"
    ).calls
    assert call.starts.isoformat()[:16] == "2026-12-03T10:00"


def test_an_event_in_a_list_of_terms_is_read_from_its_lines(calendar):
    terms = '<dl><dt>Datum</dt><dd><time datetime="2026-12-04">4 december</time></dd><dt>Tid:</dt><dd>kl. 13.00 – 15.00</dd><dt>Plats</dt><dd>Stadshuset</dd></dl>'
    [call] = read(calendar, f"<main><h1>Träff</h1>{terms}{LONG}</main>").calls
    assert call.location == "Stadshuset"
    assert (call.starts.isoformat()[:16], call.ends.isoformat()[:16]) == ("2026-12-04T13:00", "2026-12-04T15:00")
    assert call.body.startswith("- Datum: 4 december 2026\n- Tid: kl. 13.00 – 15.00\n- Plats: Stadshuset\n")


@pytest.mark.parametrize(
    ("words", "starts", "ends"),
    [
        ("Datum: 5 december 2026, klockan 10–12", "10:00", "12:00"),
        ("Vi ses den 5 december 2026 kl. 10.00 till 12.30 i Nässjö.", "10:00", "12:30"),
        ("Vi ses den 5 december 2026 kl. 10.00.", "10:00", None),
        ("Vi ses den 5 december 2026 kl. 18–2.", "18:00", None),
    ],
)
def test_the_hours_behind_the_day_of_an_event_have_an_end(calendar, words, starts, ends):
    [call] = read(calendar, f"<main><h1>Träff</h1><p>{words}</p><p>Plats: Digitalt</p>{LONG}</main>").calls
    assert call.starts.isoformat()[:16] == f"2026-12-05T{starts}"
    assert (call.ends and call.ends.isoformat()[:16]) == (ends and f"2026-12-05T{ends}")


def test_past_events_and_pages_without_a_day_are_told_apart(calendar):
    past = read(calendar, f'<main><h1>Vattendag</h1><time datetime="2026-11-03">3 november</time>{LONG}</main>')
    assert list(past.left_out.values()) == ["har redan varit"]
    none = read(calendar, f"<main><h1>Om kalendern</h1>{LONG}</main>")
    assert list(none.skipped.values()) == ["sidan anger ingen dag"]
    several = read(calendar, f"<main><h1>Kurs</h1>{LONG}<p>Kursen hålls den 3 december 2026 och den 10 december 2026.</p></main>")
    assert list(several.left_out.values()) == ["nämner ingen kommande dag, eller flera"]


def test_data_of_events_goes_before_time_elements(calendar):
    data = json.dumps({"@type": "Event", "name": "Träff", "startDate": "2026-12-03T09:00"})
    body = f'<script type="application/ld+json">{data}</script><main><h1>x</h1><time datetime="2026-12-05">5</time>{LONG}</main>'
    [call] = read(calendar, body).calls
    assert (call.title, call.starts.isoformat()[:16]) == ("Träff", "2026-12-03T09:00")
