"""Opening archives: new, older, newer and damaged ones."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from monitor.archive import lock, open_archive
from monitor.archive.schema import MIGRATIONS, migrations
from monitor.archive.statistics import count_calls
from monitor.errors import ArchiveError, LockedError

CONTRACT = {
    "sources", "runs", "calls", "versions", "deadlines", "events", "matches", "feedback", "digests", "digest_items", "outbox",
    "documents", "rule_versions",
}  # fmt: skip
COLUMNS = {
    "source", "call_id", "kind", "status", "title", "summary", "body", "url", "programme", "language", "opens", "next_deadline",
    "budget_total", "budget_project", "first_seen", "last_seen", "vanished_at",
}  # fmt: skip


def test_a_new_archive_has_the_tables_of_the_contract(tmp_path):
    with open_archive(tmp_path / "deep" / "archive.db") as archive:
        assert set(archive.db.sqlite_utils().table_names()) >= CONTRACT
        assert set(archive.db.table("calls").columns_dict) >= COLUMNS
        assert archive.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert archive.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_older_archive_is_migrated_after_a_backup(tmp_path):
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as old:
        from sqlite_utils import Database

        first, second, *_ = MIGRATIONS
        migrations().apply(Database(old), stop_before=second)
        old.execute("INSERT INTO rule_versions VALUES ('abc', '2026-01-01', '{}')")
        old.commit()
    with open_archive(path) as archive:
        assert archive.db.execute("SELECT hash FROM rule_versions").fetchone()[0] == "abc"
        assert not migrations().pending(archive.db.sqlite_utils())
    copies = list(tmp_path.glob("archive.before-*.db"))
    assert len(copies) == 1
    with closing(sqlite3.connect(copies[0])) as copy:
        assert [name for (name,) in copy.execute("SELECT name FROM _sqlite_migrations")] == [first]
        assert copy.execute("SELECT hash FROM rule_versions").fetchone()[0] == "abc"


def test_opening_again_changes_nothing(tmp_path):
    path = tmp_path / "archive.db"
    for _ in range(2):
        with open_archive(path):
            pass
    assert list(tmp_path.glob("archive.before-*.db")) == []


def test_an_archive_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "archive.db"
    with open_archive(path):
        pass
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', 'm999_later', '2030-01-01')"
        )
        newer.commit()
    with pytest.raises(ArchiveError, match="nyare version"), open_archive(path):
        pass


@pytest.mark.parametrize("content", [b"no database at all" * 50, b"SQLite format 3\x00" + b"\xff" * 5000], ids=["text", "torn"])
def test_a_damaged_archive_is_named_and_left_alone(tmp_path, content):
    path = tmp_path / "archive.db"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"archive\.db"), open_archive(path):
        pass
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError), open_archive(tmp_path / "file" / "archive.db"):
        pass
    with pytest.raises(ArchiveError), lock(tmp_path / "file"):
        pass


def test_the_lock_is_held_by_one_and_free_again(tmp_path):
    with lock(tmp_path), pytest.raises(LockedError, match="ett annat arbete"), lock(tmp_path):
        pass
    with lock(tmp_path):
        pass


def test_calls_are_counted_without_reading_them(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        asked = []
        archive.db.set_trace_callback(asked.append)
        assert count_calls(archive.db, datetime(2026, 5, 27, tzinfo=UTC)) == {
            "open": 0,
            "forthcoming": 0,
            "closed": 0,
            "total": 0,
        }
        archive.db.set_trace_callback(None)
        plans = [row[3] for sql in asked for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert all("COVERING INDEX" in plan for plan in plans), plans
        assert "calls_living" in plans[0], "rows of the other index are five times as long"
