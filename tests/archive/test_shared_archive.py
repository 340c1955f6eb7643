"""Archives that read tables of another archive; files that are no archives or hold damaged bytes."""

import sqlite3
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.connection import connect_for_reading, count_broken, is_damaged
from monitor.archive.feedback import store_answer
from monitor.archive.files import load_secret
from monitor.archive.lookup import find_call
from monitor.archive.recipients import add_recipient
from monitor.errors import ArchiveError
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "shared")
    world.publish(a_call("1", "2026-09-01"), at=MONDAY - WEEK)
    return world


def test_a_member_sees_shared_calls_and_keeps_answers_of_its_own(world, tmp_path):
    own = tmp_path / "member" / "archive.db"
    with open_archive(own, world.config.archive) as member:
        assert member.shared
        assert find_call(member.db, "portal/1") == ("portal", "1")
        store_answer(member.db, "kultur-fritid", ("portal", "1"), "vidare", note="vår", digest="", now=MONDAY)
        with pytest.raises(sqlite3.OperationalError, match="view"):
            member.db.execute("UPDATE calls SET title = ''")
    assert world.rows("SELECT count(*) FROM feedback") == [(0,)]
    reading = connect_for_reading(own, world.config.archive)
    try:
        assert reading.execute("SELECT note FROM feedback").fetchone()[0] == "vår"
        assert reading.execute("SELECT department FROM matches").fetchone()[0] == "kultur-fritid"
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reading.execute("DELETE FROM calls")
    finally:
        reading.close()


def test_a_member_with_rules_of_its_own_has_matches_of_its_own(world, tmp_path):
    own = tmp_path / "member" / "archive.db"
    with open_archive(own, world.config.archive, own_matches=True) as member:
        assert member.db.execute("SELECT count(*) FROM matches").fetchone()[0] == 0
    reading = connect_for_reading(own, world.config.archive, own_matches=True)
    try:
        assert reading.execute("SELECT count(*) FROM matches").fetchone()[0] == 0
    finally:
        reading.close()


def test_a_file_that_is_no_archive_is_refused_in_words(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(ArchiveError, match="går inte att använda"), open_archive(tmp_path / "archive.db"):
        pass
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE strange (x)")
    other.close()
    with pytest.raises(ArchiveError, match="går inte att använda"), open_archive(tmp_path / "other.db"):
        pass


def test_damage_is_told_from_mistakes_of_the_program(world):
    with world.archive() as archive:
        db = archive.db
        assert count_broken(db) == 0
        assert not is_damaged(db, ValueError("a mistake of ours"))
        with db.atomic():
            db.execute("UPDATE calls SET first_seen = 'i går'")
            db.execute("UPDATE matches SET themes = '[{'")
        assert count_broken(db) == 2
        assert is_damaged(db, ValueError("met while reading"))
    with pytest.raises(ArchiveError, match="går inte att använda"), world.archive():
        raise ValueError("met while reading")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE recipients SET left_out = '[\"idrott'",
        "UPDATE recipients SET paused_until = 'snart'",
        "UPDATE recipients SET known = 'nyss'",
        "INSERT INTO recipient_events (at, folded, email, department, event, language) VALUES ('x', 'a', 'a', 'd', 'left', 'sv')",
        "INSERT INTO readings VALUES ('portal', '1', 'h', 'r', '{')",
        "INSERT INTO left_out VALUES ('portal', '1', '', '', '', '{}', 'x', '2026-01-01T00:00:00+00:00', NULL, NULL)",
        "INSERT INTO digest_failures VALUES ('d', '2026-W01', 'x', '')",
    ],
)
def test_damage_of_recipients_and_of_what_texts_say_is_counted(world, damage):
    with world.archive() as archive:
        assert count_broken(archive.db) == 0
        with archive.db.atomic():
            archive.db.execute("DELETE FROM readings")
            add_recipient(archive.db, "d", "a@example.se", "sv", MONDAY)
            archive.db.execute(damage)
        assert count_broken(archive.db) == 1


def test_a_secret_is_made_once_and_a_broken_one_refused(tmp_path):
    secret = load_secret(tmp_path)
    assert load_secret(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    (tmp_path / "secret").write_text("kort", "ascii")
    with pytest.raises(ArchiveError, match="trasig"):
        load_secret(tmp_path)
    (tmp_path / "file").write_text("x", "ascii")
    with pytest.raises(ArchiveError, match="hemligheten"):
        load_secret(tmp_path / "file")
