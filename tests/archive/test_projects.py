"""Projects: amounts and days of what departments applied for, beside the states of the follow-up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.archive.feedback import current_state
from monitor.archive.projects import (
    Project,
    ReportingDay,
    list_followed_projects,
    list_reporting_days,
    read_project,
    store_project,
)
from monitor.archive.retention import erase_old, forget_address
from monitor.calls import CallKey
from monitor.errors import ArchiveError
from tests.mailing import MONDAY, WEEK, World, a_call

KEY = CallKey("portal", "1")
PROJECT = Project(
    department="kultur-fritid",
    source="portal",
    call_id="1",
    title="Läsfest",
    currency="EUR",
    applied_amount=60_000,
    own_amount=12_000,
    applied_on=date(2026, 6, 3),
    ends=date(2028, 1, 31),
    reports=(ReportingDay(date(2026, 9, 1), "delrapport"), ReportingDay(date(2027, 3, 1), "", done=True)),
)


@pytest.fixture
def db(tmp_path):
    world = World(tmp_path)
    world.crawl(a_call("1", "2026-06-20"), at=MONDAY)
    with world.archive() as archive:
        yield archive.db


def store(db, project=PROJECT, state="soker", now=MONDAY, note=""):
    store_project(db, project, state, note=note, who="Anna", now=now)
    return read_project(db, project.department, project.key)


def test_a_project_is_read_back_as_it_was_stored(db):
    assert read_project(db, "kultur-fritid", KEY) is None
    stored = store(db)
    assert replace(stored, saved="") == PROJECT
    assert stored.saved
    (followed,) = list_followed_projects(db)
    assert (followed.title, followed.call_title, followed.is_project) == ("Läsfest", "Utlysning 1", True)
    assert [state for _, state in followed.states] == ["soker"]
    assert list_followed_projects(db, CallKey("portal", "2")) == []


def test_a_state_is_noted_again_only_when_it_is_new_or_has_a_note(db):
    stored = store(db)
    stored = store(db, stored)
    stored = store(db, stored, "beviljad")
    store(db, stored, "beviljad", note="Avtalet är klart")
    (followed,) = list_followed_projects(db)
    assert [state for _, state in followed.states] == ["soker", "beviljad", "beviljad"]
    assert current_state(db, "kultur-fritid", KEY)["note"] == "Avtalet är klart"


def test_what_another_person_saved_meanwhile_is_not_overwritten(db):
    first = store(db)
    second = store(db, replace(first, own_amount=1))
    assert second.saved != first.saved, "also within one second"
    with pytest.raises(ArchiveError, match="någon annan"):
        store(db, replace(first, own_amount=2), "avslag")
    with pytest.raises(ArchiveError, match="någon annan"):
        store(db, PROJECT)
    assert read_project(db, "kultur-fritid", KEY).own_amount == 1
    assert current_state(db, "kultur-fritid", KEY)["state"] == "soker"


def test_a_project_of_an_unknown_call_or_state_is_refused(db):
    with pytest.raises(ArchiveError):
        store(db, replace(PROJECT, call_id="finns-inte"))
    with pytest.raises(ArchiveError):
        store(db, state="kanske")
    assert list_followed_projects(db) == []


def test_reports_are_due_until_they_are_handed_in_or_the_project_is_over(db):
    def due(begin, end):
        return [(one.title, report.label) for one, report in list_reporting_days(db, begin, end)]

    stored = store(db)
    assert due(date(2026, 8, 31), date(2026, 9, 1)) == [("Läsfest", "delrapport")]
    assert due(date(2026, 9, 2), date(2027, 12, 31)) == [], "the second is handed in"
    store(db, stored, "avslag")
    assert due(date(2026, 1, 1), date(2027, 12, 31)) == []


def test_who_entered_a_project_is_erased_in_time_and_on_request(db):
    stored = store(db)

    def who():
        return db.execute("SELECT who FROM projects").fetchone()[0]

    moments = {"addresses": MONDAY, "documents": None, "jobs": MONDAY}
    erase_old(db, notes=MONDAY - timedelta(days=1), **moments)
    assert who() == "Anna"
    erase_old(db, notes=MONDAY + WEEK, **moments)
    assert who() == ""
    store_project(db, stored, "soker", note="", who="Anna (anna@example.se)", now=MONDAY + WEEK)
    assert forget_address(db, "anna@example.se")["projects"] == 1
    assert who() == ""
