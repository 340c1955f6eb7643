"""Connections: each statement is committed at once, and a transaction all or nothing."""

import sqlite3

import pytest

from monitor.archive import open_archive
from monitor.archive.connection import Database

NORMAL, FULL = 1, 2


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        archive.db.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
        yield archive.db


def numbers(db):
    """Return the rows as another connection sees them."""
    file = db.execute("PRAGMA database_list").fetchone()[2]
    with open_other(file) as other:
        return [row["n"] for row in other.query("SELECT n FROM t ORDER BY n")]


def open_other(file):
    return sqlite3.connect(file, isolation_level=None, factory=Database)


def test_a_statement_alone_is_kept_at_once(db):
    db.execute("INSERT INTO t VALUES (1)")
    assert numbers(db) == [1]


def test_what_stands_together_is_seen_when_all_of_it_is_there(db):
    with db.atomic():
        db.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        assert numbers(db) == []
    assert numbers(db) == [1, 2]


def test_what_went_wrong_leaves_nothing(db):
    with pytest.raises(sqlite3.IntegrityError), db.atomic():
        db.executemany("INSERT INTO t VALUES (?)", [(1,), (1,)])
    assert numbers(db) == []
    assert not db.in_transaction


def test_what_went_wrong_inside_undoes_the_inner_part_alone(db):
    with db.atomic():
        db.execute("INSERT INTO t VALUES (1)")
        with db.atomic():
            db.execute("INSERT INTO t VALUES (2)")
            with pytest.raises(sqlite3.IntegrityError), db.atomic():
                db.executemany("INSERT INTO t VALUES (?)", [(3,), (3,)])
    assert numbers(db) == [1, 2]


def test_nobody_writes_between_what_is_read_and_what_is_written_of_it(db):
    file = db.execute("PRAGMA database_list").fetchone()[2]
    with open_other(file) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with db.atomic():
            (number,) = db.execute("SELECT count(*) FROM t").fetchone()
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("INSERT INTO t VALUES (7)")
            db.execute("INSERT INTO t VALUES (?)", [number])
        other.execute("INSERT INTO t VALUES (7)")
    assert numbers(db) == [0, 7]


def test_an_error_that_ends_the_transaction_is_told_as_it_was(db):
    db.execute("CREATE TRIGGER refuse BEFORE INSERT ON t WHEN new.n = 9 BEGIN SELECT RAISE(ROLLBACK, 'nine'); END")
    with pytest.raises(sqlite3.IntegrityError, match="nine"), db.atomic(), db.atomic():
        db.execute("INSERT INTO t VALUES (9)")
    assert not db.in_transaction
    assert numbers(db) == []


def test_rows_come_by_name_and_tables_as_sqlite_utils_has_them(db):
    db.table("t").upsert({"n": 4}, pk="n")
    assert list(db.query("SELECT n, n + 1 AS more FROM t WHERE n = :n", {"n": 4})) == [{"n": 4, "more": 5}]


def test_what_can_be_made_again_does_not_wait_for_the_disk_and_all_else_does(db):
    def waits():
        return db.execute("PRAGMA synchronous").fetchone()[0]

    assert waits() == FULL
    with db.relaxed_durability():
        assert waits() == NORMAL
        db.execute("INSERT INTO t VALUES (1)")
    assert waits() == FULL
    with pytest.raises(sqlite3.IntegrityError), db.relaxed_durability():
        db.execute("INSERT INTO t VALUES (1)")
    assert waits() == FULL
    assert numbers(db) == [1]
