"""Lists with missing pages: the list is accepted and the pages are named, unless so many are missing that the list is in doubt."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from monitor.collect.reading import Problem, ProblemKind, SourceReading, describe_missing_pages
from monitor.collect.spider import missing_pages_problem
from tests.publishers import Answer, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
GONE = Problem(ProblemKind.GONE, "Sidan finns inte längre (HTTP 404).")
AWAY = Problem(ProblemKind.UNREACHABLE, "Servern svarade inte i tid.")


def reading(pages, *missing):
    found = SourceReading(pages=pages)
    for number, problem in enumerate(missing):
        found.add_unread_page(f"https://x.se/{number}", problem)
    return found


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (reading(3), None),
        (reading(3, GONE), None),
        (reading(10, GONE, GONE, GONE), None),
        (reading(3, GONE, GONE), ProblemKind.LINKS),
        (reading(10, GONE, GONE, GONE, AWAY), ProblemKind.LINKS),
        (reading(3, AWAY, AWAY), ProblemKind.UNREACHABLE),
        (reading(1, GONE), ProblemKind.LINKS),
    ],
)
def test_a_list_is_in_doubt_when_two_pages_and_more_than_thirty_per_cent_are_missing_or_all(found, kind):
    problem = missing_pages_problem(found)
    assert (problem.kind if problem else None) == kind


def test_missing_pages_are_named():
    assert describe_missing_pages(reading(3, GONE)) == "En sida av 3 saknas: https://x.se/0. Sidan finns inte längre (HTTP 404)."
    many = describe_missing_pages(reading(20, GONE, AWAY, GONE, GONE, GONE))
    assert many == (
        "5 sidor av 20 gick inte att läsa: https://x.se/0, https://x.se/1, https://x.se/2 och 2 till."
        " Sidan finns inte längre (HTTP 404). Servern svarade inte i tid."
    )


def article(number, day):
    text = f"Kommuner kan söka bidrag till projekt {number}. Bidraget är högst 100 000 kronor. Sista ansökningsdag är {day} oktober 2026. "
    return Answer(
        f"<html><body><main><article><h1>Bidrag {number}</h1><p>{text * 2}</p></article></main></body></html>".encode(),
        headers=HTML,
    )


class Publisher:
    """Serve a list of three pages of which the second is gone."""

    day = 15
    gone = ("/lista/2",)

    def __call__(self, asked):
        if asked.path == "/lista":
            return Answer("".join(f'<a href="/lista/{n}">Bidrag {n}</a>' for n in (1, 2, 3)).encode(), headers=HTML)
        if asked.path.startswith("/lista/") and asked.path not in self.gone:
            return article(asked.path[-1], self.day)
        return Answer(status=404)


SETTINGS = """[network]
allow_loopback = true
delay = 0
retries = 0
[[source]]
id = "lista"
kind = "page"
name = "Listan"
url = "{url}/lista"
links = '/lista/\\d$'
language = "sv"
"""


def days(installation, source):
    with closing(sqlite3.connect(installation.archive)) as connection:
        rows = connection.execute(
            "SELECT date(next_deadline, 'localtime') FROM calls WHERE source = ? ORDER BY call_id", [source]
        )
        return [datetime.fromisoformat(day).day for (day,) in rows]


def test_one_dead_link_is_named_and_changes_on_the_other_pages_count(installation):
    publisher = Publisher()
    with serve(publisher) as served:
        installation.configure(SETTINGS.format(url=served.url))
        first = installation.fork("crawl", "lista", "--json", now=datetime(2026, 5, 20, 8, tzinfo=UTC).isoformat())
        publisher.day = 1
        second = installation.fork("crawl", "lista", "--json", now=datetime(2026, 5, 21, 8, tzinfo=UTC).isoformat())
        publisher.gone = ("/lista/2", "/lista/3")
        third = installation.fork("crawl", "lista", "--json", now=datetime(2026, 5, 22, 8, tzinfo=UTC).isoformat())
        checked = installation.fork("sources", "check", "lista", "--json", now=datetime(2026, 5, 22, 8, tzinfo=UTC).isoformat())
    [lista] = first.json["sources"]
    assert (first.code, lista["state"], lista["health"], lista["new"]) == (0, "accepted", "", 2)
    assert lista["reason"].startswith(f"En sida av 3 saknas: {served.url}/lista/2. Sidan finns inte längre (HTTP 404).")
    assert second.json["sources"][0]["changed"] == 2
    assert days(installation, "lista") == [1, 1]
    report = third.json["sources"][0]
    assert (third.code, report["state"], report["health"]) == (1, "degraded", "dead-links")
    assert "2 sidor av 3 saknas" in report["reason"]
    assert not any("ändra url" in advice for advice in checked.json["advice"])
    assert any("Listan själv går att läsa" in advice for advice in checked.json["advice"])
