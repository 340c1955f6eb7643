"""Upgrade of an archive of an earlier version, kept as SQL: it keeps its rows, and can be restored."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.changes import compare_calls
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call
from monitor.config import Config
from monitor.errors import ArchiveError
from monitor.jobs.backup import make_backup, restore_backup
from monitor.jobs.search import SearchRequest, index_archive, search_archive
from tests.mailing import a_call

OLD = Path(__file__).with_name("archive-m005.sql")
NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.fixture
def config(tmp_path):
    """An installation whose archive was written by the earlier version, with one call."""
    config = Config(data_dir=tmp_path)
    call = a_call("1", "2026-09-01", title="Ungdomsutbyten mellan vänorter")
    data = encode_call(call)
    seen = dict.fromkeys(("first_seen", "last_seen", "last_changed"), "2026-05-01T00:00:00+00:00")
    row = {**call_row(call, NOW), **seen, "baseline": 0, "hash": call_hash(data), "data": data}
    with closing(sqlite3.connect(config.archive)) as old:
        old.executescript(OLD.read_text("utf-8"))
        there = [name for _, name, *_ in old.execute("PRAGMA table_info (calls)")]
        row = {name: value for name, value in row.items() if name in there}
        old.execute(f"INSERT INTO calls ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
        old.commit()
    return config


def shape(path):
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT type, name, sql FROM sqlite_master").fetchall())


def test_an_earlier_archive_becomes_what_a_new_one_is_and_keeps_what_it_holds(config, tmp_path):
    with open_archive(config.archive) as archive, open_archive(tmp_path / "new.db"):
        index_archive(archive)
        assert [hit.call_id for hit in search_archive(config, archive, SearchRequest(query="ungdomsutbyte"), NOW).hits] == ["1"]
    assert shape(config.archive) == shape(tmp_path / "new.db")


def test_the_share_of_an_earlier_version_is_the_funders(config):
    with closing(sqlite3.connect(config.archive)) as old:
        old.execute("""UPDATE calls SET data = json_set(data, '$.budget', json('{"total": 5, "rate": 40}'))""")
        old.commit()
    with open_archive(config.archive) as archive:
        data, funder, own = archive.db.execute("SELECT data, funder_share, own_share FROM calls").fetchone()
    assert (funder, own) == (40, None)
    budget = decode_call(data).budget
    assert (budget.total, budget.funder_share, budget.own_share) == (5, 40, None)
    again = replace(decode_call(data), budget=replace(budget, own_share=60, own_share_text="egenfinansiering 60 procent"))
    assert compare_calls(decode_call(data), again) == []


def test_the_copy_beside_it_is_the_archive_as_the_earlier_version_wrote_it(config, tmp_path):
    before = shape(config.archive)
    with open_archive(config.archive):
        pass
    (copy,) = tmp_path.glob("archive.before-*.db")
    assert shape(copy) == before


def opened(path, start):
    start.wait()
    with open_archive(path) as archive:
        return archive.db.execute("SELECT count(*) FROM calls").fetchone()[0]


@pytest.mark.parametrize("earlier", [True, False])
def test_who_writes_and_who_shows_pages_may_start_together_after_an_upgrade(config, tmp_path, earlier):
    path = config.archive if earlier else tmp_path / "none-yet.db"
    start = threading.Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(opened, [path] * 3, [start] * 3)) == [int(earlier)] * 3
    with open_archive(tmp_path / "new.db"):
        pass
    assert shape(path) == shape(tmp_path / "new.db")
    assert not list(tmp_path.glob("*.partial"))


def test_going_back_is_restoring_the_backup_made_before(config):
    """This version plays the earlier one: the later one has one table more."""
    made = make_backup(config, NOW)
    with closing(sqlite3.connect(config.archive)) as later:
        later.execute("CREATE TABLE later (id INTEGER)")
        later.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', 'm999_later', '')")
        later.commit()
    with pytest.raises(ArchiveError, match=r"nyare version \(det har m999_later\)"), open_archive(config.archive):
        pass
    restored = restore_backup(config, made.file, NOW)
    assert restored.counts == made.counts
    with open_archive(config.archive) as archive:
        assert archive.db.execute("SELECT call_id FROM calls").fetchall() == [("1",)]
        assert "later" not in archive.db.sqlite_utils().table_names()
    with closing(sqlite3.connect(restored.kept / "archive.db")) as kept:
        assert kept.execute("SELECT count(*) FROM later").fetchone() == (0,)
