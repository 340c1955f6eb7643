"""Stored readings of calls: they equal fresh ones, follow the archive and the code that reads, and wait for nobody."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive import open_archive, readings
from monitor.archive.calls import correct_field
from monitor.archive.readings import decode_reading, encode_reading, store_readings, stored_reading
from monitor.archive.schema import migrations
from monitor.calls import Budget
from monitor.jobs.match import match_archive
from monitor.language import call_reading
from monitor.language.applicant_words import tags
from monitor.language.call_reading import CallReading, read_call
from monitor.matching import engine
from monitor.program import imported_files
from tests.matching.archived import NOW, sample_calls, store_calls
from tests.matching.rules import a_call, small_rules

ASSOCIATIONS = "Bara föreningar kan söka bidraget. Stödet täcker högst 60 procent av kostnaderna."
CITIES = "Municipalities can apply. At least three partners from two countries. The project lasts 12 to 24 months."


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def never(call):
    raise AssertionError(f"read again: {call.title}")


def test_a_reading_has_all_that_the_text_says():
    reading = read_call(a_call("Stöd", ASSOCIATIONS, language="sv"))
    assert reading.eligibility is not None
    assert (reading.eligibility.role, reading.eligibility.statement.words) == ("not", "Bara föreningar kan söka bidraget.")
    assert reading.shares.funder == 60
    reading = read_call(a_call("Support", CITIES, language="en"))
    assert (reading.partners.value, reading.countries.value, reading.months.value) == (3, 2, (12, 24))
    assert read_call(a_call("Stöd", applicants=("Kommuner",))).eligibility.role == "may"


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("Minst tolv parter ska delta.", 12),
        ("At least fifteen different organisations.", 15),
        ("At least a partner from the region.", None),
        ("Minst en och en halv kommuner.", None),
        ("At least 2 partners. At least four partners.", None),
    ],
)
def test_the_least_number_of_partners_is_a_whole_number_in_figures_or_words(text, partners):
    assert read_call(a_call("Stöd", text)).partners.value == partners


def test_shares_that_the_source_states_are_not_looked_for_in_the_text():
    stated = replace(a_call("Stöd", ASSOCIATIONS, language="sv"), budget=Budget(own_share=50))
    assert read_call(stated).shares.funder is None


words = st.sampled_from(
    sorted(
        {*tags(), "kommuner", "föreningar", "50 procent", "at least two partners", "24 months", "ett steg", ".", ":", "\n", "🙂"}
    )
)


@given(st.lists(words, max_size=40).map(" ".join) | st.text(max_size=100), st.sampled_from(["", "sv", "en", "da"]))
def test_a_stored_reading_equals_a_fresh_one(text, language):
    text = text.encode("utf-8", "replace").decode()
    reading = read_call(a_call("Stöd till kommuner", text, language=language))
    assert decode_reading(encode_reading(reading)) == reading


def test_a_text_that_says_nothing_is_stored_as_nothing():
    assert encode_reading(CallReading()) == "{}"
    assert decode_reading("{}") == CallReading()


def test_readings_follow_the_archive(archive):
    db = archive.db
    store_calls(db, (a_call("Stöd", ASSOCIATIONS, language="sv"), a_call("Support", CITIES, language="en")))
    assert stored_reading(db, "test", "Stöd") is None
    assert (store_readings(db), store_readings(db)) == (2, 0)
    assert stored_reading(db, "test", "Stöd") == read_call(a_call("Stöd", ASSOCIATIONS, language="sv"))
    changed = a_call("Stöd", "Kommuner kan söka.", language="sv")
    store_calls(db, (changed,))
    assert stored_reading(db, "test", "Stöd") is None
    assert store_readings(db) == 1
    assert stored_reading(db, "test", "Stöd") == read_call(changed)
    correct_field(db, "test", "Stöd", "summary", "Ansökan görs i två steg, inte i ett steg.", who="eu@example.se", now=NOW)
    assert stored_reading(db, "test", "Stöd") is None
    assert store_readings(db) == 1
    assert stored_reading(db, "test", "Stöd").one_stage == "ett steg"
    db.execute("DELETE FROM calls WHERE call_id = 'Stöd'")
    store_readings(db)
    assert [row[0] for row in db.execute("SELECT call_id FROM readings")] == ["Support"]


def test_other_code_reads_everything_again(archive, monkeypatch):
    store_calls(archive.db, sample_calls())
    assert store_readings(archive.db) == 9
    with monkeypatch.context() as patched:
        patched.setattr(readings, "reader_version", lambda: "mended")
        patched.setattr(readings, "read_call", lambda call: CallReading(one_stage="mended"))
        assert stored_reading(archive.db, "test", "Stöd") is None
        assert store_readings(archive.db) == 9
        assert stored_reading(archive.db, "test", "Stöd").one_stage == "mended"
    assert stored_reading(archive.db, "test", "Stöd") is None
    assert store_readings(archive.db) == 9


def test_all_that_reading_a_call_loads_counts_as_its_reader():
    """A stored reading would keep the mistakes of a module that is mended and not counted."""
    code = (
        "import sys, monitor.language.call_reading;"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('monitor') and m.__file__))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own = Path(call_reading.__file__)
    files = {*imported_files(own), own, own.parents[1] / "__init__.py"}
    assert {Path(file) for file in done.stdout.split()} <= files
    assert {file.name for file in files} >= {"applicant_words.py", "applicant_phrases.py", "segments.py", "money_words.py"}


def test_answers_are_written_while_calls_are_read(archive, monkeypatch):
    def read(call):
        # No wait at all: a locked archive is refused at once.
        with closing(sqlite3.connect(archive.path, timeout=0, isolation_level=None)) as other:
            values = ["2026-01-01", "kultur", "test", call.call_id, "intressant"]
            other.execute("INSERT INTO feedback (at, department, source, call_id, answer) VALUES (?, ?, ?, ?, ?)", values)
        return read_call(call)

    monkeypatch.setattr(readings, "read_call", read)
    store_calls(archive.db, sample_calls())
    assert store_readings(archive.db) == 9
    assert archive.db.execute("SELECT count(*) FROM feedback").fetchone()[0] == 9


def test_a_kill_keeps_the_batches_that_were_written(archive, monkeypatch):
    read = []

    def read_some(call):
        if len(read) == 7:
            raise KeyboardInterrupt
        read.append(call)
        return read_call(call)

    store_calls(archive.db, sample_calls())
    monkeypatch.setattr(readings, "_BATCH_CALLS", 3)
    with monkeypatch.context() as patched:
        patched.setattr(readings, "read_call", read_some)
        with pytest.raises(KeyboardInterrupt):
            store_readings(archive.db)
    assert store_readings(archive.db) == 3


def test_a_call_that_changes_while_it_is_read_is_pending_again(archive, monkeypatch):
    def read(call):
        with closing(sqlite3.connect(archive.path, timeout=0, isolation_level=None)) as other:
            other.execute("UPDATE calls SET hash = 'changed'")
        return read_call(call)

    store_calls(archive.db, sample_calls()[:1])
    with monkeypatch.context() as patched:
        patched.setattr(readings, "read_call", read)
        assert store_readings(archive.db) == 1
    assert stored_reading(archive.db, "test", "Youth exchange") is None
    assert store_readings(archive.db) == 1


def matches(archive):
    rows = archive.db.execute("SELECT * FROM matches ORDER BY call_id, department")
    return [dict(zip([column[0] for column in rows.description], row, strict=True)) for row in rows]


def test_a_call_is_read_once_and_not_at_every_match(archive, monkeypatch):
    rules = small_rules()
    store_calls(archive.db, sample_calls())
    match_archive(archive, rules, NOW)
    before = matches(archive)
    monkeypatch.setattr(readings, "read_call", never)
    monkeypatch.setattr(engine, "read_call", never)
    assert match_archive(archive, rules, NOW).matches == len(before) == 4
    assert matches(archive) == before


def test_an_archive_of_the_version_before_is_matched_as_before(tmp_path, caplog):
    rules, path = small_rules(), tmp_path / "archive.db"
    with open_archive(path) as archive:
        store_calls(archive.db, sample_calls())
        match_archive(archive, rules, NOW)
        before = matches(archive)
    with closing(sqlite3.connect(path)) as old:
        old.execute("DROP TABLE readings")
        old.execute("DELETE FROM _sqlite_migrations WHERE name = 'm017_readings'")
        old.commit()
    caplog.set_level("INFO")
    with open_archive(path) as archive:
        assert not migrations().pending(archive.db.sqlite_utils())
        match_archive(archive, rules, NOW)
        assert matches(archive) == before
        assert archive.db.execute("SELECT count(*) FROM readings").fetchone()[0] == 9
    assert [record.message.split()[0] for record in caplog.records if record.levelname != "INFO"] == []


def test_a_member_matches_by_the_readings_of_the_shared_archive(tmp_path, monkeypatch):
    rules = small_rules()
    with open_archive(tmp_path / "shared" / "archive.db") as shared:
        store_calls(shared.db, sample_calls())
        match_archive(shared, rules, NOW)
        before = matches(shared)
    with open_archive(tmp_path / "member" / "archive.db", tmp_path / "shared" / "archive.db", own_matches=True) as member:
        with monkeypatch.context() as patched:
            patched.setattr(engine, "read_call", never)
            match_archive(member, rules, NOW)
            assert matches(member) == before
        # Where its program is another one, a member reads for itself and writes nothing into the shared archive.
        monkeypatch.setattr(readings, "reader_version", lambda: "newer")
        match_archive(member, rules, NOW)
        assert matches(member) == before
