"""Facts that `sources check`, `check --all` and `seek` tell a person: the last day to answer, dead pages, and what is new."""

from datetime import UTC, datetime

import pytest

from monitor.archive.findings import RowFinding
from monitor.collect.reading import Problem, ProblemKind, SourceReading
from monitor.collect.verdicts import judge_check
from monitor.jobs import seek_sources
from monitor.jobs.check_sources import CheckedSource, table_lines
from monitor.sources import Source
from tests.commands import Installation
from tests.publishers import Answer, serve

HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = (
    "Här kan du ta del av remissen om förslag som rör kommuners arbete med skolor och skolbibliotek. {} Svaren bör lämnas per e-post till "
    "departementet och i bearbetningsbar form, och de kommer att publiceras på webbplatsen."
)
DAYS = ("Remissvaren ska ha kommit in senast den 14 april 2027 till departementet.", "Ni ombeds lämna synpunkter på förslaget.")
ROW = "[[source]]\nid = 'rem'\nkind = 'page'\nname = 'Remisser'\nurl = '{}/rem/'\nlinks = '/rem/r'\nlanguage = 'sv'\npublishes = ['policy']\n"
NETWORK = "[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n"


def page(title, body):
    return Answer(
        f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>".encode(), headers=HTML
    )


def respond(request):
    if request.path == "/rem/":
        return page("Remisser", "".join(f'<p><a href="/rem/r{number}">Remiss {number}</a></p>' for number in range(3)))
    number = request.path.removeprefix("/rem/r")
    if number not in ("0", "1"):
        return Answer(status=404)
    return page(f"Remiss av betänkandet {number}", f"<p>{WORDS.format(DAYS[int(number)])}</p>")


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Return the lines and the answer of `sources check` for a list of remisser of which one page is gone, and its address."""
    place = Installation(tmp_path_factory.mktemp("told"))
    with serve(respond) as served:
        place.configure(NETWORK + ROW.format(served.url))
        lines = place.fork("sources", "check", "rem", now="2026-11-30T08:00").out.splitlines()
        answer = place.fork("sources", "check", "rem", "--json", now="2026-11-30T08:00").json
    return lines, answer, served.url


def test_check_shows_the_last_day_to_answer_under_its_own_name(checked):
    lines, answer, _ = checked
    first, second = sorted(answer["items"], key=lambda item: item["url"])
    assert first["found"]["answers"] == "2027-04-14T23:59:59+02:00 (”14 april 2027”)"
    assert "answers" not in (*second["found"], *second["missing"]), "a proposal need not have one"
    assert "  sista dag att svara: 2027-04-14T23:59:59+02:00 (”14 april 2027”)" in lines
    assert not any("sista ansökningsdag" in line for line in lines)


def test_check_counts_and_names_dead_pages_of_a_list(checked):
    lines, answer, url = checked
    assert answer["unread_pages"] == [{"item": f"{url}/rem/r2", "reason": "Sidan finns inte längre (HTTP 404)."}]
    assert "2 poster skulle sparas, 0 lämnas utanför, 1 gick inte att läsa." in lines
    assert f"Oläslig: {url}/rem/r2 (Sidan finns inte längre (HTTP 404).)" in lines


def test_the_table_of_all_names_them_for_a_source_that_works_too():
    source = Source(
        id="rem", kind="page", name="R", url="https://x.se/rem/", links="/rem/r", address="confirmed", confirmed_by="reading"
    )
    reading = SourceReading(pages=3, said_empty=True)
    reading.add_unread_page("https://x.se/rem/r2", Problem(ProblemKind.GONE, "Sidan finns inte längre (HTTP 404)."))
    check = judge_check(source, reading, [], [], datetime(2026, 11, 30, 8, tzinfo=UTC))
    assert check.reason == "En sida av 3 saknas: https://x.se/rem/r2. Sidan finns inte längre (HTTP 404)."
    assert any(line.strip() == check.reason for line in table_lines([CheckedSource(source, check)]))


def test_seek_shows_what_is_new_in_a_row_that_was_found(tmp_path, monkeypatch):
    place = Installation(tmp_path)
    place.configure(NETWORK + ROW.format("https://x.se"))
    place.archive.parent.mkdir(parents=True)
    place.archive.touch()
    at, url = "2026-11-30T08:00:00+00:00", "https://x.se/rem/"
    same = {"kind": "page", "url": url, "links": "/stod/[^/?#]+"}
    found = [
        RowFinding("rem", at, url, same),
        RowFinding("rem", at, url, {"kind": "feed", "url": "https://x.se/feed", "links": ""}),
        RowFinding("rem", at, url, {**same, "links": "/rem/r", "browser": True}),
        RowFinding("rem", at, url),
    ]
    monkeypatch.setattr(seek_sources, "seek_sources", lambda *_: found)
    assert place.ask("sources", "seek", now="2026-11-30T08:00").out.splitlines() == [
        'rem: links = "/stod/[^/?#]+"',
        'rem: kind = "feed", url = "https://x.se/feed", links = ""',
        "rem: browser = true",
        "rem: inget hittades",
    ]
