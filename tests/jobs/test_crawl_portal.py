"""The portal read over real HTTP: the captured days as they were, and a portal that misbehaves."""

import json
import random
import shutil
import sqlite3
import tarfile
import time
from contextlib import closing

import pytest

from tests.commands import Installation, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

CURRENT = {
    "2026-05-07": 576,
    "2026-05-20": 624,
    "2026-05-27": 632,
    "2026-05-28": 631,
    "2026-06-17": 623,
    "2026-06-25": 563,
    "2026-06-27": 579,
    "2026-07-02": 528,
}
WHOLE = ("2026-05-20", "2026-05-27", "2026-05-28", "2026-06-17")


@pytest.fixture(scope="module")
def captures(shared):
    """Return the captured pages by day and number, exactly as they came."""
    days = {}
    for file in sorted((shared / "data/eu/sedia-search-raw").glob("*.tar.gz")):
        with tarfile.open(file) as archive:
            members = [member for member in archive.getmembers() if "/page-" in member.name]
            days[file.name.removesuffix(".tar.gz")] = {
                int(member.name.split("-")[-1].removesuffix(".json")): archive.extractfile(member).read() for member in members
            }
    return days


class Portal:
    """Portal that answers with the pages of the day it is set to."""

    def __init__(self, days):
        self.days, self.day = days, ""

    def __call__(self, asked):
        if asked.path != "/search":
            return Answer(status=404)
        body = self.days[self.day].get(int(asked.query["pageNumber"][0]))
        return Answer(body, headers={"Content-Type": "application/json"}) if body else Answer(status=404)


def ask(installation, query, *values):
    with closing(sqlite3.connect(installation.archive)) as connection:
        return connection.execute(query, values).fetchall()


def event_counts(installation, day):
    rows = ask(installation, "SELECT type, count(*) FROM events WHERE at LIKE ? AND baseline = 0 GROUP BY type", f"{day}%")
    return dict(rows)


def opened(installation, day):
    query = "SELECT c.identifier FROM events e JOIN calls c USING (source, call_id) WHERE e.type = 'opened' AND e.at LIKE ?"
    return {identifier for (identifier,) in ask(installation, query, f"{day}%")}


@pytest.mark.shared
def test_the_captured_days(installation, captures):
    portal = Portal(captures)
    with serve(portal) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        found = {}
        # A degraded day lies between two accepted ones; each is also read twice at the end.
        for day in ("2026-05-07", "2026-05-20", "2026-05-27", "2026-05-28", "2026-06-17"):
            portal.day = day
            found[day] = installation.fork("crawl", "funding-tenders", "--json", now=f"{day}T12:00").json["sources"][0]
        before = ask(installation, "SELECT count(*), (SELECT count(*) FROM versions) FROM events")
        again = installation.fork("crawl", "funding-tenders", "--json", now="2026-06-17T12:00").json["sources"][0]
        assert (again["new"], again["changed"], again["vanished"]) == (0, 0, 0)
        assert ask(installation, "SELECT count(*), (SELECT count(*) FROM versions) FROM events") == before
        for day in ("2026-06-25", "2026-06-27", "2026-07-02"):
            portal.day = day
            found[day] = installation.fork("crawl", "funding-tenders", "--json", now=f"{day}T12:00").json["sources"][0]
    assert {day: answer["current"] for day, answer in found.items()} == CURRENT
    assert {day for day, answer in found.items() if answer["state"] == "accepted"} == set(WHOLE)
    reasons = {day: answer["reason"] for day, answer in found.items() if answer["state"] == "degraded"}
    assert "663 rader men gav 580" in reasons["2026-05-07"]
    assert "2.146 och 2.148.1" in reasons["2026-06-25"]
    assert "1812 rader men gav 1461" in reasons["2026-06-27"]
    assert "1235 rader men gav 971" in reasons["2026-07-02"]
    week = event_counts(installation, "2026-05-27")
    assert (week["new"], week["deadline_moved"], week["opened"]) == (14, 6, 3)
    moved = ask(
        installation,
        "SELECT e.old, e.new FROM events e JOIN calls c USING (source, call_id)"
        " WHERE e.type = 'deadline_moved' AND c.identifier = ?",
        "CERV-2026-DATA",
    )
    assert [(json.loads(old)[0][:10], json.loads(new)[0][:10]) for old, new in moved] == [("2026-05-28", "2026-06-25")]
    next_day = event_counts(installation, "2026-05-28")
    assert next_day["new"] == 2
    assert "deadline_moved" not in next_day
    assert opened(installation, "2026-05-28") == {
        "ISF-2026-TF2-AG-CORRUPT",
        "ESF-2026-SE-INCUBATION",
        "PPPA-2026-SOCIAL-ECONOMY-TOURISM",
        "HORIZON-JU-EDCTP3-2026-OUTSRESEARCHTEAMPRIZE",
    }
    june = event_counts(installation, "2026-06-17")
    assert (june["new"], june["opened"], june.get("deadline_moved", 0)) == (33, 23, 0)
    for day in ("2026-06-25", "2026-06-27", "2026-07-02"):
        assert set(event_counts(installation, day)) <= {"new"}


class Shaky:
    """Portal of 250 calls whose second page `spoil` gives at each request."""

    def __init__(self, spoil, rows=None):
        self.rows, self.spoil, self.times = rows or [row(n) for n in range(250)], spoil, 0

    def __call__(self, asked):
        if asked.path != "/search":
            return Answer(status=404)
        number = int(asked.query["pageNumber"][0])
        if number == 2:
            self.times += 1
            return self.spoil(self)
        return Answer(page(self.rows, number))


def crawl_once(installation, portal, now="2026-05-20T12:00"):
    with serve(portal) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        outcome = installation.fork("crawl", "--json", "funding-tenders", now=now)
    return outcome, outcome.json["sources"][0]


@pytest.fixture(scope="module")
def read_whole(tmp_path_factory):
    """Return an installation that has read the whole listing once."""
    place = Installation(tmp_path_factory.mktemp("whole"))
    _, first = crawl_once(place, Shaky(lambda portal: Answer(page(portal.rows, 2))))
    assert first["state"] == "accepted"
    return place


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda portal: Answer(status=500), "HTTP 500"),
        (lambda portal: Answer(page(portal.rows, 2)[:1000]), "Sida 2 är inte hel JSON"),
        (lambda portal: Answer(b"<html>under construction</html>"), "Sida 2 är inte hel JSON"),
        (lambda portal: Answer(page([], 2, total=250)), "Sida 2 var tom"),
        (lambda portal: Answer(page(portal.rows, 2, version="2.148")), "2.146 och 2.148"),
        (lambda portal: Answer(page(portal.rows, 2, total=260)), "250 och 260"),
        (lambda portal: Answer(page(portal.rows, 1)), "250 rader men gav 150"),
        (
            lambda portal: Answer(page([*portal.rows[:150], {"reference": "999TOPICSen"}, *portal.rows[151:]], 2)),
            "saknade alla uppgifter",
        ),
    ],
    ids=["500", "half-json", "html", "empty", "version", "total", "t32-overlap", "bare-row"],
)
def test_a_page_that_misbehaves_degrades_the_run_and_harms_nothing(installation, read_whole, spoil, words):
    shutil.copytree(read_whole.archive.parent, installation.archive.parent)
    outcome, second = crawl_once(installation, Shaky(spoil), now="2026-05-21T12:00")
    assert outcome.code == 1
    assert second["state"] == "degraded"
    assert words in second["reason"]
    assert ask(installation, "SELECT count(*) FROM calls WHERE vanished_at IS NULL AND closed_at IS NULL") == [(250,)]
    assert ask(installation, "SELECT count(*) FROM events WHERE baseline = 0") == [(0,)]


@pytest.mark.parametrize("bad", [lambda p: Answer(status=503), lambda p: Answer(b"{")], ids=["503", "half-json"])
def test_a_passing_trouble_is_retried_and_the_run_accepted(installation, bad):
    portal = Shaky(lambda portal: bad(portal) if portal.times == 1 else Answer(page(portal.rows, 2)))
    _, source = crawl_once(installation, portal)
    assert (source["state"], source["current"]) == ("accepted", 250)


def test_a_bad_row_is_counted_and_stops_nothing(installation):
    rows = [row(n) for n in range(20)]
    rows[3]["metadata"]["latestInfos"] = ["[{"]
    rows[4] = "nonsense"
    _, source = crawl_once(installation, Shaky(None, rows))
    assert (source["current"], source["skipped"]) == (18, 2)


DAY = "2026-05-{:02}T12:00"
FULL = [row(n) for n in range(60)]


def crawl_days(installation, days, *commands):
    """Crawl the rows of each day, from the 20th of May on, and return the reports."""
    reports = []
    listing = {}
    with serve(
        lambda asked: Answer(page(listing["rows"], total=listing.get("total"))) if asked.path == "/search" else Answer(status=404)
    ) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        for number, rows in enumerate(days):
            listing["rows"] = rows
            outcome = installation.fork("crawl", "funding-tenders", "--json", now=DAY.format(20 + number))
            reports.append(outcome.json["sources"][0])
    return reports


def deadline_of(installation, number):
    return ask(installation, "SELECT date(next_deadline) FROM calls WHERE identifier = ?", f"LIFE-2026-TEST-{number:04}")[0][0]


def test_a_portal_that_grows_is_believed_at_once_and_dates_that_moved_are_taken_over(installation):
    moved = [row(0, deadlines=("2026-06-25",)), *FULL[1:]]
    half, whole = crawl_days(installation, [FULL[:30], moved])
    assert (half["state"], whole["state"], whole["new"], whole["changed"]) == ("accepted", "accepted", 30, 1)
    assert deadline_of(installation, 0) == "2026-06-25"


def test_a_fall_is_refused_once_and_believed_when_the_next_whole_scan_shows_the_same(installation):
    fewer = [row(0, deadlines=("2026-06-25",)), *FULL[1:30]]
    reports = crawl_days(installation, [FULL, fewer, fewer, fewer])
    assert [report["state"] for report in reports] == ["accepted", "degraded", "accepted", "accepted"]
    assert reports[1]["health"] == "fall"
    assert "30 aktuella utlysningar är orimligt få jämfört med 60" in reports[1]["reason"]
    assert "godta läsningen med: monitor sources accept funding-tenders" in reports[1]["reason"]
    assert deadline_of(installation, 0) == "2026-06-25"
    # What is missing is believed gone after two accepted scans, as ever.
    assert [report["vanished"] for report in reports] == [0, 0, 0, 30]


def test_two_falls_that_show_different_calls_confirm_nothing(installation):
    reports = crawl_days(installation, [FULL, FULL[:30], FULL[30:], FULL[:30]])
    assert [report["state"] for report in reports] == ["accepted", "degraded", "degraded", "degraded"]
    assert ask(installation, "SELECT count(*) FROM calls WHERE vanished_at IS NULL") == [(60,)]


def test_a_person_can_accept_a_reading(installation):
    fewer = [row(0, deadlines=("2026-06-25",)), *FULL[1:30]]
    _, refused = crawl_days(installation, [FULL, fewer])
    assert refused["state"] == "degraded"
    outcome = installation.fork("sources", "accept", "funding-tenders", "--json", now=DAY.format(22))
    assert outcome.code == 0, outcome.err
    assert (outcome.json["sources"][0]["state"], outcome.json["sources"][0]["changed"]) == ("accepted", 1)
    assert deadline_of(installation, 0) == "2026-06-25"
    assert crawl_days(installation, [fewer])[0]["state"] in ("accepted", "unchanged")
    again = installation.fork("sources", "accept", "funding-tenders", now=DAY.format(23))
    assert (again.code, "redan godkänd" in again.err) == (1, True)


def test_a_person_can_accept_a_listing_that_is_not_whole_and_nothing_is_taken_for_gone(installation):
    crawl_days(installation, [FULL])
    overlapping = Shaky(
        lambda portal: Answer(page(portal.rows, 2, total=160)), [*FULL[:50], *(row(n) for n in range(50, 100)), *FULL]
    )
    for day in (21, 22, 23):
        _, report = crawl_once(installation, overlapping, now=DAY.format(day))
        assert report["state"] == "degraded"
        assert installation.fork("sources", "accept", "funding-tenders", now=DAY.format(day)).code == 0
    assert ask(installation, "SELECT count(*) FROM calls WHERE vanished_at IS NULL") == [(100,)]


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(b"[]")], ids=["500", "no rows"])
def test_a_reading_that_failed_is_nothing_to_accept(installation, answer):
    with serve(lambda asked: answer if asked.path == "/search" else Answer(status=404)) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        installation.fork("crawl", "funding-tenders", now=DAY.format(20))
    outcome = installation.fork("sources", "accept", "funding-tenders", now=DAY.format(21))
    assert (outcome.code, "gav inget att godta" in outcome.err, "Traceback" in outcome.err) == (1, True, False)


@pytest.mark.shared
def test_half_a_captured_day_and_then_a_whole_one(installation, captures):
    rows = [one for body in captures["2026-05-20"].values() for one in json.loads(body)["results"]]
    moves = [one for one in rows if one["metadata"].get("identifier") == ["CERV-2026-DATA"]]
    half = [*moves, *[one for one in rows if one not in moves][::2]]
    listing = {number: page(half, number) for number in range(1, -(-len(half) // 100) + 1)}
    portal = Portal({**captures, "half": listing})
    states = []
    with serve(portal) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        for now, day in ((20, "half"), (21, "half"), (27, "2026-05-27"), (28, "2026-05-27"), (29, "2026-05-27")):
            portal.day = day
            outcome = installation.fork("crawl", "funding-tenders", "--json", now=DAY.format(now))
            states.append(outcome.json["sources"][0]["state"])
    assert set(states) <= {"accepted", "unchanged"}
    found = ask(installation, "SELECT json_extract(data, '$.deadlines[0].at') FROM calls WHERE identifier = 'CERV-2026-DATA'")
    assert [at[:10] for (at,) in found] == ["2026-06-25"]


def test_a_listing_that_claims_a_thousand_million_rows_is_not_followed_to_its_end(installation):
    asked_for = []

    def answer(asked):
        if asked.path != "/search":
            return Answer(status=404)
        asked_for.append(int(asked.query["pageNumber"][0]))
        return Answer(page(FULL, 1, total=1_000_000_000))

    with serve(answer) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        outcome = installation.fork("crawl", "funding-tenders", "--json", now=DAY.format(20))
    report = outcome.json["sources"][0]
    assert max(asked_for) == 300
    assert (outcome.code, report["state"], report["new"]) == (1, "degraded", 60)
    assert "Portalen uppgav 1000000000 rader. Högst 30000 läses." in report["reason"]


def test_a_publisher_that_is_away_fails_alone_with_a_sentence(installation):
    with serve(lambda asked: Answer(page([row(1)])) if asked.path == "/search" else Answer(status=404)) as publisher:
        away = "http://127.0.0.1:9/none"
        more = f'[[source]]\nid = "away"\nkind = "feed"\nname = "Away"\nurl = "{away}"\n'
        installation.configure(loopback_settings(f"{publisher.url}/search", more=more))
        outcome = installation.fork("crawl", "--json", "funding-tenders", "away", now="2026-05-20T12:00")
    states = {source["id"]: (source["state"], source["reason"]) for source in outcome.json["sources"]}
    assert states["funding-tenders"][0] == "accepted"
    assert states["away"][0] == "failed"
    assert "Servern svarade inte" in states["away"][1]
    assert outcome.code == 1


def test_the_form_is_sent_as_the_portal_wants_it(installation):
    with serve(lambda asked: Answer(page([row(1)])) if asked.path == "/search" else Answer(status=404)) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        installation.fork("crawl", "funding-tenders")
        sent = next(asked for asked in publisher.asked if asked.method == "POST")
    assert sent.query == {"apiKey": ["SEDIA"], "text": ["***"], "pageSize": ["100"], "pageNumber": ["1"]}
    assert sent.body.count(b"Content-Type: application/json") == 3
    assert b'"types"' not in sent.body
    assert b'{"field": "identifier", "order": "ASC"}' in sent.body
    assert "eu@example.se" in sent.headers["User-Agent"]


def test_killed_at_random_the_archive_is_whole_and_the_next_run_completes(installation):
    rows = [row(n, text=f"<p>{'words ' * 200}</p>") for n in range(150)]
    chance = random.Random(20260522)
    with serve(
        lambda asked: Answer(page(rows, int(asked.query["pageNumber"][0]))) if asked.path == "/search" else Answer(status=404)
    ) as publisher:
        installation.configure(loopback_settings(f"{publisher.url}/search"))
        assert installation.fork("crawl", "funding-tenders", now="2026-05-20T12:00").code == 0
        took = 0.0
        for day in range(21):
            for each in rows:  # every call changes, so that each run writes much
                each["metadata"]["descriptionByte"] = [f"<p>{'words ' * 200} {day}</p>"]
            started = time.monotonic()
            process = installation.start("crawl", "funding-tenders", now=f"2026-06-{day + 1:02}T12:00")
            process.join(chance.uniform(0.2, 1.0) * took if took else None)  # the first one says how long it takes
            took = took or time.monotonic() - started
            process.kill()
            process.join()
            assert ask(installation, "PRAGMA integrity_check") == [("ok",)]
            assert ask(installation, "SELECT count(*) FROM calls") == [(150,)]
        assert (
            installation.fork("crawl", "--json", "funding-tenders", now="2026-06-30T12:00").json["sources"][0]["current"] == 150
        )
    hashes = ask(installation, "SELECT count(DISTINCT json_extract(data, '$.sections')) FROM calls")
    assert hashes == [(1,)]
