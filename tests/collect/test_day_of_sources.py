"""Two days of eighty sources of eight kinds on loopback: none harms another, and each fault is told truly.

Each source has a fault on one of the days, the first half on the first and the other half on the second, and is sound on the other.
"""

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.commands import Installation
from tests.publishers import Answer, serve

DAYS = ("2026-05-20T08:00:00+02:00", "2026-05-21T08:00:00+02:00")
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
JSON = {"Content-Type": "application/json"}
LARGEST = 300 * 1024
"""Memory of the largest process, in KiB."""
LONGEST = 600
"""Seconds that a day may take without delays; a usual machine needs five, so a slow one is no reason to fail."""
MEASURE = (
    "import json, resource, subprocess, sys; "
    "done = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
    "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss; "
    "print(json.dumps([done.returncode, done.stdout, done.stderr, peak]))"
)

BOMB = gzip.compress(b" " * 30_000_000, 1)


def html(body):
    return Answer(
        f"<!doctype html><html lang='sv'><head><title>Bidrag</title></head><body>{body}</body></html>".encode(), headers=HTML
    )


def data(value):
    return Answer(json.dumps(value).encode(), headers=JSON)


def feed(path):
    items = "".join(
        f"<item><title>Sök bidrag till bad {n}</title><link>https://example.se{path}/{n}</link>"
        "<description>Kommuner kan söka. Sista ansökningsdag är 1 oktober 2026.</description></item>"
        for n in (1, 2)
    )
    return Answer(f'<rss version="2.0"><channel><title>X</title>{items}</channel></rss>'.encode(), headers=XML)


def page(path):
    if path.count("/") == 1:
        return html("<main><h1>Bidrag</h1>" + "".join(f"<a href='{path}/{n}'>Bidrag {n}</a> " for n in (1, 2, 3)) + "</main>")
    text = "Kommuner kan söka bidrag till nya badplatser vid sjöar. Sista ansökningsdag är den 15 september 2026."
    return html(f"<main><article><h1>Bidrag nummer {path[-1]}</h1><p>{text}</p></article></main>")


def rounds(path):
    return html(
        "<main><h1>Kalender</h1><h2>Fler träd</h2><p>Sök: 1 juni–31 augusti 2026</p><h2>Lek</h2><p>Sök: 1 maj–30 juni 2026</p></main>"
    )


def calendar(path):
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTART:20270101T120000Z\r\nSUMMARY:Frukost {0}\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event.format(1)}{event.format(2)}END:VCALENDAR\r\n"
    return Answer(text.encode(), headers={"Content-Type": "text/calendar"})


def haveyoursay(path):
    if "groupInitiatives" in path:
        return data({"dossierSummary": "A proposal for a directive on towns."})
    status = {"receivingFeedbackStatus": "OPEN", "feedbackEndDate": "2026/07/27 23:59:59", "isCurrent": True}
    content = [{"id": float(n), "shortTitle": f"Initiative {n}", "currentStatuses": [status]} for n in (1, 2)]
    return data({"initiativeResultDtoPage": {"content": content, "last": True}})


def riksdag(path):
    rows = [{"dok_id": f"HD{n}", "titel": f"Proposition {n}", "datum": "2026-05-12"} for n in (1, 2)]
    return data({"dokumentlista": {"@traffar": "2", "dokument": rows}})


def presscorner(path):
    if path.endswith("documents"):
        return data(
            {
                "refCd": "IP/26/1",
                "docuLanguageResource": {"title": "Commission proposes a law", "htmlContent": "<p>A proposal.</p>"},
            }
        )
    return data({"docuLanguageListResources": [{"refCode": "IP/26/1"}]})


def cellar(path):
    row = {"celex": {"value": "32026L0001"}, "date": {"value": "2026-05-13"}, "title": {"value": "Direktiv om torg"}}
    return data({"results": {"bindings": [row]}})


# kind: what it answers, the end of its address, how many items that gives
KINDS = {
    "feed": (feed, "", 2),
    "page": (page, "", 3),
    "rounds": (rounds, "", 2),
    "calendar": (calendar, "", 2),
    "haveyoursay": (haveyoursay, "/api/searchInitiatives?size=100", 2),
    "riksdag": (riksdag, "", 2),
    "presscorner": (presscorner, "/api/latestnews?language=en", 1),
    "cellar": (cellar, "", 1),
}
INTERFACES = ("haveyoursay", "riksdag", "presscorner", "cellar")
WALL = b"<html><head><script src='/_Incapsula_Resource?SWJIYLWA=5074a744e2e3d891814e9a2dace20bd4'></script></head><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>'
# fault: what is answered, the classes it may be told as, and the kinds that can have it (all, when none are named)
FAULTS = {
    "missing": (lambda path: Answer(status=404), {"gone"}, ()),
    "taken-away": (lambda path: Answer(status=410), {"gone"}, ()),
    "forbidden": (lambda path: Answer(status=403), {"blocked"}, ()),
    "too-often": (lambda path: Answer(status=429), {"blocked"}, ()),
    "broken-server": (lambda path: Answer(status=503), {"server-error"}, ()),
    "wall": (lambda path: Answer(WALL, headers=HTML), {"blocked"}, ()),
    "loop": (lambda path: Answer(status=302, headers={"Location": f"{path}x"}), {"server-error"}, ()),
    "inside": (lambda path: Answer(status=302, headers={"Location": "http://10.0.0.1/"}), {"refused"}, ()),
    "cut": (lambda path: Answer(b"<rss", headers={"Content-Length": "900"}), {"unreachable"}, ()),
    "bomb": (lambda path: Answer(BOMB, headers={"Content-Encoding": "gzip"}), {"too-large"}, ()),
    "nothing": (lambda path: Answer(b"", headers=HTML), {"not-a-feed", "layout", "unreadable", "empty", "scripted"}, ()),
    "new-site": (lambda path: html("<main><h1>Ny webbplats</h1></main>"), {"not-a-feed", "layout", "unreadable", "scripted"}, ()),
    "entities": (lambda path: Answer(ENTITIES, headers=XML), {"refused"}, ("feed",)),
    "half-json": (lambda path: Answer(b'{"a": [1, ', headers=JSON), {"unreadable"}, INTERFACES),
    "other-json": (lambda path: data({"error": {"code": 1}}), {"layout"}, INTERFACES),
    "dead-links": (lambda path: page(path) if path.count("/") == 1 else Answer(status=404), {"dead-links", "gone"}, ("page",)),
}


def faults():
    """Yield eighty different pairs of kind and fault, taken evenly from the hundred that there are."""
    pairs = [(kind, fault) for fault, (_, _, kinds) in FAULTS.items() for kind in kinds or KINDS]
    yield from (pairs[n * 7 % len(pairs)] for n in range(80))


ROWS = {f"s{number}-{fault}": (kind, fault, number // 40) for number, (kind, fault) in enumerate(faults())}
"""Name of each source: its kind, its fault, and the day on which it has it."""


def settings(url):
    tables = ["[network]\nallow_loopback = true\ndelay = 0\nretries = 0\ntimeout = 60\n"]
    for name, (kind, _, _) in ROWS.items():
        links = f"links = '/{name}/\\d$'\n" if kind == "page" else ""
        options = 'options = { types = ["IP"] }\n' if kind == "presscorner" else ""
        address = f"{url}/{name}{KINDS[kind][1]}"
        tables.append(
            f'[[source]]\nid = "{name}"\nkind = "{kind}"\nname = "Källan {name}"\nurl = "{address}"\nlanguage = "sv"\n'
            f'publishes = ["call", "news", "policy"]\nexpected = 1\n{links}{options}'
        )
    return "\n".join(tables)


def answer_of(day):
    """Return the publishers of a day: those with a fault on it, and the sound ones."""

    def respond(asked):
        name = asked.path.split("/")[1].rstrip("x")
        if name not in ROWS:
            return Answer(status=404)
        kind, fault, faulty = ROWS[name]
        return (FAULTS[fault][0] if faulty == day else KINDS[kind][0])(asked.path)

    return respond


def count_calls(installation):
    with closing(sqlite3.connect(installation.archive)) as connection:
        return dict(connection.execute("SELECT source, count(*) FROM calls GROUP BY source"))


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """Return of each day the reports by source, the number of calls in the archive by source, and the memory in KiB."""
    installation, results, today = Installation(tmp_path_factory.mktemp("days")), [], [0]
    with serve(lambda asked: answer_of(today[0])(asked)) as publisher:
        installation.configure(settings(publisher.url))
        for day, now in enumerate(DAYS):
            today[0] = day
            command = [sys.executable, "-c", MEASURE, *installation.command("crawl", *ROWS, "--json", now=now)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=True)
            code, out, err, peak = json.loads(done.stdout)
            assert code == 1, err
            results.append(({row["id"]: row for row in json.loads(out)["sources"]}, count_calls(installation), peak))
    return results


def test_there_are_eighty_each_with_a_fault_of_its_own_and_every_fault_among_them():
    assert len(ROWS) == len({(kind, fault) for kind, fault, _ in ROWS.values()}) == 80
    assert {fault for _, fault, _ in ROWS.values()} == set(FAULTS)
    for day in (0, 1):
        assert {kind for kind, _, faulty in ROWS.values() if faulty == day} == set(KINDS)
        assert sum(faulty == day for _, _, faulty in ROWS.values()) == 40


@pytest.mark.parametrize("day", [0, 1])
def test_the_sound_half_is_read_whole(days, day):
    reports, stored, _ = days[day]
    for name, (kind, _, faulty) in ROWS.items():
        if faulty != day:
            assert (name, kind, reports[name]["state"], stored.get(name)) == (name, kind, "accepted", KINDS[kind][2])


@pytest.mark.parametrize("day", [0, 1])
def test_each_fault_is_told_as_it_is(days, day):
    reports = days[day][0]
    told = {
        name: (kind, fault, reports[name]["state"], reports[name]["health"])
        for name, (kind, fault, faulty) in ROWS.items()
        if faulty == day
    }
    wrong = {name: row for name, row in told.items() if row[2] not in ("degraded", "failed") or row[3] not in FAULTS[row[1]][1]}
    assert wrong == {}
    assert all(reports[name]["reason"] for name in told)


def test_a_fault_of_the_second_day_takes_no_call_of_the_first(days):
    before, after = days[0][1], days[1][1]
    faulty = [name for name, row in ROWS.items() if row[2] == 1]
    assert {name: after.get(name) for name in faulty} == {name: before[name] for name in faulty}


@pytest.mark.parametrize("day", [0, 1])
def test_no_process_takes_more_than_300_mb(days, day):
    assert days[day][2] < LARGEST
