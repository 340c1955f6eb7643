"""The week's note: changes that ask for a person, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.codec import stamp
from monitor.archive.feedback import store_answer
from monitor.archive.projects import Project, ReportingDay, read_project, store_project
from monitor.calls import CallKey
from monitor.config import Config
from monitor.jobs.note import new_words, write_note
from monitor.matching.report import Report

NOW = datetime(2026, 5, 18, 8, tzinfo=ZoneInfo("Europe/Stockholm"))
TEXT = ("identifier", "parent", "status", "summary", "body", "conditions", "url", "language", "deadline_model", "currency")


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path)


def add_call(db, number, title, programme, days):
    seen = dict.fromkeys(("first_seen", "last_seen", "last_changed"), stamp(NOW - timedelta(days=days)))
    data = f'{{"source":"s","call_id":"{number}","title":"{title}","url":"https://example.se"}}'
    row = {"source": "s", "call_id": str(number), "kind": "call", "title": title, "programme": programme, "baseline": 0}
    db.table("calls").insert({**row, **seen, "hash": "", "data": data, **dict.fromkeys(TEXT, "")})


def add_source(db, source, health, since, states):
    values = {"publisher": "", "kind": "feed", "url": "", "language": "", "state": states[-1], "reason": ""}
    health_row = {"health": health, "health_text": "Källan har tystnat.", "health_since": since}
    db.table("sources").insert({"id": source, "name": source.title(), **values, **health_row})
    for state in states:
        counts = dict.fromkeys(("baseline", "seen", "current", "new", "changed", "unchanged", "vanished", "skipped"), 0)
        moment = stamp(NOW - timedelta(days=1))
        run = {"source": source, "started": moment, "finished": moment, "state": state, "reason": "", "stats": "{}"}
        db.table("runs").insert({**run, **counts})


def test_a_quiet_week_says_so_and_the_note_is_written_once(config):
    with open_archive(config.archive) as archive:
        first, second = (write_note(config, archive, NOW) for _ in range(2))
        assert first.paragraphs == ("Inget behöver ses över den här veckan.",)
        assert (first.new, second.new) == (True, False)
        assert archive.db.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


@pytest.mark.parametrize(
    ("days", "words"),
    [(29, None), (28, "ska lämnas"), (0, "ska lämnas"), (-1, "skulle ha lämnats"), (-400, None)],
)
def test_the_note_reminds_of_reports_until_they_are_handed_in(config, days, words):
    day = NOW.date() + timedelta(days=days)
    with open_archive(config.archive) as archive:
        add_call(archive.db, 1, "Utlysning", "life", 30)
        project = Project(
            department="social", source="s", call_id="1", title="Läsfest", reports=(ReportingDay(day, "delrapport"),)
        )
        store_project(archive.db, project, "beviljad", note="", who="", now=NOW)
        said = [text for text in write_note(config, archive, NOW).paragraphs if "Läsfest" in text]
    if words is None:
        assert said == []
    else:
        (sentence,) = said
        assert sentence.startswith(f"Delrapport för ”Läsfest” (Socialförvaltningen) {words} senast {day.isoformat()}.")
        assert sentence.endswith(f"http://127.0.0.1:8001/u/{CallKey('s', '1').short}")


def test_a_report_that_was_handed_in_is_not_reminded_of(config):
    with open_archive(config.archive) as archive:
        db = archive.db
        add_call(db, 1, "Utlysning", "life", 30)
        report = ReportingDay(NOW.date(), "delrapport")
        store_project(
            db, Project(department="social", source="s", call_id="1", title="Läsfest", reports=(report,)), "beviljad",
            note="", who="", now=NOW,
        )  # fmt: skip
        stored = read_project(db, "social", CallKey("s", "1"))
        done = replace(stored, reports=(replace(report, done=True),))
        store_project(db, done, "beviljad", note="", who="", now=NOW)
        assert not [text for text in write_note(config, archive, NOW).paragraphs if "Läsfest" in text]


def test_the_note_tells_what_is_new(config):
    with open_archive(config.archive) as archive:
        db = archive.db
        add_call(db, 1, "Stöd till energieffektivisering", "life", 30)
        add_call(db, 2, "Stöd till vätgasbussar", "nytt-program", 2)
        add_call(db, 3, "Stöd till vätgasbussar", "klimatklivet", 2)
        add_source(db, "tyst", "silent", stamp(NOW - timedelta(days=2)), ["accepted"])
        add_source(db, "gammal", "silent", stamp(NOW - timedelta(days=20)), ["accepted"])
        add_source(db, "frisk", "", None, ["failed", "accepted"])
        store_answer(db, "social", ("s", "1"), "inte-for-oss", note="", digest="", now=NOW)
        store_answer(db, "social", ("s", "2"), "intressant", note="", digest="", now=NOW)
        text = "\n".join(write_note(config, archive, NOW).paragraphs)
    assert "Källan Tyst har fått problem: Källan har tystnat." in text
    assert "Källan Gammal har fått problem" not in text
    assert "Läses igen som de ska: Frisk." in text
    assert "Svar som väntar på dig: 1 ”intressant”, 1 ”inte för oss”. Se:" in text
    assert "nytt-program (”Stöd till vätgasbussar”)" in text
    assert "vätgasbussar" in text
    assert "life" not in text
    assert "klimatklivet" not in text, "it is in the rules: that this archive has not seen it is no news"


def test_new_words():
    assert new_words(["Stöd till skolor"], ["Stöd till Skolor", "vätgas och vätgas", "Batterier"]) == ["vätgas", "batterier"]
    assert new_words([], ["Batterier"]) == [], "at the beginning all is new, and nothing is news"


def test_many_signals_are_counted_with_a_few_named(config, monkeypatch):
    dead, broad = [f"tema/signal-{number}" for number in range(149)], ["energi/kommun"]
    monkeypatch.setattr("monitor.jobs.note.report_archive", lambda archive, rules: Report(calls=500, dead=dead, broad=broad))
    with open_archive(config.archive) as archive:
        paragraphs = write_note(config, archive, NOW).paragraphs
    assert paragraphs == (
        "149 signaler träffar inget i arkivet, till exempel tema/signal-0, tema/signal-1, tema/signal-2."
        " Alla står i: monitor rules report",
        "1 signal träffar så mycket att den säger lite, till exempel energi/kommun. Alla står i: monitor rules report",
    )
