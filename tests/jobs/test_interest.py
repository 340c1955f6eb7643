"""An answer that asks something of the coordinator is in the coordinator's mailbox the same day, once."""

from datetime import timedelta

import pytest

from monitor.archive.feedback import mark_answer_read, store_answer
from monitor.jobs.interest import is_letter_due
from tests.mailing import MONDAY, World, a_call, text_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path).welcomed()
    world.publish(
        a_call("1", "2026-09-01", title="Stöd till\r\nBcc: a@evil.example bibliotek"), a_call("2"), a_call("3"), at=MONDAY
    )
    world.week(MONDAY)
    return world


def answer(world, call, word="intressant", *, at=MONDAY, note="", department="kultur-fritid"):
    with world.archive() as archive:
        store_answer(archive.db, department, ("portal", call), word, note=note, digest="", now=at)


def letters(world, at):
    before = len(world.server.taken)
    world.send(at)
    return [mail for mail in world.server.taken[before:] if mail["To"] == "eu@example.se"]


def due(world, at):
    with world.archive() as archive:
        return is_letter_due(world.config, archive.db, at)


def test_interesting_reaches_the_coordinator_at_the_next_sending(world):
    assert not due(world, MONDAY)
    answer(world, "1", note="Vi pratar med Eksjö.")
    assert due(world, MONDAY + MINUTE)
    (letter,) = letters(world, MONDAY + MINUTE)
    assert letter["Subject"] == "kultur-fritid tycker att utlysningen är intressant: Stöd till Bcc: a@evil.example bibliotek"
    assert "Vi pratar med Eksjö." in text_of(letter)
    assert "Sista dag 1 september 2026." in text_of(letter)
    assert "https://eu.example.se/samordna" in text_of(letter)
    assert not due(world, MONDAY + timedelta(days=1))
    assert letters(world, MONDAY + timedelta(days=1)) == []


def test_one_letter_an_hour_holds_what_came_since(world):
    answer(world, "1")
    assert len(letters(world, MONDAY + MINUTE)) == 1
    answer(world, "2", at=MONDAY + 2 * MINUTE)
    answer(world, "3", "vidare", note="till Socialförvaltningen", at=MONDAY + 3 * MINUTE)
    assert not due(world, MONDAY + 59 * MINUTE)
    assert letters(world, MONDAY + 59 * MINUTE) == []
    (letter,) = letters(world, MONDAY + 61 * MINUTE)
    assert letter["Subject"] == "2 svar från förvaltningarna"
    assert "Utlysning 2" in text_of(letter)
    assert "till Socialförvaltningen" in text_of(letter)
    assert "Eksjö" not in text_of(letter)


def test_the_same_answer_again_is_told_again_only_for_what_is_new_in_it(world):
    answer(world, "1", note="Hej")
    assert len(letters(world, MONDAY)) == 1
    answer(world, "1", note="Hej", at=MONDAY + 90 * MINUTE)
    answer(world, "1", at=MONDAY + 91 * MINUTE)
    assert not due(world, MONDAY + 92 * MINUTE)
    answer(world, "1", note="Vi söker!", at=MONDAY + 93 * MINUTE)
    (letter,) = letters(world, MONDAY + 94 * MINUTE)
    assert "Vi söker!" in text_of(letter)


def test_what_was_seen_to_or_is_no_interest_needs_no_letter(world):
    answer(world, "1", "inte-for-oss")
    answer(world, "2")
    with world.archive() as archive:
        ((number,),) = archive.db.execute("SELECT id FROM feedback WHERE answer = 'intressant'").fetchall()
        mark_answer_read(archive.db, number, MONDAY)
    assert not due(world, MONDAY + MINUTE)


def test_the_letter_and_what_it_tells_are_stored_together(world, monkeypatch):
    answer(world, "1")

    def fail(*values):
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.jobs.interest.mark_reported", fail)
    with pytest.raises(KeyboardInterrupt):
        world.send(MONDAY + MINUTE)
    monkeypatch.undo()
    assert len(letters(world, MONDAY + 2 * MINUTE)) == 1
    assert letters(world, MONDAY + 90 * MINUTE) == []
