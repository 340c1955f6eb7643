"""The status document, and the problems that need a person."""

from collections import namedtuple
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.scheduler import finish_job, first_run, start_job
from monitor.config import Config
from monitor.jobs import status as module
from monitor.jobs.backup import make_backup
from monitor.jobs.letter import store_letter
from monitor.jobs.metrics import render_health, render_metrics
from monitor.jobs.status import status
from monitor.settings import Recipient
from monitor.sources import Source

NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
DAY = timedelta(days=1)


@pytest.fixture
def config(tmp_path):
    return Config(
        data_dir=tmp_path,
        sources=(Source(id="ett", kind="feed", name="Ett", url="https://example.se"),),
        recipient=(Recipient(department="social", email="social@example.se"),),
    )


def read(config, at):
    with open_archive(config.archive) as archive:
        values = {"name": "Ett", "publisher": "", "kind": "feed", "url": "", "language": "", "state": "accepted", "reason": ""}
        moment = at.isoformat()
        archive.db.table("sources").upsert({"id": "ett", "last_run": moment, "last_accepted": moment, **values}, pk="id")


def document(config, now=NOW, **more):
    with open_archive(config.archive) as archive:
        return status(config, archive, now, **more)


def begin(config, at):
    with open_archive(config.archive) as archive:
        first_run(archive.db, at)


def test_nothing_needs_a_person_where_nothing_has_begun(config):
    assert document(config)["attention"] == []
    assert render_health(document(config)) == (200, "ok\n")


def test_a_scheduler_that_stands_still_is_noticed(config):
    begin(config, NOW - 30 * DAY)
    read(config, NOW - 3 * DAY)
    attention = " ".join(document(config)["attention"])
    assert "Ingen källa har lästs på två dygn" in attention
    assert "säkerhetskopia" in attention
    assert "provmejl" in attention
    assert "2026-W21 saknar mejl för: social" in attention
    code, text = render_health(document(config))
    assert code == 503
    assert "Går monitor run?" in text


def test_all_is_well_when_it_works(config):
    begin(config, NOW - DAY)
    read(config, NOW)
    make_backup(config, NOW)
    assert document(config)["attention"] == []


def test_a_digest_that_is_a_little_late_alarms_nobody(config):
    monday = datetime(2026, 5, 18, 7, tzinfo=ZoneInfo("Europe/Stockholm"))
    begin(config, monday - DAY)
    read(config, monday)
    assert document(config, monday + timedelta(hours=1))["attention"] == []
    assert "saknar mejl" in " ".join(document(config, monday + timedelta(hours=7))["attention"])


def test_mails_that_wait_for_long_are_noticed_and_no_address_is_shown(config):
    with open_archive(config.archive) as archive:
        store_letter(config, archive.db, "brev", "Hej", ["Text"], NOW - 2 * DAY)
    found = document(config)
    assert "Mejl väntar på att skickas sedan 2026-05-18" in found["attention"][0]
    assert "@" not in render_health(found)[1] + render_metrics(found, NOW)


def test_a_job_given_up_and_rules_that_are_wrong_are_named(config):
    with open_archive(config.archive) as archive:
        for _ in range(4):
            start_job(archive.db, "match", NOW, NOW)
            finish_job(archive.db, "match", NOW, "failed", 1, "no space left", NOW)
    attention = document(config, rule_errors=["themes/x.toml:3: fel"])["attention"]
    assert attention == [
        "Reglerna har 1 fel; de senast fungerande gäller. Se: monitor rules check",
        "Sökningen efter det som rör kommunen har misslyckats flera gånger: no space left",
    ]


def test_a_disk_that_is_nearly_full_is_noticed(config, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: usage(10**12, 10**12, 10**8))
    assert document(config)["attention"] == ["Disken är snart full: 100 MB kvar."]


def test_the_measures_say_the_same_in_numbers(config):
    begin(config, NOW - 30 * DAY)
    read(config, NOW - timedelta(hours=1))
    make_backup(config, NOW)
    text = render_metrics(document(config), NOW)
    assert 'monitor_sources{state="accepted"} 1.0' in text
    assert 'monitor_source_age_seconds{source="ett"} 3600.0' in text
    assert "monitor_digests_missing 1.0" in text
    assert "monitor_backup_bytes" in text
