"""Hostile publishers beside a good one, over real HTTP: the good one's calls are stored whatever the others send."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.commands import Installation
from tests.hostile import BAD_ROWS, serve_round
from tests.mailing import MONDAY


def crawl(tmp_path_factory, name):
    installation = Installation(tmp_path_factory.mktemp("hostile"))
    with serve_round(name) as (settings, sources):
        installation.configure(settings)
        outcome = installation.fork("crawl", *sources, "--json", now=MONDAY.isoformat(), timeout=300)
    return installation, outcome


def reports(outcome):
    return {source["id"]: source for source in outcome.json["sources"]}


@pytest.fixture(scope="module")
def bad_rows(tmp_path_factory):
    return crawl(tmp_path_factory, "bad rows")


@pytest.fixture(scope="module")
def bad_answers(tmp_path_factory):
    return crawl(tmp_path_factory, "bad answers")


def stored(installation, source):
    with closing(sqlite3.connect(installation.archive)) as connection:
        return connection.execute("SELECT count(*) FROM calls WHERE source = ?", [source]).fetchone()[0]


@pytest.mark.parametrize("story", ["bad_rows", "bad_answers"])
def test_the_good_ones_calls_are_stored_and_found(request, story):
    installation, outcome = request.getfixturevalue(story)
    assert outcome.code == 1, outcome.err
    assert stored(installation, "good") == 3
    assert reports(outcome)["good"]["state"] == "accepted"
    with closing(sqlite3.connect(installation.archive)) as connection:
        assert connection.execute("SELECT count(*) FROM indexed WHERE source = 'good'").fetchone() == (3,)
        runs = connection.execute("SELECT count(DISTINCT source) FROM runs").fetchone()
    assert runs == (10,), "every source has its run row"


@pytest.mark.parametrize("source", [name for name, (_, _, keeps) in BAD_ROWS.items() if keeps])
def test_a_bad_row_stops_no_other_row_of_its_source(bad_rows, source):
    installation, outcome = bad_rows
    report = reports(outcome)[source]
    assert report["state"] in ("accepted", "degraded"), report["reason"]
    assert stored(installation, source) >= 1, report["reason"]


def test_rows_that_cannot_be_kept_are_skipped_and_named(bad_rows):
    report = reports(bad_rows[1])["portal"]
    assert report["skipped"] == 5
    assert "5 av 8 poster gick inte att läsa: 1TOPICSen (budget: väntade ett tal, fann '1e30')" in report["reason"]
    event = reports(bad_rows[1])["year-9999"]
    assert (event["current"], event["skipped"]) == (1, 1)
    assert "årtalet 9999 är orimligt" in event["reason"]


@pytest.mark.parametrize(
    ("source", "health", "words"),
    [
        ("endless", "too-large", "större än vad som tas emot"),
        ("bomb", "too-large", "större än vad som tas emot"),
        ("loop", "server-error", "skickar runt i en slinga"),
        ("header-flood", "too-large", "huvud"),
        ("thousand-million", "incomplete", "Portalen uppgav 1000000000 rader"),
        ("slow", "slow", "/slow: svaret tog längre än 8 sekunder att läsa."),
    ],
)
def test_the_guilty_source_is_named_with_its_reason(bad_answers, source, health, words):
    report = reports(bad_answers[1])[source]
    assert (report["health"], report["state"] in ("failed", "degraded")) == (health, True)
    assert words in report["reason"]
    assert f"{source}: " in bad_answers[1].err


def test_reasons_are_sentences_without_the_programs_own_words(bad_rows, bad_answers):
    for _, outcome in (bad_rows, bad_answers):
        assert "Traceback" not in outcome.err
        for report in json.loads(outcome.out)["sources"]:
            assert len(report["reason"]) < 1500
