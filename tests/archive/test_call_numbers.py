"""Numbers of calls: given in the order of finding, kept for ever, and given to the calls of earlier archives."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import insert_call
from monitor.archive.codec import call_hash, call_row, encode_call, stamp
from monitor.archive.numbers import CallNumbers, find_by_number, number_of, numbers_of
from monitor.calls import CallKey
from tests.mailing import a_call

NOW = datetime(2026, 5, 20, tzinfo=UTC)

FIRST, SECOND = CallKey("portal", "b"), CallKey("portal", "a")


def insert(db, call_id):
    call = replace(a_call(call_id, "2026-09-01"), source="portal")
    data = encode_call(call)
    seen = dict.fromkeys(("first_seen", "last_seen", "last_changed"), stamp(NOW))
    insert_call(db, {**call_row(call, NOW), **seen, "baseline": 0, "hash": call_hash(data), "data": data})


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        insert(archive.db, "b")
        insert(archive.db, "a")
        yield archive.db


def test_numbers_follow_the_order_of_finding(db):
    assert dict(CallNumbers(db)) == {FIRST: 1, SECOND: 2}
    assert (number_of(db, SECOND), number_of(db, CallKey("portal", "c"))) == (2, None)
    assert numbers_of(db, [CallKey("x", "y"), FIRST]) == {FIRST: 1}
    assert (find_by_number(db, 2), find_by_number(db, 3)) == (SECOND, None)


def test_no_two_calls_share_a_number(db):
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE calls SET number = 1")


def test_a_compacted_archive_keeps_the_numbers(db):
    db.execute("DELETE FROM calls WHERE call_id = 'b'")
    db.execute("VACUUM")
    assert dict(CallNumbers(db)) == {SECOND: 2}


def test_calls_of_an_earlier_archive_are_numbered(tmp_path):
    path = tmp_path / "old.db"
    with open_archive(path) as archive:
        insert(archive.db, "b")
        insert(archive.db, "a")
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "DROP INDEX calls_number; ALTER TABLE calls DROP COLUMN number;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm024_call_numbers'"
        )
    with open_archive(path) as archive:
        assert dict(CallNumbers(archive.db)) == {FIRST: 1, SECOND: 2}
