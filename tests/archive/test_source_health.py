"""Health of sources as stored, and calls that only one source of a publisher has."""

from datetime import UTC, timedelta

import pytest

from monitor.archive.runs import find_missing_calls, list_runs, stored_health, write_health
from monitor.archive.statistics import list_new_troubles, list_recovered_sources
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def utc(moment):
    return moment.astimezone(UTC).isoformat()


def test_runs_are_told_oldest_first_with_their_stats(world):
    world.crawl(a_call("1"), a_call("2"), at=MONDAY)
    world.crawl(a_call("1"), a_call("2"), a_call("3"), at=MONDAY + DAY, state="degraded")
    with world.archive() as archive:
        first, second = list_runs(archive.db, "portal")
        assert list_runs(archive.db, "feed") == []
    assert (first["state"], first["current"], first["new"]) == ("accepted", 2, 2)
    assert (second["state"], second["seen"]) == ("degraded", 3)
    assert isinstance(first["stats"], dict)


def test_the_first_sight_of_a_trouble_stays_as_long_as_the_trouble(world):
    world.crawl(a_call("1"), at=MONDAY)
    with world.archive() as archive:
        db = archive.db
        assert (stored_health(db)["portal"].health, stored_health(db)["portal"].items) == ("", 1)
        for day in (1, 2):
            write_health(db, "portal", "silent", f"inget på {day} dagar", MONDAY + day * DAY)
        found = stored_health(db)["portal"]
        assert (found.health, found.text) == ("silent", "inget på 2 dagar")
        assert (found.since, found.seen) == (utc(MONDAY + DAY), utc(MONDAY + 2 * DAY))
        write_health(db, "portal", "drop", "färre", MONDAY + 3 * DAY)
        assert stored_health(db)["portal"].since == utc(MONDAY + 3 * DAY), "another trouble begins anew"
        assert [row["id"] for row in list_new_troubles(db, MONDAY + 2 * DAY)] == ["portal"]
        assert list_new_troubles(db, MONDAY + 3 * DAY) == []
        write_health(db, "portal", "", "", MONDAY + 4 * DAY)
        healed = stored_health(db)["portal"]
        assert (healed.health, healed.since, healed.seen) == ("", None, None)


def test_a_source_has_recovered_when_it_is_read_well_after_a_bad_run(world):
    world.crawl(a_call("1"), at=MONDAY)
    world.crawl(at=MONDAY + DAY, state="failed")
    with world.archive() as archive:
        assert list_recovered_sources(archive.db, MONDAY) == []
    world.crawl(a_call("1"), at=MONDAY + 2 * DAY)
    with world.archive() as archive:
        assert list_recovered_sources(archive.db, MONDAY + DAY) == ["Källan portal"]
        assert list_recovered_sources(archive.db, MONDAY + 2 * DAY) == []


def test_missed_are_living_calls_that_the_checked_source_never_had(world):
    calls = [
        a_call("b", "2026-09-01", identifier="LIFE-2"),
        a_call("a", "2026-09-01", identifier="LIFE-1", title="Saknas"),
        a_call("c", "2026-05-01", identifier="LIFE-3"),
    ]
    world.crawl(*calls, at=MONDAY - WEEK)
    world.crawl(a_call("b", "2026-09-01", source="feed"), at=MONDAY, source="feed")
    with world.archive() as archive:
        (missed,) = find_missing_calls(archive.db, "portal", "feed")
        assert (missed.call_id, missed.identifier, missed.title) == ("a", "LIFE-1", "Saknas")
        assert find_missing_calls(archive.db, "feed", "portal") == []
