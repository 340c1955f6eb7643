"""Runs in the archive: typed changes, baselines, disappearances, corrections."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import correct_field, load_call
from monitor.archive.changes import compare_calls
from monitor.archive.codec import decode_call, encode_call, stamp
from monitor.archive.lookup import call_facts, find_call
from monitor.archive.runs import UNSTORED, SourceRun, store_run
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Notice, Section
from monitor.collect.health import HealthClass
from monitor.errors import ArchiveError
from monitor.vocabulary import Kind, Status

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


def deadline(day):
    return Deadline(at=datetime.fromisoformat(f"{day}T15:00:00+00:00"), zone="Europe/Brussels")


def call(call_id="1", *, due="2026-09-22", **fields):
    return Call(
        source="portal",
        call_id=call_id,
        title=f"Call {call_id}",
        url=f"https://example.org/{call_id}",
        deadlines=(deadline(due),) if due else (),
        deadline_model=DeadlineModel.SINGLE if due else DeadlineModel.UNKNOWN,
        **fields,
    )


def run(*calls, state="accepted", complete=True, at=NOW):
    return SourceRun(
        source="portal",
        name="Portal",
        publisher="",
        kind="portal",
        url="https://example.org",
        language="en",
        started=at,
        finished=at,
        state=state,
        reason="",
        complete_list=complete,
        seen=len(calls),
        calls=calls,
    )


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive.db


def events(db, *, baseline=0):
    return [tuple(row) for row in db.execute("SELECT call_id, type FROM events WHERE baseline = ? ORDER BY id", [baseline])]


def store(db, *calls, days=0, **options):
    at = NOW + timedelta(days=days)
    return store_run(db, run(*calls, at=at, **options), at)


def test_the_first_accepted_run_is_the_baseline(db):
    report = store(db, call("1"), call("2"))
    assert (report.new, report.baseline) == (2, True)
    assert events(db) == []
    assert store(db, call("1"), call("2"), call("3"), days=1).baseline is False
    assert events(db) == [("3", "new")]


def test_a_degraded_first_run_leaves_the_baseline_to_come(db):
    assert store(db, call("1"), state="degraded").new == 1
    assert store(db, call("1"), call("2"), days=1).baseline is True
    assert events(db) == []


def test_reading_a_day_twice_changes_nothing(db):
    store(db, call("1"))
    before = db.execute("SELECT hash, data, first_seen, last_changed FROM calls").fetchall()
    report = store(db, call("1"))
    assert (report.new, report.changed, report.unchanged) == (0, 0, 1)
    assert db.execute("SELECT hash, data, first_seen, last_changed FROM calls").fetchall() == before
    assert db.execute("SELECT count(*) FROM versions").fetchone()[0] == 1


@pytest.mark.parametrize(
    ("change", "type_"),
    [
        ({"deadlines": (deadline("2026-10-01"),)}, "deadline_moved"),
        ({"budget": Budget(total=5)}, "budget_changed"),
        ({"budget": Budget(total=5, funder_share=40, own_share=60)}, "budget_changed"),
        ({"sections": (Section(title="Scope", text="New words"),)}, "text_changed"),
        ({"notices": (Notice(at=None, text="A webinar is held on 3 June."),)}, "news"),
    ],
)
def test_each_change_has_its_type_and_is_kept_once(db, change, type_):
    store(db, call("1"))
    changed = replace(call("1"), **change)
    assert store(db, changed, days=1).changed == 1
    assert store(db, changed, days=2).changed == 0
    assert events(db) == [("1", type_)]
    assert db.execute("SELECT count(*) FROM versions").fetchone()[0] == 2


@pytest.mark.parametrize(
    "noise",
    [
        {"deadlines": (Deadline(at=datetime(2026, 9, 22, 15, 0, 36, tzinfo=UTC), zone="Europe/Brussels"),)},
        {"deadlines": (replace(deadline("2026-09-22"), year_guessed=True),)},
        {"keywords": ("b", "a")},
        {"title": "Call  1 "},
        {"notices": (Notice(at=None, text="The submission session is now available for: X-1"),)},
    ],
)
def test_cosmetic_noise_is_no_change(noise):
    assert compare_calls(call("1", keywords=("a", "b")), replace(call("1", keywords=("a", "b")), **noise)) == []


def test_a_guessed_year_is_kept_and_older_calls_have_none(db):
    guessed = replace(call("1"), deadlines=(replace(deadline("2026-09-22"), year_guessed=True),))
    store(db, guessed)
    assert load_call(db, "portal", "1") == guessed
    written = encode_call(call("1"))
    assert "year_guessed" not in written
    assert decode_call(written).deadlines[0].year_guessed is False


def test_a_share_that_moves_is_a_change_and_one_that_is_only_now_read_is_none():
    stated = [replace(call("1"), budget=Budget(total=5, **shares)) for shares in ({}, {"funder_share": 40}, {"funder_share": 60})]
    nothing, forty, sixty = stated
    assert compare_calls(nothing, forty) == compare_calls(forty, nothing) == []
    (event,) = compare_calls(forty, sixty)
    assert event.type == "budget_changed"
    assert '"funder_share": 60' in event.new
    only = replace(call("1"), budget=Budget(own_share=20))
    assert compare_calls(call("1"), only) == compare_calls(only, call("1")) == []


def test_opened_is_said_once(db):
    store(db, call("1", stated_status=Status.FORTHCOMING))
    store(db, call("1", stated_status=Status.OPEN), days=1)
    store(db, call("1", stated_status=Status.OPEN), days=2)
    assert events(db) == [("1", "opened")]


def test_a_call_that_passed_and_left_the_list_is_closed(db):
    store(db, call("1", due="2026-05-21"), call("2"))
    store(db, call("2"), days=3)
    assert events(db) == [("1", "closed")]
    assert db.execute("SELECT status FROM calls WHERE call_id = '1'").fetchone()[0] == "closed"


def test_an_extension_after_the_deadline_revives(db):
    store(db, call("1", due="2026-05-21"), call("2"))
    store(db, call("2"), days=3)
    store(db, call("1", due="2026-06-25"), call("2"), days=4)
    assert events(db) == [("1", "closed"), ("1", "revived"), ("1", "deadline_moved")]


def test_vanished_is_believed_when_two_accepted_runs_agree(db):
    store(db, call("1"), call("2"))
    assert store(db, call("2"), days=1).vanished == 0
    assert store(db, call("2"), days=2).vanished == 1
    assert events(db) == [("1", "vanished")]
    row = db.execute("SELECT title, vanished_at FROM calls WHERE call_id = '1'").fetchone()
    assert row[0] == "Call 1"
    assert row[1]


def test_t36_an_empty_or_degraded_run_cancels_nothing(db):
    store(db, call("1", due="2026-05-21"), call("2"))
    for day in (1, 2, 3):
        report = store(db, days=day, state="degraded")
        assert (report.vanished, report.changed) == (0, 0)
    assert events(db) == []


def test_a_degraded_run_adds_what_is_new_and_leaves_the_rest(db):
    store(db, call("1"))
    report = store(db, call("1", due="2026-12-01"), call("2"), days=1, state="degraded")
    assert (report.new, report.changed) == (1, 0)
    assert events(db) == [("2", "new")]
    assert load_call(db, "portal", "1").deadlines == call("1").deadlines


def test_a_row_that_could_not_be_read_is_not_missing(db):
    store(db, call("1"), call("2"))
    for day in (1, 2, 3):
        at = NOW + timedelta(days=day)
        assert store_run(db, replace(run(call("2"), at=at), unread=frozenset({"1"})), at).vanished == 0


def test_a_feed_that_drops_old_items_loses_none(db):
    store(db, call("1"), complete=False)
    store(db, complete=False, days=1)
    store(db, complete=False, days=2)
    assert events(db) == []


def test_t46_a_persons_correction_is_kept_against_later_runs(db):
    store(db, call("1"))
    corrected = [{"at": "2026-10-01T10:00:00+00:00", "precision": "minute", "zone": "Europe/Stockholm"}]
    correct_field(db, "portal", "1", "deadlines", corrected, who="Anna", now=NOW)
    store(db, call("1", due="2026-11-11"), days=1)
    assert load_call(db, "portal", "1").deadlines[0].at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert db.execute("SELECT next_deadline FROM calls").fetchone()[0] == "2026-10-01T10:00:00+00:00"
    assert events(db) == []


def test_a_correction_that_does_not_fit_is_refused(db):
    store(db, call("1"))
    with pytest.raises(ArchiveError, match="deadlines"):
        correct_field(db, "portal", "1", "deadlines", "soon", who="Anna", now=NOW)
    assert db.execute("SELECT count(*) FROM corrections").fetchone()[0] == 0


def test_a_shared_identifier_names_the_call_before_news_of_it(db):
    store(
        db,
        call("1", identifier="LIFE-1"),
        call("2", identifier="LIFE-1", kind=Kind.NEWS),
        call("3", identifier="LIFE-1", kind=Kind.NEWS),
    )
    assert find_call(db, "life-1") == ("portal", "1")


def test_an_identifier_shared_by_several_calls_is_not_guessed(db):
    store(db, call("1", identifier="LIFE-1"), call("2", identifier="LIFE-1"))
    with pytest.raises(ArchiveError, match=r"portal/1.*portal/2"):
        find_call(db, "LIFE-1")


def test_a_row_that_is_as_it_was_is_not_written_and_was_seen_when_its_source_was(db):
    one = call("1")
    hashes = {"1": "aa"}
    store_run(db, replace(run(one, call("2")), hashes={**hashes, "2": "bb"}), NOW)
    before = db.total_changes
    written = db.execute("SELECT * FROM calls ORDER BY call_id").fetchall()
    later = NOW + timedelta(days=1)
    assert store_run(db, replace(run(one, call("2"), at=later), hashes={**hashes, "2": "bb"}), later).unchanged == 2
    assert db.total_changes > before
    assert db.execute("SELECT * FROM calls ORDER BY call_id").fetchall() == written
    assert call_facts(db, ("portal", "1"))["last_seen"] == stamp(later)
    missing = NOW + timedelta(days=2)
    store_run(db, replace(run(one, at=missing), hashes=hashes), missing)
    assert call_facts(db, ("portal", "2"))["last_seen"] == stamp(later)
    assert call_facts(db, ("portal", "1"))["last_seen"] == stamp(missing)
    back = NOW + timedelta(days=3)
    store_run(db, replace(run(one, call("2"), at=back), hashes={**hashes, "2": "bb"}), back)
    assert call_facts(db, ("portal", "2"))["last_seen"] == stamp(back)


@pytest.mark.parametrize(
    "bad",
    [
        {"budget": Budget(total=10**30)},
        {"title": "Half \ud83d of it"},
        {"deadlines": (Deadline(at=datetime.fromisoformat("9999-12-31T23:00:00-12:00"), zone="UTC"),)},
        {"keywords": (object(),)},
    ],
    ids=["number", "surrogate", "day", "type"],
)
def test_a_call_that_cannot_be_stored_is_skipped_and_named_and_the_others_are_stored(db, bad):
    store(db, call("1"), call("2"))
    report = store(db, call("1", summary="New words"), replace(call("2"), **bad), call("3"), days=1)
    assert (report.state, report.new, report.changed, report.current, report.skipped) == ("accepted", 1, 1, 2, 1)
    assert report.reason.startswith("1 av 3 poster gick inte att spara: 2 (har ")
    assert db.execute("SELECT state, skipped, reason FROM runs ORDER BY id DESC").fetchone() == ("accepted", 1, report.reason)
    # What was stored of it stays, and is not taken for gone.
    for days in (2, 3, 4):
        store(db, call("1"), replace(call("2"), **bad), call("3"), days=days)
    assert load_call(db, "portal", "2").title == "Call 2"
    assert ("2", "vanished") not in events(db)


def test_a_run_none_of_whose_calls_can_be_stored_has_failed(db):
    report = store(db, replace(call("1"), budget=Budget(total=10**30)))
    assert (report.state, report.current, report.new) == ("failed", 0, 0)
    assert db.execute("SELECT state, reason FROM sources").fetchone() == ("failed", report.reason)
    assert HealthClass(UNSTORED) is HealthClass.UNSTORED
