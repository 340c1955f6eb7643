"""Overrides by the coordinator: calls withheld or added, notes, versions of themes."""

from datetime import timedelta

import pytest

from monitor.archive.feedback import mark_answer_read, store_answer
from monitor.archive.outbox import list_outbox
from monitor.archive.overrides import (
    MAIL_NOTE_LIMIT,
    list_mail_notes,
    list_overrides,
    read_overrides,
    remove_override,
    store_override,
    write_mail_note,
)
from monitor.archive.statistics import count_unread_answers
from monitor.archive.theme_versions import store_theme_version, theme_versions
from monitor.errors import ArchiveError
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
ONE, TWO = ("portal", "1"), ("portal", "2")
WHO = {"who": "Anna", "now": MONDAY}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.publish(a_call("1", "2026-09-01"), a_call("2", "2026-09-01"), at=MONDAY - WEEK)
    return world


def test_a_choice_holds_for_its_department_until_it_is_dropped(world):
    with world.archive() as archive:
        db = archive.db
        store_override(db, "kultur-fritid", ONE, "hold", **WHO)
        store_override(db, "kultur-fritid", TWO, "hold", **WHO)
        store_override(db, "kultur-fritid", TWO, "add", who="Bo", now=MONDAY + DAY)
        found = read_overrides(db, "kultur-fritid", "2026-W23")
        assert (found.withheld, set(found.added)) == ({ONE}, {TWO})
        assert read_overrides(db, "social", "2026-W23").withheld == frozenset()
        assert [(row["call_id"], row["choice"], row["who"], row["title"]) for row in list_overrides(db)] == [
            ("2", "add", "Bo", "Utlysning 2"),
            ("1", "hold", "Anna", "Utlysning 1"),
        ]
        remove_override(db, "kultur-fritid", ONE)
        assert read_overrides(db, "kultur-fritid", "2026-W23").withheld == frozenset()


def test_unknown_calls_and_choices_are_refused(world):
    with world.archive() as archive:
        with pytest.raises(ArchiveError, match="inget val"):
            store_override(archive.db, "social", ONE, "gömma", **WHO)
        with pytest.raises(ArchiveError, match="finns inte"):
            store_override(archive.db, "social", ("portal", "borta"), "hold", **WHO)
        assert list_overrides(archive.db) == []


def test_lines_are_for_a_week_or_a_call_and_for_one_department_or_all(world):
    with world.archive() as archive:
        db = archive.db
        write_mail_note(db, "", "2026-W23", None, "Till  alla\nden här veckan", **WHO)
        write_mail_note(db, "social", "2026-W23", None, "Till er", **WHO)
        write_mail_note(db, "", "2026-W23", ONE, "Ring mig", **WHO)
        assert read_overrides(db, "kultur-fritid", "2026-W23").mail_note == "Till alla den här veckan"
        assert read_overrides(db, "social", "2026-W23").mail_note == "Till er"
        assert read_overrides(db, "social", "2026-W24").mail_note == ""
        assert read_overrides(db, "social", "2026-W24").call_notes == {ONE: "Ring mig"}
        write_mail_note(db, "", "2026-W23", ONE, "x" * 2 * MAIL_NOTE_LIMIT, **WHO)
        assert len(read_overrides(db, "social", "2026-W24").call_notes[ONE]) == MAIL_NOTE_LIMIT
        write_mail_note(db, "social", "2026-W23", None, "  ", **WHO)
        assert read_overrides(db, "social", "2026-W23").mail_note == "Till alla den här veckan"
        assert len(list_mail_notes(db, "2026-W23")) == 2
        assert [row["call_id"] for row in list_mail_notes(db, "2026-W24")] == ["1"]


def test_mails_that_wait_come_first_and_answers_are_read_once(world):
    world.week(MONDAY - WEEK)
    world.publish(a_call("3", "2026-09-01"), at=MONDAY)
    world.digest(MONDAY)
    with world.archive() as archive:
        db = archive.db
        assert [(row["state"], row["week"]) for row in list_outbox(db)] == [("waiting", "2026-W23"), ("sent", "2026-W22")]
        assert len(list_outbox(db, limit=1)) == 1
        store_answer(db, "kultur-fritid", ONE, "vidare", note="", digest="", now=MONDAY)
        (answer,) = db.execute("SELECT id FROM feedback").fetchone()
        for day in (1, 2):
            mark_answer_read(db, answer, MONDAY + day * DAY)
        assert count_unread_answers(db) == {}
        (handled,) = db.execute("SELECT handled_at FROM feedback").fetchone()
        assert handled.startswith("2026-06-02")


def test_a_theme_keeps_every_text_that_was_saved_and_the_one_before(world):
    with world.archive() as archive:
        db = archive.db
        assert theme_versions(db, "energi") == []
        store_theme_version(db, "energi", "gammal", "ny", who="Anna", note="fler ord", now=MONDAY)
        store_theme_version(db, "energi", "ny", "nyare", who="Bo", note="", now=MONDAY + DAY)
        assert [(row["text"], row["who"]) for row in theme_versions(db, "energi")] == [
            ("nyare", "Bo"),
            ("ny", "Anna"),
            ("gammal", ""),
        ]
        store_theme_version(db, "energi", "ändrad i filen", "nyast", who="Bo", note="", now=MONDAY + 2 * DAY)
        assert [row["text"] for row in theme_versions(db, "energi")][:2] == ["nyast", "ändrad i filen"]
        assert theme_versions(db, "klimat") == []
