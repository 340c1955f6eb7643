"""Health judged by a source's own runs: which problems are reported, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run, stored_health, write_health
from monitor.collect.health import HealthClass, RunFacts, judge_health
from monitor.collect.reading import ProblemKind

START = datetime(2026, 1, 5, 5, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def runs(*items, every=1, **fields):
    """Return runs a day apart with these numbers of items, each with something new; None: no run that day."""
    return [
        RunFacts(at=START + number * every * DAY, accepted=True, items=count, seen=count, changes=1, **fields)
        for number, count in enumerate(items)
        if count is not None
    ]


def judge(history, *, every=1, expected=0):
    return judge_health(history, every=every, expected=expected)


def test_no_history_and_ordinary_days_are_healthy():
    assert not judge([]).text
    assert not judge(runs(10)).text
    assert not judge(runs(10, 11, 9, 10, 12, 10)).text


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_of_a_run_has_its_class_and_sentence(kind):
    history = runs(10, 10)
    history[-1] = RunFacts(at=history[-1].at, accepted=False, items=0, problems=((kind.value, "En mening."),))
    health = judge(history)
    assert (health.kind, health.text) == (HealthClass(kind.value), "En mening.")


def test_a_source_that_falls_silent_is_told_until_it_speaks_again():
    assert judge(runs(10, 12, 11, 0)).kind is HealthClass.SILENT
    assert judge(runs(10, 12, 11, 0, 0, 0)).text == "Källan är tom sedan 2 dagar. Den brukar ha omkring 11 poster."
    assert judge(runs(10, 12, 11, 0, 0, 5)).kind is not HealthClass.SILENT


def test_a_source_that_is_empty_now_and_then_raises_no_alarm():
    assert not judge(runs(1, 0, 0, 2, 0, 1, 0)).text
    assert not judge(runs(6, 0, 0, 0, 0, 7, 6, 0, 0, 0, 0)).text
    assert judge(runs(6, 0, 0, 0, 0, 7, 6, *[0] * 9)).kind is HealthClass.SILENT
    assert not judge(runs(0, 0, 0, 0)).text


def test_a_page_that_says_that_it_is_empty_is_believed():
    history = runs(10, 12, 11, 0)
    history[-1] = RunFacts(at=history[-1].at, accepted=True, items=0, said_empty=True, changes=1)
    assert not judge(history, expected=5).text


def test_a_sharp_drop_is_told_and_an_ordinary_low_is_not():
    assert judge(runs(20, 21, 20, 19, 8)).text == "Källan gav 8 poster. Den brukar ge omkring 20."
    assert not judge(runs(20, 7, 20, 19, 8)).text
    assert not judge(runs(20, 21, 20, 19, 12)).text
    assert not judge(runs(4, 4, 4, 1)).text


def test_fewer_than_the_row_expects_is_told_from_the_first_day():
    assert judge(runs(3), expected=10).text == "Källan gav 3 poster. Minst 10 väntas."
    assert not judge(runs(4, 4, 4, 4), expected=10).text, "learned: it never gave more"


def test_items_that_cannot_be_read_are_told():
    history = runs(10, 10, 10)
    history.append(RunFacts(at=START + 3 * DAY, accepted=True, items=6, seen=12, skipped=6, changes=1))
    assert judge(history).text == "6 av 12 poster gick inte att läsa."


def test_a_field_that_stops_filling_is_told():
    full, bare = ({"items": 10, "deadline": count, "published": 10, "text": 10} for count in (9, 0))
    history = [*runs(10, 10, 10, fields=full), RunFacts(at=START + 3 * DAY, accepted=True, items=10, changes=1, fields=bare)]
    assert judge(history).text == "Ingen av 10 poster har längre sista ansökningsdag. Förr hade de flesta det."
    assert not judge([*runs(10, 10, fields=full), history[-1]]).text, "two runs teach nothing"


def test_only_old_items():
    def facts(day, newest):
        return RunFacts(at=START + day * DAY, accepted=True, items=5, changes=1, newest=START + newest * DAY)

    assert judge([facts(0, -400)]).text == "Källan har bara gamla poster. Den nyaste är från 2024-12-01."
    assert not judge([facts(0, -200)]).text
    weekly = [facts(day, day) for day in range(0, 70, 7)]
    assert not judge([*weekly, facts(110, 63)]).text
    assert judge([*weekly, facts(140, 63)]).kind is HealthClass.OLD
    assert not judge([*weekly, facts(140, 63)], every=30).text, "a slow source has time"


def test_unchanged_for_too_long():
    def quiet(days, changes):
        return RunFacts(at=START + days * DAY, accepted=True, items=5, changes=changes)

    daily = [quiet(day, 1) for day in range(20)]
    assert not judge([*daily, quiet(28, 0)]).text
    assert judge([*daily, quiet(40, 0)]).text == "Källan har inte ändrats på 21 dagar. Förr har den aldrig stått still så länge."
    assert not judge([quiet(0, 1), quiet(40, 0)]).text
    assert judge([quiet(0, 1), quiet(60, 0)]).kind is HealthClass.STALE
    assert not judge([quiet(0, 1), quiet(60, 0)], every=7).text


def test_moved_is_told_with_the_new_address():
    history = runs(10, 10)
    history[-1] = RunFacts(at=history[-1].at, accepted=True, items=10, changes=1, moved="https://ny.se/feed")
    assert judge(history).text == "Sidan har flyttat för gott till https://ny.se/feed. Ändra källans adress."


def test_a_publisher_that_says_that_nothing_changed_is_not_empty():
    history = runs(10, 10, 10)
    history.append(RunFacts(at=START + 3 * DAY, accepted=True, items=0, not_modified=True))
    assert not judge(history).text


def test_the_first_sight_of_a_trouble_stays_as_long_as_it_lasts(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        run = SourceRun(
            source="x", name="X", publisher="", kind="feed", url="https://x.se/", language="sv", started=START, finished=START,
            state="accepted", reason="", complete_list=False, seen=0,
        )  # fmt: skip
        store_run(archive.db, run, START)
        for day, kind in enumerate(("gone", "gone", "blocked", "", "gone")):
            write_health(archive.db, "x", kind, kind and "En mening.", START + day * DAY)
            known = stored_health(archive.db)["x"]
            first = {0: 0, 1: 0, 2: 2, 4: 4}.get(day)
            assert known.since == ((START + first * DAY).isoformat(timespec="seconds") if first is not None else None)
            assert known.seen == ((START + day * DAY).isoformat(timespec="seconds") if kind else None)
