"""Left-out items are stored with their reason, and a person's decision about them overrides the program."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.left_out import BY_HAND, LeftOutItem, find_left_out, list_left_out, put_back, take_back
from monitor.archive.runs import SourceRun, store_run
from monitor.errors import ArchiveError
from monitor.vocabulary import Kind
from tests.mailing import a_call

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive.db


def read(db, *calls, left_out=(), day=0, state="accepted"):
    """One reading of the portal: its calls, and the items that it left out."""
    at = NOW + timedelta(days=day)
    run = SourceRun(
        source="portal", name="Portal", publisher="", kind="feed", url="https://example.org", language="sv",
        started=at, finished=at, state=state, reason="", complete_list=False, seen=len(calls), calls=tuple(calls),
        left_out={call.call_id: LeftOutItem("platsannons", call) for call in left_out},
    )  # fmt: skip
    return store_run(db, run, at)


def events(db):
    return [tuple(row) for row in db.execute("SELECT call_id, type FROM events WHERE baseline = 0 ORDER BY id")]


def living(db):
    return [row[0] for row in db.execute("SELECT call_id FROM calls WHERE vanished_at IS NULL ORDER BY call_id")]


def test_what_was_left_out_is_kept_with_its_reason_and_when(db):
    read(db, left_out=[a_call("1")])
    read(db, left_out=[a_call("1", title="Ny rubrik"), a_call("2")], day=1)
    newest, first = list_left_out(db)
    assert (newest.call_id, first.call_id) == ("2", "1")
    assert (first.title, first.url, first.reason) == ("Ny rubrik", "https://example.org/1", "platsannons")
    assert (first.first_seen[:10], first.last_seen[:10]) == ("2026-05-20", "2026-05-21")
    assert (first.taken_back, first.put_back) == (None, None)
    assert list_left_out(db, "another") == []
    assert living(db) == []


@pytest.mark.parametrize("text", ["2", "portal/2", "https://example.org/2"])
def test_a_row_is_found_by_key_and_address(db, text):
    read(db, left_out=[a_call("1"), a_call("2")])
    assert [row.call_id for row in find_left_out(db, text)] == ["2"]
    assert find_left_out(db, text, "another") == []


def test_what_becomes_a_call_by_itself_leaves_the_table(db):
    read(db, left_out=[a_call("1")])
    read(db, a_call("1"), day=1)
    assert list_left_out(db) == []
    assert events(db) == [("1", "new")]


def test_what_the_archive_has_as_a_call_is_not_left_out_beside_it(db):
    read(db, a_call("1"))
    read(db, left_out=[a_call("1")], day=1)
    assert list_left_out(db) == []
    assert living(db) == ["1"]


@pytest.mark.parametrize("state", ["accepted", "degraded"])
def test_taken_back_it_is_a_new_call_and_stays_one(db, state):
    read(db, left_out=[a_call("1", "2026-09-01")])
    take_back(db, "portal", "1", NOW)
    assert events(db) == [("1", "new")]
    assert db.execute("SELECT kind, next_deadline FROM calls").fetchone()[0] == "call"
    assert db.execute("SELECT count(*) FROM deadlines").fetchone()[0] == 1
    read(db, left_out=[a_call("1", "2026-10-01")], day=1, state=state)
    read(db, a_call("1", kind=Kind.NEWS), day=2)
    assert living(db) == ["1"]
    (row,) = list_left_out(db)
    assert row.taken_back is not None
    kind, deadline = db.execute("SELECT kind, next_deadline FROM calls").fetchone()
    assert kind == "call"
    assert deadline[:10] == "2026-10-01"


def test_taking_back_twice_tells_once(db):
    read(db, left_out=[a_call("1")])
    take_back(db, "portal", "1", NOW)
    take_back(db, "portal", "1", NOW)
    assert events(db) == [("1", "new")]


def test_undone_it_is_left_out_as_before_and_the_program_judges_again(db):
    read(db, left_out=[a_call("1")])
    take_back(db, "portal", "1", NOW)
    put_back(db, "portal", "1", NOW)
    assert events(db) == [("1", "new"), ("1", "vanished")]
    read(db, left_out=[a_call("1")], day=1)
    assert living(db) == []
    assert [(row.reason, row.taken_back, row.put_back) for row in list_left_out(db)] == [("platsannons", None, None)]
    read(db, a_call("1"), day=2)
    assert living(db) == ["1"]


def test_a_call_left_out_by_hand_stays_out_until_it_is_taken_back(db):
    read(db, a_call("1"), a_call("2"))
    put_back(db, "portal", "1", NOW)
    read(db, replace(a_call("1"), summary="Nya ord"), a_call("2"), day=1)
    assert living(db) == ["2"]
    (row,) = list_left_out(db)
    assert row.reason == BY_HAND
    assert row.put_back is not None
    take_back(db, "portal", "1", NOW + timedelta(days=2))
    read(db, replace(a_call("1"), summary="Nya ord"), a_call("2"), day=3)
    assert living(db) == ["1", "2"]
    assert events(db) == [("1", "vanished"), ("1", "revived")]


def test_at_most_500_rows_are_kept_per_source_and_decisions_never_go(db):
    read(db, left_out=[a_call("first"), a_call("decided")])
    take_back(db, "portal", "decided", NOW)
    read(db, left_out=[a_call(f"{number:03}") for number in range(500)], day=1)
    kept = {row.call_id for row in list_left_out(db)}
    assert len(kept) == 501
    assert "decided" in kept
    assert "first" not in kept


@pytest.mark.parametrize("act", [take_back, put_back])
def test_an_unknown_key_is_named(db, act):
    read(db, a_call("1"))
    with pytest.raises(ArchiveError, match="portal/x"):
        act(db, "portal", "x", NOW)
