"""Fetching from publishers on loopback: conditional, whole or not at all, never to a private address."""

import email
import itertools
import json
import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.awards import searches
from monitor.awards.installation import chances_before
from monitor.awards.searches import SEARCHES, fetch_search
from monitor.collect.file_fetch import FetchLimits, fetch_file
from monitor.config import load_config
from monitor.errors import SourceError
from monitor.jobs import awards as job
from monitor.jobs.doctor import _funded
from monitor.jobs.status import awards_attention
from tests.awards import files
from tests.publishers import Answer, serve

LIMITS = FetchLimits(agent="eu-monitor (test)", allow_loopback=True, delay=0, timeout=2, largest=500_000)
NOW = datetime(2026, 11, 28, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
NO_RULES = Answer(status=404)


def answering(*answers):
    """Return a publisher that gives these answers in turn, the last one again and again, and has no robots.txt."""
    waiting = list(answers)

    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return respond


def test_a_file_is_fetched_again_only_when_it_has_changed(tmp_path):
    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        if asked.headers.get("If-None-Match") == '"one"':
            return Answer(status=304)
        return Answer(b"rows", headers={"ETag": '"one"', "Content-Type": "text/csv"})

    target = tmp_path / "latest_SE.csv"
    with serve(respond) as publisher:
        assert fetch_file(f"{publisher.url}/latest_SE.csv", target, LIMITS)
        assert not fetch_file(f"{publisher.url}/latest_SE.csv", target, LIMITS)
        assert target.read_bytes() == b"rows"
        target.unlink()
        assert fetch_file(f"{publisher.url}/latest_SE.csv", target, LIMITS), "a file that was removed is fetched anew"
        assert {asked.headers["User-Agent"] for asked in publisher.asked} == {"eu-monitor (test)"}


def endless():
    return Answer(headers={"Content-Length": str(10**12)}, pieces=itertools.repeat(b"0" * 65536))


BAD = {
    "cut": (Answer(b"ha", headers={"Content-Length": "4000"}), "avbröt överföringen"),
    "page": (Answer(b"<html>", headers={"Content-Type": "text/html; charset=utf-8"}), "webbsida i stället för data"),
    "gone": (Answer(status=404), "HTTP 404"),
    "broken": (Answer(status=503), "HTTP 503"),
    "private": (Answer(status=302, headers={"Location": "http://10.0.0.1/x.csv"}), "får inte hämtas"),
    "metadata": (Answer(status=307, headers={"Location": "http://169.254.169.254/"}), "får inte hämtas"),
    "scheme": (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "får inte hämtas"),
    "circle": (Answer(status=301, headers={"Location": "/again"}), "för många gånger"),
    "silence": (Answer(headers={"Content-Length": "10"}, pause=True), "svarade inte i tid"),
}


@pytest.mark.parametrize("kind", [*BAD, "endless"])
def test_what_is_no_file_leaves_the_last_one(tmp_path, kind):
    answer, words = BAD[kind] if kind in BAD else (endless(), "mer än 500000 byte")
    target = tmp_path / "latest_SE.csv"
    target.write_bytes(b"old")
    with serve(answering(answer)) as publisher, pytest.raises(SourceError, match=words):
        fetch_file(f"{publisher.url}/latest_SE.csv", target, replace(LIMITS, timeout=1))
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["latest_SE.csv"]


def test_loopback_is_refused_where_the_settings_do_not_allow_it(tmp_path):
    with serve(answering(Answer(b"x"))) as publisher:
        with pytest.raises(SourceError, match="får inte hämtas"):
            fetch_file(f"{publisher.url}/x.csv", tmp_path / "x.csv", replace(LIMITS, allow_loopback=False))
        with pytest.raises(SourceError, match="får inte hämtas"):
            fetch_file(
                f"{publisher.url.replace('127.0.0.1', 'localhost')}/x", tmp_path / "x", replace(LIMITS, allow_loopback=False)
            )
        assert publisher.asked == []


def test_robots_are_obeyed(tmp_path):
    rules = Answer(b"User-agent: *\nDisallow: /data/\n")
    with serve(lambda asked: rules if asked.path == "/robots.txt" else Answer(b"x")) as publisher:
        with pytest.raises(SourceError, match=r"robots\.txt; hämta filen för hand"):
            fetch_file(f"{publisher.url}/data/x.csv", tmp_path / "x.csv", LIMITS)
        assert fetch_file(f"{publisher.url}/open/x.csv", tmp_path / "x.csv", LIMITS)
    with serve(lambda asked: Answer(status=500)) as publisher, pytest.raises(SourceError, match=r"500 på frågan om robots\.txt"):
        fetch_file(f"{publisher.url}/x.csv", tmp_path / "x.csv", LIMITS)


def form(asked):
    """Return the parts of a multipart form as JSON values."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    parts = email.message_from_bytes(head + asked.body).get_payload()
    return {part.get_param("name", header="content-disposition"): json.loads(part.get_payload()) for part in parts}


def portal_of(rows, *, spoil=None):
    """Return a portal that holds rows by programme code and year, and answers as the portal does: at most 10,000 a query."""

    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        query = form(asked)["query"]["bool"]
        codes = next((term["terms"]["programId"] for term in query["must"] if "programId" in term.get("terms", {})), None)
        without = next((term["terms"]["programId"] for term in query.get("must_not", ())), [])
        span = next((term["range"]["startDate"] for term in query["must"] if "range" in term), {})
        found = [
            row for row in rows
            if (codes is None or row["programId"] in codes) and row["programId"] not in without
            and (not span or span.get("gte", "") <= row["startDate"] < span.get("lt", "9"))
        ]  # fmt: skip
        number = int(asked.query["pageNumber"][0])
        page = {"apiVersion": "2.148", "totalResults": len(found),
                "results": [row["row"] for row in found[100 * number - 100 : 100 * number]]}  # fmt: skip
        return (
            spoil(asked, number, page)
            if spoil
            else Answer(json.dumps(page).encode(), headers={"Content-Type": "application/json"})
        )

    return respond


def made_rows(count, code="43252405"):
    """Return made rows of projects that start in 2022 to 2025."""
    made = files.portal_page(count, range(count))["results"]
    found = []
    for number, row in enumerate(made):
        start = f"{2022 + number % 4}-01-01T00:00:00.000+0000"
        row["metadata"] |= {"programId": [code], "startDate": [start]}
        found.append({"programId": code, "startDate": start, "row": row})
    return found


def pages(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_search_is_read_until_its_total_and_replaces_the_last_pages(tmp_path):
    (tmp_path / "hamtad-life.0009.json").write_text("old", "utf-8")
    (tmp_path / "egen.json").write_text("laid by hand", "utf-8")
    with serve(portal_of(made_rows(230) + made_rows(2, "77"))) as publisher:
        fetch_search(SEARCHES["portal"], f"{publisher.url}/search", tmp_path, LIMITS, 2026)
        assert publisher.asked[1].query["apiKey"] == ["SEDIA_NONH2020_PROD"]
        assert form(publisher.asked[1])["languages"] == ["en"]
        assert sum(asked.path == "/robots.txt" for asked in publisher.asked) == 1
    names = pages(tmp_path)
    assert [name for name in names if "life" in name] == [f"hamtad-life.000{number}.json" for number in (1, 2, 3)]
    assert "egen.json" in names
    assert len(json.loads((tmp_path / "hamtad-ovriga.0001.json").read_text("utf-8"))["results"]) == 2


def test_a_query_with_too_many_rows_is_asked_by_year(tmp_path, monkeypatch):
    search = replace(SEARCHES["portal"], most=200)
    with serve(portal_of(made_rows(400))) as publisher:
        fetch_search(search, f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert "hamtad-life.0001.json" not in pages(tmp_path)
    assert {name for name in pages(tmp_path) if re.search(r"life-202[2-5]\.", name)} == {
        f"hamtad-life-{year}.0001.json" for year in range(2022, 2026)
    }
    lost = made_rows(400)
    for row in lost[:300]:
        row["startDate"] = "~"  # in no year
    with serve(portal_of(lost)) as publisher, pytest.raises(SourceError, match="life har 400 poster men delarna tillsammans 100"):
        fetch_search(search, f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert "hamtad-life-2022.0001.json" in pages(tmp_path), "the last pages stay"


def spoilt(kind):
    """Return what a portal does wrong on the second page of LIFE, for ever or once."""
    state = {"empty": 1}

    def spoil(asked, number, page):
        good = Answer(json.dumps(page).encode())
        if number != 2:
            return good
        if kind == "once-empty" and state["empty"]:
            state["empty"] = 0
            return Answer(json.dumps(page | {"results": []}).encode())
        return {
            "once-empty": good,
            "empty": Answer(json.dumps(page | {"results": []}).encode()),
            "grown": Answer(json.dumps(page | {"totalResults": page["totalResults"] + 1}).encode()),
            "page": Answer(b"<html>", headers={"Content-Type": "text/html"}),
            "renamed": Answer(json.dumps({"rows": [], "totalResults": 1}).encode()),
            "half": Answer(json.dumps(page).encode()[:300]),
            "deep": Answer(b"[" * 300_000),
            "many": Answer(json.dumps(page | {"results": page["results"] * 2}).encode()),
        }[kind]

    return spoil


@pytest.mark.parametrize(
    ("kind", "words"),
    [("empty", "är tom"), ("grown", "ändrades under hämtningen"), ("page", "webbsida"), ("renamed", "annan form"),
     ("half", "ingen hel JSON"), ("deep", "ingen hel JSON"), ("many", "skulle ha 130 poster men hade 160")],
)  # fmt: skip
def test_a_search_that_does_not_add_up_leaves_the_last_pages(tmp_path, kind, words):
    (tmp_path / "hamtad-life.0001.json").write_text("old", "utf-8")
    with serve(portal_of(made_rows(130), spoil=spoilt(kind))) as publisher, pytest.raises(SourceError, match=words):
        fetch_search(SEARCHES["portal"], f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert pages(tmp_path) == ["hamtad-life.0001.json"]
    assert (tmp_path / "hamtad-life.0001.json").read_text("utf-8") == "old"


def test_one_empty_page_is_not_the_end(tmp_path):
    with serve(portal_of(made_rows(130), spoil=spoilt("once-empty"))) as publisher:
        fetch_search(SEARCHES["portal"], f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert "hamtad-life.0002.json" in pages(tmp_path)


def installed(tmp_path, monkeypatch, source, url):
    """Return the settings of an installation whose source is fetched from an address, with a folder for it."""
    path = tmp_path / "monitor.toml"
    path.write_text('data_dir = "data"\n[network]\ndelay = 0\nallow_loopback = true\ntimeout = 5\n', "utf-8")
    monkeypatch.setitem(job.SOURCES, source, replace(job.SOURCES[source], fetched=url))
    (tmp_path / "data" / "awards" / source).mkdir(parents=True)
    return load_config(path)


def imported(config, source, now=NOW):
    states = {state.source: state for state in job.import_awards(config, [], now, fetch=True)}
    return states[source]


def test_the_portal_is_fetched_and_imported_and_a_failure_is_told_by_status_and_doctor(tmp_path, monkeypatch):
    with serve(portal_of(made_rows(120))) as publisher:
        config = installed(tmp_path, monkeypatch, "portal", f"{publisher.url}/search")
        state = imported(config, "portal")
        assert (state.state, state.report.projects) == ("imported", 120)
        asked = len(publisher.asked)
        assert imported(config, "portal", NOW.replace(day=29)).state == "unchanged"
        assert len(publisher.asked) == asked, "not due within the month"
    later = NOW.replace(year=2027)
    failed = imported(config, "portal", later)
    assert (failed.state, "gick inte att nå" in failed.reason) == ("refused", True)
    (told,) = awards_attention(config, later)
    assert "Det som lästes förra gången gäller" in told
    finding = _funded(config, later)
    assert (finding.well, finding.text) == (False, told)


def test_erasmus_keeps_what_is_nordic_and_the_numbers_still_add_up(tmp_path, monkeypatch):
    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        query = json.loads(asked.body)
        year, start, size = int(query["project"]["projectCallYear"]), query["from"], query["size"]
        total = {2023: 7, 2024: 2}.get(year, 0)
        page = files.erasmus_page(total, range(start, min(total, start + size)))
        for row in page["projectDocuments"]:
            row["projectName"] = row["projectName"].replace("2023-1", f"{year}-1")
            if row["projectId"] in ("guid-0", "guid-5"):
                row["organisations"][0]["organisationCountry"] = "DE"
        del page["aggregations"]
        return Answer(json.dumps(page).encode())

    monkeypatch.setattr(searches, "_ERASMUS_PAGE", 3)
    with serve(respond) as publisher:
        config = installed(tmp_path, monkeypatch, "erasmus", f"{publisher.url}/search")
        state = imported(config, "erasmus")
    assert (state.state, state.report and state.report.projects) == ("imported", 6), state.reason


def test_erasmus_without_countries_is_refused_before_all_is_left_out(tmp_path):
    page = json.dumps(files.erasmus_page(2, range(2))).replace("organisationCountry", "organisationLand").encode()
    with serve(answering(Answer(page))) as publisher, pytest.raises(SourceError, match="annan form"):
        fetch_search(SEARCHES["erasmus"], f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert pages(tmp_path) == []


def test_lifes_own_search_is_a_form_with_every_field(tmp_path, monkeypatch):
    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        fields = dict(item.split("=") for item in asked.body.decode().split("&"))
        if len(fields) < 20:
            return Answer(status=500)
        start = int(fields["skip"])
        return Answer(json.dumps(files.life_page(103, range(start, min(103, start + 100)))).encode())

    with serve(respond) as publisher:
        config = installed(tmp_path, monkeypatch, "life", f"{publisher.url}/search/excel")
        assert imported(config, "life").report.projects == 103


def test_vinnova_is_one_list(tmp_path, monkeypatch):
    with serve(
        answering(Answer(json.dumps(files.vinnova_rows(1)).encode(), headers={"Content-Type": "application/json"}))
    ) as publisher:
        config = installed(tmp_path, monkeypatch, "vinnova", f"{publisher.url}/api/projekt/2021-01-01")
        assert imported(config, "vinnova").report.projects == 1
    assert [path.name for path in (tmp_path / "data/awards/vinnova").iterdir() if path.suffix != ".json"] == ["2021-01-01"]


def update(code, text, day="2025-09-26"):
    return {"metadata": {"type": ["6"], "identifier": [code], "callIdentifier": [code], "startDate": [f"{day}T00:00:00.000+0000"],
                         "description": [f"<p>{text}</p>"]}}  # fmt: skip


def test_updates_of_closed_topics_give_chances(tmp_path, monkeypatch):
    rows = [
        update("LIFE-2025-SAP-NAT", "A total of 112 proposals were submitted. Number of funded proposals: 14"),
        update("LIFE-2025-SAP-NAT", "The submission session is now available."),
        update("LIFE-2025-SAP-ENV", "300 proposals have been submitted."),
    ]

    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        query = form(asked)["query"]["bool"]
        assert {"terms": {"type": ["6"]}} in query["must"]
        some = rows if {"terms": {"frameworkProgramme": ["43252405"]}} in query["must"] else []
        return Answer(json.dumps({"apiVersion": "2", "totalResults": len(some), "results": some}).encode())

    with serve(respond) as publisher:
        config = installed(tmp_path, monkeypatch, "portal-updates", f"{publisher.url}/search")
        state = imported(config, "portal-updates")
    assert (state.state, state.reason) == ("imported", "2 nyheter om ansökningar kända")
    from monitor.archive import open_archive

    with open_archive(config.archive) as archive:
        ((code, found),) = chances_before(config, archive.db, "LIFE-2027-SAP-NAT")
    assert (code, found.submitted, found.funded, found.percent) == ("LIFE-2025-SAP-NAT", 112, 14, 12)
    broken = tmp_path / "data/awards/portal-updates/hamtad-life.0001.json"
    broken.write_text(broken.read_text("utf-8").replace("description", "text"), "utf-8")
    refused = imported(config, "portal-updates", NOW.replace(day=29))
    assert (refused.state, "description" in refused.reason) == ("refused", True)


def test_closed_calls_are_fetched_with_their_openings(tmp_path, monkeypatch):
    row = {"metadata": {"type": ["1"], "identifier": ["CERV-2025-CHILD"], "title": ["Rights of the child"], "descriptionByte": ["x" * 900],
                        "startDate": ["2024-12-03T00:00:00.000+0000"]}}  # fmt: skip

    def respond(asked):
        if asked.path == "/robots.txt":
            return NO_RULES
        some = [row] if {"terms": {"frameworkProgramme": ["43251589"]}} in form(asked)["query"]["bool"]["must"] else []
        return Answer(json.dumps({"apiVersion": "2", "totalResults": len(some), "results": some}).encode())

    with serve(respond) as publisher:
        config = installed(tmp_path, monkeypatch, "closed-calls", f"{publisher.url}/search")
        assert imported(config, "closed-calls").reason == "1 utlysningar kända"
    assert "descriptionByte" not in (tmp_path / "data/awards/closed-calls/hamtad-cerv.0001.json").read_text("utf-8")


def test_rows_in_another_form_are_refused(tmp_path):
    page = Answer(json.dumps({"totalResults": 1, "results": [{"identifier": "LIFE-2025-X"}]}).encode())
    with serve(answering(page)) as publisher, pytest.raises(SourceError, match="annan form"):
        fetch_search(SEARCHES["closed-calls"], f"{publisher.url}/search", tmp_path, LIMITS, 2026)
    assert pages(tmp_path) == []
