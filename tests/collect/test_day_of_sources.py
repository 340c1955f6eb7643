"""A day of eighty sources of eight kinds on loopback, every other one with a fault: none harms another, and each is told truly."""

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import cycle, islice

import pytest

from tests.commands import Installation
from tests.publishers import Answer, serve

NOW = "2026-05-20T08:00:00+02:00"
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
JSON = {"Content-Type": "application/json"}
LARGEST = 300 * 1024
"""Memory of the largest process, in KiB."""
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


def sources():
    """Yield the eighty sources: name, kind, and fault or "" for the sound half."""
    pairs = [(kind, fault) for fault, (_, _, kinds) in FAULTS.items() for kind in kinds or KINDS]
    step = [pairs[n * 7 % len(pairs)] for n in range(len(pairs))]
    chosen = {fault: kind for kind, fault in step}  # every fault at least once
    faulty = [*((kind, fault) for fault, kind in chosen.items()), *(pair for pair in step if chosen[pair[1]] != pair[0])][:40]
    for number, (kind, fault) in enumerate(faulty):
        yield f"bad-{number}-{fault}", kind, fault
    for number, kind in enumerate(islice(cycle(KINDS), 40)):
        yield f"good-{number}", kind, ""


ROWS = {name: (kind, fault) for name, kind, fault in sources()}


def settings(url):
    tables = ["[network]\nallow_loopback = true\ndelay = 0\nretries = 0\ntimeout = 60\n"]
    for name, (kind, _) in ROWS.items():
        links = f"links = '/{name}/\\d$'\n" if kind == "page" else ""
        options = 'options = { types = ["IP"] }\n' if kind == "presscorner" else ""
        address = f"{url}/{name}{KINDS[kind][1]}"
        tables.append(
            f'[[source]]\nid = "{name}"\nkind = "{kind}"\nname = "Källan {name}"\nurl = "{address}"\nlanguage = "sv"\n'
            f'publishes = ["call", "news", "policy"]\nexpected = 1\n{links}{options}'
        )
    return "\n".join(tables)


def respond(asked):
    name = asked.path.split("/")[1].rstrip("x")
    kind, fault = ROWS.get(name, ("", ""))
    if not kind:
        return Answer(status=404)
    return (FAULTS[fault][0] if fault else KINDS[kind][0])(asked.path)


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("day"))
    with serve(respond) as publisher:
        installation.configure(settings(publisher.url))
        command = installation.command("crawl", *ROWS, "--json", now=NOW)
        done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, timeout=900, check=True)
    code, out, err, peak = json.loads(done.stdout)
    assert code == 1, err
    return installation, {row["id"]: row for row in json.loads(out)["sources"]}, peak


def test_there_are_eighty_and_every_fault_is_among_them():
    assert len(ROWS) == 80
    assert {fault for _, fault in ROWS.values()} == {*FAULTS, ""}
    assert {kind for kind, _ in ROWS.values()} == set(KINDS)


def test_the_sound_half_is_read_whole(day):
    installation, reports, _ = day
    with closing(sqlite3.connect(installation.archive)) as connection:
        stored = dict(connection.execute("SELECT source, count(*) FROM calls GROUP BY source"))
    for name, (kind, fault) in ROWS.items():
        if not fault:
            assert (name, kind, reports[name]["state"], stored.get(name)) == (name, kind, "accepted", KINDS[kind][2])


def test_each_fault_is_told_as_it_is(day):
    _, reports, _ = day
    told = {name: (kind, fault, reports[name]["state"], reports[name]["health"]) for name, (kind, fault) in ROWS.items() if fault}
    wrong = {name: row for name, row in told.items() if row[2] not in ("degraded", "failed") or row[3] not in FAULTS[row[1]][1]}
    assert wrong == {}
    assert all(reports[name]["reason"] for name in told)


def test_no_process_takes_more_than_300_mb(day):
    assert day[2] < LARGEST
