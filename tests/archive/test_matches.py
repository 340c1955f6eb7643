"""Matches as stored, and departments, addresses, themes and days of many calls."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive.digests import first_told_times, list_recent_digests
from monitor.archive.feedback import list_refused_calls, mark_handled, read_answers, store_answer
from monitor.archive.listing import list_changed_keys, read_change_times
from monitor.archive.matches import (
    NewMatch,
    calls_of_other_themes,
    checked_files,
    departments_of,
    first_seen_days,
    last_rule_files,
    matched_keys,
    publisher_urls,
    read_calls,
    rule_files,
    store_matches,
    vanished_at,
)
from monitor.archive.statistics import matching_rule_version
from tests.mailing import MONDAY, WEEK, World, a_call

DAY = timedelta(days=1)
KEYS = [("portal", str(number)) for number in (1, 2, 3)]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.crawl(*(a_call(call_id, "2026-09-01") for _, call_id in KEYS), at=MONDAY - WEEK)
    return world


def a_match(call_id, department, relevance=70, theme="energi"):
    return NewMatch(
        source="portal", call_id=call_id, department=department, relevance=relevance, fit=50, level="trolig",
        themes=[{"id": theme, "title": theme}], evidence=[], fit_card={}, rule_version="v1",
    )  # fmt: skip


def test_matching_anew_puts_rows_in_place_of_all_and_keeps_first_moments(world):
    with world.archive() as archive:
        db = archive.db
        assert (last_rule_files(db), checked_files(db, "p")) == (None, {})
        assert (
            store_matches(db, [a_match("1", "social"), a_match("2", "social")], "v1", {"a.toml": "x"}, MONDAY, program="p") == 2
        )
        again = [a_match("1", "social"), replace(a_match("3", "social"), rule_version="v2")]
        store_matches(db, again, "v2", {"a.toml": "y"}, MONDAY + DAY)
        moments = dict(db.execute("SELECT call_id, substr(matched_at, 1, 10) FROM matches").fetchall())
        assert moments == {"1": "2026-06-01", "3": "2026-06-02"}
        assert rule_files(db, "v2") == {"a.toml": "y"}
        assert rule_files(db, "v9") is None


def test_files_count_as_checked_for_the_program_that_checked_them(world):
    with world.archive() as archive:
        db = archive.db
        store_matches(db, [], "v1", {"a.toml": "x"}, MONDAY, program="p")
        assert last_rule_files(db) == {"a.toml": "x"}
        assert checked_files(db, "p") == {"a.toml": "x"}
        assert checked_files(db, "q") == {}
        assert matching_rule_version(db)["hash"] == "v1"


def test_departments_are_told_the_most_relevant_first_for_few_and_for_many_keys(world):
    rows = [a_match("1", "social", 60), a_match("1", "kultur-fritid", 90), a_match("2", "social")]
    with world.archive() as archive:
        db = archive.db
        store_matches(db, rows, "v1", {}, MONDAY)
        few = departments_of(db, KEYS)
        assert few == {KEYS[0]: ["kultur-fritid", "social"], KEYS[1]: ["social"], KEYS[2]: []}
        many = departments_of(db, KEYS + [("portal", f"x{number}") for number in range(600)])
        assert many == {key: names for key, names in few.items() if names}
        assert matched_keys(db, "social") == {KEYS[0], KEYS[1]}
        assert publisher_urls(db, [KEYS[0], ("portal", "borta")]) == {KEYS[0]: "https://example.org/1", ("portal", "borta"): ""}


def test_the_rule_lab_sees_other_themes_days_and_the_last_mails(world):
    with world.archive() as archive:
        db = archive.db
        store_matches(db, [a_match("1", "social"), a_match("2", "social", theme="klimat")], "v1", {}, MONDAY)
        assert calls_of_other_themes(db, ["social", "kultur-fritid"], ["energi"]) == {("social", KEYS[1])}
        assert first_seen_days(db, [KEYS[0], ("portal", "borta")]) == {KEYS[0]: "2026-05-25"}
    world.match("3")
    world.week(MONDAY)
    with world.archive() as archive:
        (mail,) = list_recent_digests(archive.db, "kultur-fritid", 5)
        assert (mail["week"], mail["keys"]) == ("2026-W23", {KEYS[2]})
        assert first_told_times(archive.db, *KEYS[2]) == {"kultur-fritid": MONDAY}
        assert first_told_times(archive.db, *KEYS[0]) == {}


def test_calls_are_read_without_the_followers_of_a_story(world):
    with world.archive() as archive:
        db = archive.db
        with db.atomic():
            db.execute("UPDATE calls SET story = 'portal/1' WHERE call_id = '2'")
        assert [call.call_id for call in read_calls(db)] == ["1", "3"]
        assert vanished_at(db, *KEYS[0]) is None
    for day in range(1, 5):
        world.crawl(a_call("1", "2026-09-01"), at=MONDAY + day * DAY)
    with world.archive() as archive:
        assert vanished_at(archive.db, *KEYS[2]) >= MONDAY


def test_an_answer_says_whether_it_has_become_an_example(world):
    with world.archive() as archive:
        db = archive.db
        store_answer(db, "social", KEYS[0], "inte-for-oss", note="för stort", digest="", now=MONDAY)
        (answer,) = read_answers(db)
        assert (answer.department, answer.answer, answer.note, answer.title) == (
            "social",
            "inte-for-oss",
            "för stort",
            "Utlysning 1",
        )
        assert list_refused_calls(db) == {KEYS[0]: {"social"}}
        mark_handled(db, answer.id, "energi", MONDAY + DAY)
        (handled,) = read_answers(db)
        assert (handled.theme, handled.handled_at) == ("energi", MONDAY + DAY)


def test_the_feed_pages_through_calls_by_their_last_change_without_hiding_or_doubling(world):
    with world.archive() as archive:
        first, cursor = list_changed_keys(archive.db, "", 2)
    calls = [a_call(call_id, "2026-09-01") for _, call_id in KEYS]
    world.crawl(*calls[:2], replace(calls[2], title="Ny"), at=MONDAY)
    with world.archive() as archive:
        second, end = list_changed_keys(archive.db, cursor, 2)
        assert end == ""
        assert first == [KEYS[2], KEYS[1]]
        assert second == [KEYS[0]], "what changed meanwhile is in front, not here"
        assert list_changed_keys(archive.db, "", 5)[0][0] == KEYS[2]
        moments = read_change_times(archive.db, [KEYS[2], ("portal", "borta")])
    assert {key: (seen[:10], changed[:10]) for key, (seen, changed) in moments.items()} == {KEYS[2]: ("2026-05-25", "2026-06-01")}
