"""Work that the guide of the first day starts: what it runs, what it stores, and how it goes on after an end half way."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.archive.trials import DOUBTFUL, FAILED, RUNNING, WELL, list_trials
from monitor.config import load_config
from monitor.jobs import guide
from monitor.jobs.child import ProcessResult
from monitor.jobs.guide import FIRST_MAILS, MAIL, READING, SOURCES, GuideWork
from monitor.jobs.serve import PageWork
from monitor.vocabulary import JobState

NOW = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
SETTINGS = """
[municipality]
contact = "eu@eksjo.se"
base_url = "https://eu.eksjo.se"
[mail]
transport = "smtp"
from = "eu@eksjo.se"
"""
SOURCE = '[[source]]\nid = "{0}"\nkind = "feed"\nname = "Källan {0}"\nurl = "https://{0}.example.org/"\nlanguage = "sv"\n'
DONE = ProcessResult(JobState.DONE, 0, "", {"state": "accepted", "items": [1, 2], "problems": [], "advice": []})
PROBLEM = {"problems": [{"text": "Inga datum."}], "advice": ["Se sidan."]}
DOUBT = ProcessResult(JobState.ATTENTION, 1, "", {"state": "degraded", "items": [1], **PROBLEM})
GONE = ProcessResult(JobState.ATTENTION, 1, "", {"state": "failed", "items": [], **PROBLEM})
BROKEN = ProcessResult(JobState.FAILED, 2, "en rad\nServern svarar inte.")


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """Return the settings of an installation with three sources, the commands that were run, and their results to come."""
    from monitor.config import load_sources

    path = tmp_path / "monitor.toml"
    off = "".join(f"[sources.{one.id}]\nenabled = false\n" for one in load_sources([], {}, "test"))
    path.write_text(SETTINGS + off + "".join(SOURCE.format(name) for name in ("ett", "tva", "tre")), "utf-8")
    config = load_config(path)
    with open_archive(config.archive):
        pass
    commands, results = [], {}

    def run(config, command, *, limit, stop):
        commands.append(" ".join(command))
        result = results.get(commands[-1], DONE)
        if result.state is JobState.INTERRUPTED:
            stop.set()
        return result

    monkeypatch.setattr(guide, "run_child", run)
    return config, commands, results


def work(config, name):
    worker = GuideWork(config, lambda: NOW)
    assert worker.start(name)
    worker.wait()
    assert worker.running == ""
    with open_archive(config.archive) as archive:
        return {subject: (trial.state, trial.detail) for subject, trial in list_trials(archive.db).items()}


def test_sources_are_tried_one_by_one_and_a_failure_stops_none(installation):
    config, commands, results = installation
    results |= {"sources check ett": BROKEN, "sources check tva": DOUBT, "sources check tre": GONE}
    assert work(config, SOURCES) == {
        "source:ett": (FAILED, "Servern svarar inte."),
        "source:tva": (DOUBTFUL, "1 post. Inga datum. Se sidan."),
        "source:tre": (FAILED, "0 poster. Inga datum. Se sidan."),
    }
    assert commands == ["sources check ett", "sources check tva", "sources check tre"]


def test_what_worked_is_not_tried_again_and_what_did_not_is(installation):
    config, commands, results = installation
    results["sources check tva"] = BROKEN
    work(config, SOURCES)
    del commands[:]
    results.clear()
    assert {state for state, _ in work(config, SOURCES).values()} == {WELL}
    assert commands == ["sources check tva"]


def test_a_source_with_another_address_is_tried_anew(installation):
    config, commands, _ = installation
    work(config, SOURCES)
    del commands[:]
    text = config.path.read_text("utf-8").replace("https://tva.example.org/", "https://tva.example.org/ny/")
    config.path.write_text(text, "utf-8")
    work(config, SOURCES)
    assert commands == ["sources check tva"]


def test_an_end_half_way_is_gone_on_from(installation):
    config, commands, results = installation
    results["sources check tva"] = ProcessResult(JobState.INTERRUPTED)
    found = work(config, SOURCES)
    assert found == {"source:ett": (WELL, "2 poster."), "source:tva": (RUNNING, "")}
    results.clear()
    del commands[:]
    assert {state for state, _ in work(config, SOURCES).values()} == {WELL}
    assert commands == ["sources check tva", "sources check tre"]


def test_the_first_reading_reads_and_matches_though_a_source_fails(installation):
    config, commands, results = installation
    results["crawl"] = ProcessResult(JobState.ATTENTION, 1, "", {"sources": []})
    assert work(config, READING)[READING] == (WELL, "")
    assert commands == ["crawl", "match"]


def test_a_reading_that_cannot_begin_says_why(installation):
    config, commands, results = installation
    results["crawl"] = ProcessResult(JobState.LOCKED, 3, "archive.lock: ett annat arbete pågår; försök igen när det är klart")
    state, detail = work(config, READING)[READING]
    assert state == FAILED
    assert "ett annat arbete pågår" in detail
    assert commands == ["crawl"]


@pytest.mark.parametrize(
    ("result", "stored"),
    [
        (ProcessResult(JobState.DONE, 0, "", {"sent": 1}), (WELL, "")),
        (ProcessResult(JobState.FAILED, 1, "535 Authentication failed"), (FAILED, "535 Authentication failed")),
    ],
)
def test_a_test_mail_goes_to_the_coordinator_and_its_failure_is_told(installation, result, stored):
    config, commands, results = installation
    results["send --test eu@eksjo.se"] = result
    assert work(config, MAIL)[MAIL] == stored
    assert commands == ["send --test eu@eksjo.se"]


def test_the_first_mails_that_were_not_taken_are_no_success(installation):
    config, commands, results = installation
    results["send"] = ProcessResult(JobState.ATTENTION, 1, "anna@eksjo.se: 550 unknown", {"sent": 0, "failed": 1, "waiting": 0})
    assert work(config, FIRST_MAILS)[FIRST_MAILS] == (FAILED, "anna@eksjo.se: 550 unknown")
    assert commands == ["digest", "send"]


def test_nothing_is_sent_while_addresses_are_those_of_examples(installation):
    config, commands, _ = installation
    config.path.write_text(config.path.read_text("utf-8").replace("https://eu.eksjo.se", "http://127.0.0.1:8001"), "utf-8")
    refused = PageWork(config).start_guide_work(FIRST_MAILS)
    assert "dit ingen mottagare når" in refused
    assert commands == []


def test_the_first_mails_wait_for_the_approved_preview(installation):
    config, commands, _ = installation
    person = '[[recipient]]\ndepartment = "kultur-fritid"\nemail = "anna@eksjo.se"\n'
    config.path.write_text(config.path.read_text("utf-8") + person, "utf-8")
    work_of_pages = PageWork(config)
    refused = work_of_pages.start_guide_work(FIRST_MAILS)
    assert refused == "De första mejlen är inte godkända. Se dem i steget Första mejlet och tryck på Mejlen ser bra ut."
    assert commands == []
    work_of_pages.approve_first_mails(NOW)
    assert work_of_pages.start_guide_work(FIRST_MAILS) == ""
    work_of_pages.close()
    assert commands == ["digest", "send"]


def test_one_work_at_a_time(installation, monkeypatch):
    import threading

    config, _, _ = installation
    begun, go_on = threading.Event(), threading.Event()

    def run(config, command, *, limit, stop):
        begun.set()
        assert go_on.wait(60)
        return DONE

    monkeypatch.setattr(guide, "run_child", run)
    worker = GuideWork(config, lambda: NOW)
    assert worker.start(MAIL)
    assert begun.wait(60)
    assert worker.running == MAIL
    assert not worker.start(SOURCES)
    go_on.set()
    worker.wait()
    assert worker.start(SOURCES)
    worker.wait()
