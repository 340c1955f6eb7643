"""A source that gives nothing any more is looked for once on its site; what is found is stored, and nothing is changed."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.findings import list_findings
from monitor.archive.runs import SourceRun, store_run
from monitor.collect.health import HealthClass
from monitor.config import Config, load_config
from monitor.jobs.due import Lane, ScheduleFacts, due_jobs
from monitor.jobs.health import lost_sources, update_health
from monitor.jobs.seek_sources import seek_sources
from tests import twelve_sites
from tests.commands import Installation
from tests.forked import run_function
from tests.publishers import serve

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)


def run(source, at, problem="", count=0):
    stats = {"problems": [[problem, "Sidan finns inte längre (HTTP 404)."]] if problem else [], "items": count}
    state = "failed" if problem else "accepted"
    return SourceRun(
        source=source.id, name=source.name, publisher="", kind=source.kind, url=source.url, language="sv", started=at, finished=at,
        state=state, reason="", complete_list=False, seen=count, stats=stats,
    )  # fmt: skip


def fail(config, source, problem, nights):
    """Store a good reading, and then failed ones, the last of them at NOW."""
    with open_archive(config.archive) as archive:
        store_run(archive.db, run(source, NOW - timedelta(days=nights), count=5), NOW)
        for night in range(nights):
            store_run(archive.db, run(source, NOW - timedelta(days=nights - 1 - night), problem), NOW)
            update_health(archive.db, source, NOW - timedelta(days=nights - 1 - night))
        return [source.id for source in lost_sources(config, archive.db, NOW)]


def seek(settings):
    seek_sources(load_config(settings), NOW)


@pytest.fixture(scope="module")
def sought(tmp_path_factory):
    """Return the installation after one night of seeking, its settings as they were, and the site's address."""
    place = Installation(tmp_path_factory.mktemp("sought"))
    with serve(twelve_sites.umbraco().respond) as publisher, serve(twelve_sites.walled().respond) as walled:
        text = "[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n" + "".join(
            f'[[source]]\nid = "{name}"\nkind = "page"\nname = "{name}"\nurl = "{url}/stod/gamla/"\nlinks = "/stod/gamla/[^/?#]+"\n'
            for name, url in (("borta", publisher.url), ("sparrad", walled.url))
        )
        place.configure(text)
        config = load_config(place.folder / "monitor.toml")
        assert fail(config, config.source("borta"), "gone", 2) == [], "two nights are ordinary"
        assert fail(config, config.source("borta"), "gone", 3) == ["borta"]
        assert set(fail(config, config.source("sparrad"), "layout", 3)) == {"borta", "sparrad"}
        run_function(seek, place.folder / "monitor.toml")
    return place, text, publisher.url


def test_what_is_found_is_stored_with_a_sample_and_changes_nothing(sought):
    place, text, url = sought
    with open_archive(place.archive) as archive:
        found = list_findings(archive.db)
    assert found["borta"].row == {"kind": "page", "url": f"{url}/stod/utlysningar", "links": "/stod/utlysningar/[^/?#]+"}
    assert found["borta"].sample["titles"][0].startswith("Stöd till ")
    assert not found["borta"].sample["sure"], "it may be something else"
    assert found["sparrad"].row == {}, "that nothing was found is stored, too"
    assert (place.folder / "monitor.toml").read_text("utf-8") == text


def test_a_source_is_looked_for_once_for_each_trouble(sought):
    place, _, _ = sought
    config = load_config(place.folder / "monitor.toml")
    with open_archive(place.archive) as archive:
        assert lost_sources(config, archive.db, NOW) == []
    outcome = place.ask("sources", "seek", "--json", now="2026-05-20T08:00")
    assert outcome.json == {"sought": []}
    # It works again, and breaks again: a new trouble.
    source, later = config.source("borta"), NOW + timedelta(days=30)
    with open_archive(place.archive) as archive:
        store_run(archive.db, run(source, later - timedelta(days=9), count=5), later)
        update_health(archive.db, source, later - timedelta(days=9))
        for night in range(3):
            store_run(archive.db, run(source, later - timedelta(days=2 - night), "gone"), later)
            update_health(archive.db, source, later - timedelta(days=2 - night))
        assert [source.id for source in lost_sources(config, archive.db, later)] == ["borta"]


def test_a_wall_a_certificate_and_a_silent_server_are_not_looked_for():
    from monitor.jobs.health import LOST

    left_alone = {HealthClass.BLOCKED, HealthClass.ROBOTS, HealthClass.CERTIFICATE, HealthClass.UNREACHABLE, HealthClass.SERVER}
    assert not LOST & {kind.value for kind in left_alone}


def test_seeking_is_due_at_night_only_while_a_source_is_lost_and_not_for_a_member(tmp_path):
    facts = {"jobs": {}, "readings": {}, "since": NOW - timedelta(days=30)}
    night = NOW.replace(hour=3)

    def names(config, lost):
        return {due.name for due in due_jobs(config, ScheduleFacts(**facts, lost=lost), night, Lane.ARCHIVE)}

    config = Config(data_dir=tmp_path)
    assert "seek" in names(config, ("borta",))
    assert "seek" not in names(config, ())
    assert "seek" not in names(Config(data_dir=tmp_path, shared_archive=tmp_path / "archive.db"), ("borta",))
