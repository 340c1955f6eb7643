"""Statistics: counts and lists of events between two times, for status, the weekly note, the follow-up and the front page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive.codec import stamp
from monitor.archive.digests import count_told_facts, list_department_digests, list_failures, mark_subjects, store_failure
from monitor.archive.feedback import set_state, store_answer
from monitor.archive.listing import count_open_calls, list_closing_soon, list_department_news, list_newest
from monitor.archive.projects import list_followed_projects
from monitor.archive.statistics import (
    count_calls,
    count_states,
    count_unread_answers,
    list_call_titles,
    list_changes,
    list_first_seen,
    list_first_told,
    list_new_programmes,
    list_sources,
    matching_rule_version,
    read_call_codes,
    read_matched_themes,
)
from monitor.calls import Kind, Status
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
BEGIN, END = stamp(MONDAY - DAY), stamp(MONDAY + WEEK)


@pytest.fixture
def world(tmp_path):
    """Two calls and a piece of news that came after the source's first, empty reading; told in the week's mail."""
    world = World(tmp_path).welcomed()
    world.publish(
        a_call("1", "2026-06-20", programme="life", identifier="LIFE-1"),
        a_call("2", "2026-12-01", opens=MONDAY.date() + 4 * WEEK, stated_status=Status.FORTHCOMING),
        a_call("nytt", kind=Kind.NEWS),
        at=MONDAY,
    )
    world.week(MONDAY)
    return world


def test_changes_are_told_in_order_and_baselines_are_none(world):
    world.crawl(a_call("1", "2026-07-20", programme="life", identifier="LIFE-1"), at=MONDAY + DAY)
    with world.archive() as archive:
        first = [(one.type, one.call_id) for one in list_changes(archive.db, MONDAY - DAY, MONDAY)]
        later = list(list_changes(archive.db, MONDAY, MONDAY + DAY))
        assert list(list_changes(archive.db, MONDAY - 2 * WEEK, MONDAY - DAY)) == []
    assert first == [("new", "1"), ("new", "2"), ("new", "nytt")]
    (moved,) = [one for one in later if one.type == "deadline_moved"]
    assert (moved.identifier, moved.title, "2026-07-20" in moved.new) == ("LIFE-1", "Utlysning 1", True)


def test_the_follow_up_counts_calls_alone(world):
    with world.archive() as archive:
        db = archive.db
        assert list(list_first_seen(db, BEGIN, END)) == [
            (("portal", "1"), "LIFE-1", "life", stamp(MONDAY)),
            (("portal", "2"), "", "", stamp(MONDAY)),
        ]
        assert list(list_first_seen(db, END, END)) == []
        told = [("kultur-fritid", ("portal", "1"), stamp(MONDAY)), ("kultur-fritid", ("portal", "2"), stamp(MONDAY))]
        assert sorted(list_first_told(db, BEGIN, END)) == told
        assert list_first_told(db, END, END) == []
        assert list_first_told(db, stamp(MONDAY + DAY), END) == [], "first told before"
        themes = {key: [theme["id"] for theme in themes] for _, key, themes in read_matched_themes(db)}
        assert themes[("portal", "1")] == ["Tema"]
        assert read_call_codes(db, {("portal", "1"), ("portal", "borta")}) == {("portal", "1"): ("LIFE-1", "life")}


def test_each_state_that_was_reached_is_there_in_order_with_its_time(world):
    with world.archive() as archive:
        db = archive.db
        for days, state in enumerate(("soker", "soker", "beviljad")):
            set_state(db, "kultur-fritid", ("portal", "1"), state, note="", who="Anna", now=MONDAY + days * DAY)
        (followed,) = list_followed_projects(db)
        assert (followed.department, followed.key) == ("kultur-fritid", ("portal", "1"))
        assert (followed.identifier, followed.programme) == ("LIFE-1", "life")
        assert followed.states == ((MONDAY, "soker"), (MONDAY + DAY, "soker"), (MONDAY + 2 * DAY, "beviljad"))


def test_the_weekly_note_names_new_programmes_answers_and_titles(world):
    with world.archive() as archive:
        db = archive.db
        assert list_new_programmes(db, MONDAY - DAY) == [("life", "Utlysning 1", "LIFE-1")]
        assert list_new_programmes(db, MONDAY) == []
        assert list_call_titles(db, None, MONDAY + DAY) == ["Utlysning 1", "Utlysning 2"]
        assert list_call_titles(db, MONDAY + DAY, MONDAY + WEEK) == []
        for answer in ("intressant", "vidare"):
            store_answer(db, "kultur-fritid", ("portal", "1"), answer, note="", digest="", now=MONDAY)
        assert count_unread_answers(db) == {"intressant": 1, "vidare": 1}


def test_status_counts_living_calls_by_their_dates(world):
    with world.archive() as archive:
        db = archive.db
        assert count_calls(db, MONDAY) == {"open": 2, "forthcoming": 1, "closed": 0, "total": 3}
        assert count_calls(db, MONDAY + 4 * WEEK) == {"open": 1, "forthcoming": 1, "closed": 1, "total": 3}
        assert {row["id"]: row["current"] for row in list_sources(db)} == {"portal": 3, "feed": 0}
        assert count_states(db, "outbox") == {"sent": 2}
        assert count_states(db, "digests") == {"sent": 2}
        with pytest.raises(ValueError, match="calls"):
            count_states(db, "calls")
        assert matching_rule_version(db) == {}


def test_the_front_page_counts_and_lists_what_departments_may_apply_for(world):
    with world.archive() as archive:
        db = archive.db
        assert count_open_calls(db, MONDAY) == {"kultur-fritid": {"open": 1, "forthcoming": 1}}
        assert [one.call_id for one in list_closing_soon(db, MONDAY)] == ["1"]
        assert list_closing_soon(db, MONDAY, days=5) == []
        assert {one.call_id for one in list_newest(db, MONDAY)} == {"1", "2", "nytt"}
        assert len(list_newest(db, MONDAY, limit=1)) == 1
        assert [one.call_id for one in list_department_news(db, "kultur-fritid", MONDAY - DAY)] == ["nytt"]
        assert list_department_news(db, "kultur-fritid", MONDAY + DAY) == []
        store_answer(db, "kultur-fritid", ("portal", "1"), "inte-for-oss", note="", digest="", now=MONDAY)
        assert count_open_calls(db, MONDAY) == {"kultur-fritid": {"forthcoming": 1}}


def test_mails_of_a_department_are_listed_the_newest_first(world):
    with world.archive() as archive:
        listed = list_department_digests(archive.db, "kultur-fritid")
        assert [row["week"] for row in listed] == ["2026-W23", "2026-W22"]
        assert listed[0]["subject"] == "Tema och 1 till: sök senast 20 juni"
        assert list_department_digests(archive.db, "okand") == []
        assert count_told_facts(archive.db) > 2
        assert mark_subjects(archive.db, "[Prov] ").startswith("[Prov] ")


def test_a_mail_that_could_not_be_built_is_noted_until_it_is(world):
    with world.archive() as archive:
        store_failure(archive.db, "kultur-fritid", "2026-W24", "mallen är trasig", MONDAY + WEEK)
        assert list_failures(archive.db, MONDAY) == [("kultur-fritid", "2026-W24", "mallen är trasig")]
    world.digest(MONDAY + WEEK)
    with world.archive() as archive:
        assert list_failures(archive.db, MONDAY) == []


def test_a_call_that_is_replaced_keeps_its_first_month(world):
    world.crawl(replace(a_call("1", "2026-06-20"), title="Ny rubrik"), at=MONDAY + 5 * WEEK)
    with world.archive() as archive:
        assert [row[0] for row in list_first_seen(archive.db, stamp(MONDAY + 4 * WEEK), stamp(MONDAY + 6 * WEEK))] == []
