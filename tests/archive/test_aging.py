"""Ageing of a call with several cut-offs: every list, search and count shows the next one at its time."""

from datetime import timedelta

import pytest

from monitor.archive.feedback import list_followed_calls, store_answer
from monitor.archive.listing import list_calls, list_closing_soon, list_department_calls
from monitor.archive.runs import refresh_dates
from monitor.archive.search.facets import FacetIndex
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import search
from monitor.calls import DeadlineModel
from monitor.jobs.match import match_archive
from monitor.language.analyser import analyser
from monitor.vocabulary import Kind, Status
from tests.mailing import MONDAY, WEEK, World, a_call, text_of

READ = MONDAY - 20 * WEEK  # in January
CUT_OFFS = ("2026-02-01", "2026-07-01", "2026-10-01")
KEYS = [("portal", "flera"), ("portal", "tva-steg")]


@pytest.fixture(params=["unread", "read again unchanged", "refreshed"])
def world(request, tmp_path):
    """Archive of a source read in January, used in June: not read since, read again unchanged, or refreshed by the nightly job."""
    world = World(tmp_path)
    calls = [
        a_call("flera", *CUT_OFFS, title="Stöd till bibliotek"),
        a_call("tva-steg", "2026-02-01", "2026-07-01", title="Stöd till museer", deadline_model=DeadlineModel.TWO_STAGE),
        a_call("fest", title="Konferens", kind=Kind.EVENT, starts=READ + WEEK, ends=READ + 2 * WEEK),
    ]
    world.publish(*calls, at=READ)
    with world.archive() as archive:
        index_texts(archive.db, analyser())
        if request.param == "refreshed":
            refresh_dates(archive.db, MONDAY)
    if request.param == "read again unchanged":
        world.crawl(*calls, at=MONDAY - timedelta(days=1))
    world.how = request.param
    return world


def test_lists_and_exports_show_the_next_day(world):
    with world.archive() as archive:
        listed = {call.call_id: call for call in list_calls(archive.db, KEYS, MONDAY)}
        assert listed["flera"].next_deadline[:10] == "2026-07-01"
        assert listed["flera"].status == "open"
        assert (listed["tva-steg"].next_deadline, listed["tva-steg"].status) == (None, "closed"), "nobody new can apply"
        later = {call.call_id: call for call in list_calls(archive.db, KEYS, MONDAY + 10 * WEEK)}
        assert later["flera"].next_deadline[:10] == "2026-10-01"


def test_search_by_days_finds_it(world):
    with world.archive() as archive:
        for query, total in {
            "bibliotek efter:2026-06-15 före:2026-07-15": 1,
            "bibliotek före:2026-02-15": 0,
            "efter:2026-06-15 före:2026-07-15": 1,
            "museer efter:2026-06-15": 0,
        }.items():
            assert search(archive.db, query, MONDAY).total == total, query


def test_the_month_is_counted_by_the_next_day(world):
    with world.archive() as archive:
        index = FacetIndex(archive.db, MONDAY, lambda *_: "")
        months = index.counts(index.all_bits, {})["month"]
    assert [(one.value, one.count) for one in months] == [("2026-07", 1)]


def test_it_closes_soon_when_its_next_day_is_near(world):
    soon = MONDAY + 3 * WEEK
    with world.archive() as archive:
        assert [call.call_id for call in list_closing_soon(archive.db, soon)] == ["flera"]
        assert [(call.call_id, call.next_deadline[:10]) for call in list_closing_soon(archive.db, soon)] == [
            ("flera", "2026-07-01")
        ]
        assert list_closing_soon(archive.db, MONDAY - WEEK) == []


def test_a_departments_lists_show_the_next_day(world):
    with world.archive() as archive:
        shown = {call.call_id: call.next_deadline for call in list_department_calls(archive.db, "kultur-fritid", MONDAY)}
        assert shown["flera"][:10] == "2026-07-01"
        assert "tva-steg" not in shown
        store_answer(archive.db, "kultur-fritid", ("portal", "flera"), "intressant", note="", digest="", now=MONDAY)
        (taken,) = list_followed_calls(archive.db, "kultur-fritid", MONDAY)
        assert taken["next_deadline"][:10] == "2026-07-01"


def test_the_mail_tells_the_next_day(world):
    (mail,) = world.week(MONDAY)
    assert "1 juli" in text_of(mail).replace("\u00a0", " ")
    assert "1 februari" not in text_of(mail).replace("\u00a0", " ")


def test_the_nightly_match_brings_the_columns_up_to_date(world):
    with world.archive() as archive:
        match_archive(archive, world.rules, MONDAY)
    assert world.rows("SELECT call_id, substr(next_deadline, 1, 10), status FROM calls ORDER BY call_id") == [
        ("fest", None, "closed"),
        ("flera", "2026-07-01", "open"),
        ("tva-steg", None, "closed"),
    ]


def test_a_call_that_opens_is_still_told_by_the_run_that_reads_it(tmp_path):
    world = World(tmp_path)
    coming = a_call("1", *CUT_OFFS, stated_status=Status.FORTHCOMING)
    world.crawl(coming, at=READ)
    with world.archive() as archive:
        refresh_dates(archive.db, MONDAY)
    world.crawl(a_call("1", *CUT_OFFS, stated_status=Status.OPEN), at=MONDAY)
    assert ("opened",) in world.rows("SELECT type FROM events")
