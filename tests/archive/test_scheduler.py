"""Rows of jobs: the newest of each job, attempts, interruptions, and clocks that were wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.scheduler import (
    count_due_mails,
    finish_job,
    first_run,
    forget_ahead,
    last_done,
    last_jobs,
    last_readings,
    latest_ahead,
    recover_jobs,
    start_job,
)
from tests.mailing import MONDAY, WEEK, World, a_call

NOW = datetime(2026, 5, 20, 5, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive.db


def do(db, name, due, state="done", code=0, words=""):
    """Start a job at its time, end it a minute later, and return the number of the attempt."""
    attempt = start_job(db, name, due, due)
    finish_job(db, name, due, state, code, words, due + MINUTE)
    return attempt


def test_the_newest_row_of_each_job_is_told(db):
    do(db, "crawl", NOW - DAY)
    do(db, "crawl", NOW, "failed", 1, "nätet är nere")
    do(db, "backup", NOW - DAY, "attention", 1)
    jobs = last_jobs(db, NOW)
    assert sorted(jobs) == ["backup", "crawl"]
    crawl = jobs["crawl"]
    assert (crawl.due, crawl.state, crawl.attempts, crawl.message) == (NOW, "failed", 1, "nätet är nere")
    assert (crawl.started, crawl.finished) == (NOW, NOW + MINUTE)


def test_a_job_was_last_done_when_it_last_ended_as_it_should(db):
    assert last_done(db, "crawl") is None
    do(db, "crawl", NOW - DAY)
    do(db, "crawl", NOW, "failed", 1)
    assert last_done(db, "crawl") == NOW - DAY + MINUTE
    do(db, "crawl", NOW + DAY, "attention", 1)
    assert last_done(db, "crawl") == NOW + DAY + MINUTE


def test_attempts_are_counted_but_not_those_that_were_locked_out_or_interrupted(db):
    assert [do(db, "send", NOW, state) for state in ("failed", "locked", "interrupted", "hung")] == [1, 2, 2, 2]
    assert last_jobs(db, NOW)["send"].attempts == 2


def test_what_was_under_way_at_a_kill_is_marked_once(db):
    start_job(db, "match", NOW, NOW)
    do(db, "crawl", NOW)
    assert last_jobs(db, NOW)["match"].finished is None
    assert recover_jobs(db, NOW + MINUTE) == ["match"]
    found = last_jobs(db, NOW)["match"]
    assert (found.state, found.attempts, found.finished) == ("interrupted", 0, NOW + MINUTE)
    assert recover_jobs(db, NOW + MINUTE) == []


def test_the_first_run_stays_the_first(db):
    assert first_run(db, NOW) == NOW
    assert first_run(db, NOW + DAY) == NOW


def test_a_first_run_that_a_wrong_clock_noted_counts_as_none(db):
    first_run(db, NOW + 300 * DAY)
    assert first_run(db, NOW) == NOW


def test_rows_of_times_ahead_are_seen_left_out_and_forgotten(db):
    do(db, "crawl", NOW)
    assert latest_ahead(db, NOW) is None
    do(db, "crawl", NOW + 300 * DAY)
    assert last_jobs(db, NOW)["crawl"].due == NOW
    assert latest_ahead(db, NOW) == NOW + 300 * DAY
    assert forget_ahead(db, datetime(2001, 1, 1, tzinfo=UTC)) == 0, "this clock is itself the wrong one"
    assert forget_ahead(db, NOW) == 1
    assert latest_ahead(db, NOW) is None


def test_a_reading_ahead_of_now_is_none(tmp_path):
    world = World(tmp_path)
    world.crawl(a_call("1"), at=MONDAY)
    world.crawl(a_call("2", source="feed"), at=MONDAY + WEEK, source="feed")
    with world.archive() as archive:
        assert last_readings(archive.db, MONDAY) == {"portal": MONDAY}
        assert latest_ahead(archive.db, MONDAY) == MONDAY + WEEK


def test_mails_are_due_when_their_time_has_come_and_never_years_ahead(tmp_path):
    world = World(tmp_path)
    world.crawl(at=MONDAY - WEEK)
    world.digest(MONDAY)
    with world.archive() as archive:
        assert count_due_mails(archive.db, MONDAY - MINUTE) == 0
        assert count_due_mails(archive.db, MONDAY) == 1
        forget_ahead(archive.db, MONDAY - WEEK)
        assert count_due_mails(archive.db, MONDAY - WEEK) == 1
