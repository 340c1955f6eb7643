"""A clock that was wrong while a job ran leaves nothing behind: found by the rounds of `python -m tests.chaos --seam clock`."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive.runs import refresh_dates
from monitor.errors import MonitorError
from tests.mailing import MONDAY, WEEK, World, a_call

YEAR = timedelta(days=365)
COLUMNS = "SELECT call_id, status, next_deadline, last_deadline, closed_at FROM calls ORDER BY call_id"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.publish(a_call("1", "2026-10-01"), a_call("2", "2026-07-01", "2026-10-01"), at=MONDAY - WEEK)
    return world


def test_days_that_a_clock_ahead_took_for_passed_come_back(world):
    with world.archive() as archive:
        refresh_dates(archive.db, MONDAY)
        before = archive.db.execute(COLUMNS).fetchall()
        assert all(row[2] for row in before)
        refresh_dates(archive.db, MONDAY + YEAR)
        assert [row[1:3] for row in archive.db.execute(COLUMNS)] == [("closed", None)] * 2
        refresh_dates(archive.db, MONDAY)
        assert archive.db.execute(COLUMNS).fetchall() == before


@pytest.mark.parametrize("now", [MONDAY + YEAR, MONDAY - YEAR, datetime(1970, 1, 1, 0, 10, tzinfo=UTC)])
def test_no_mail_is_built_by_a_clock_that_the_readings_prove_wrong(world, now):
    with pytest.raises(MonitorError, match=r"datorns klocka står på (2027|2025|1970)"):
        world.digest(now)
    with world.archive() as archive:
        assert archive.db.execute("SELECT count(*) FROM digests").fetchone() == (0,)
    assert world.digest(MONDAY).digests


def test_a_clock_that_was_ahead_while_the_sources_were_read_holds_up_no_mail(world):
    world.crawl(a_call("1", "2026-10-01"), at=MONDAY + YEAR)
    world.publish(a_call("1", "2026-10-01"), at=MONDAY)
    assert world.digest(MONDAY).digests
