"""The sample content: enough of it, placed in time, and written by ourselves."""

import re
import tarfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo import samples

TODAY = date(2026, 5, 20)
PROGRAMMES = "AMIF CEF CERV CREA DIGITAL ERASMUS ESC ESF+ EU4H HORIZON I3 ISF JTM JUST LIFE PPPA PROSPECT SMP SOCPL UCPM"


def test_there_are_at_least_sixty_calls_on_both_days_over_all_programmes():
    for reading in samples.READINGS:
        listed = [call for call in samples.calls_at(samples.load_calls(), TODAY, reading) if call.is_current]
        assert len(listed) >= 60
    assert " ".join(sorted({call.programme.name for call in samples.load_calls()})) == PROGRAMMES
    assert {call.kind for call in samples.load_calls()} == {"topic", "cascade", "prospect", "archived", "leaked"}


def test_references_and_numbers_are_distinct():
    calls = samples.load_calls()
    assert len({call.number for call in calls}) == len(calls)
    assert len({(call.id, call.kind, call.number) for call in calls}) == len(calls)


def test_three_feeds_and_two_sites_each_with_items_new_on_the_second_day():
    publishers = samples.load_publishers()
    assert sorted(publisher.kind for publisher in publishers) == ["feed", "feed", "feed", "page", "page"]
    for publisher in publishers:
        first, second = (len(samples.items_at(publisher, reading)) for reading in samples.READINGS)
        assert 0 < first < second


@given(st.dates(date(2026, 1, 1), date(2035, 12, 31)))
def test_whatever_the_day_something_is_new_opened_moved_and_closed(today):
    calls = samples.load_calls()
    first, second = ({call.id: call for call in samples.calls_at(calls, today, reading)} for reading in samples.READINGS)
    last_week = today + timedelta(days=samples.FIRST_READING)
    opened = [call for key, call in second.items() if key in first and last_week < samples.day(today, call.opens) <= today]
    moved = [key for key in first.keys() & second.keys() if first[key].deadlines != second[key].deadlines]
    assert len(second.keys() - first.keys()) >= 8
    assert len(first.keys() - second.keys()) == 3
    assert len(opened) >= 5
    assert len(moved) == 3


@given(st.dates(date(2026, 1, 1), date(2035, 12, 31)), st.integers(-400, 400))
def test_no_date_falls_on_a_weekend_or_before_its_day(today, offset):
    found = samples.day(today, offset)
    assert found.weekday() < 5
    assert 0 <= (found - today).days - offset <= 2


def test_dates_are_written_as_the_publishers_write_them():
    text = samples.place_dates("{sv+1} {en+1} {iso+1} {num+1}", date(2026, 5, 31))
    assert text == "1 juni 2026 1 June 2026 2026-06-01 1/6 2026"


def test_no_placeholder_is_left_unfilled():
    for publisher in samples.load_publishers():
        for item in samples.items_at(publisher, samples.FIRST_READING) + publisher.items:
            assert "{" not in samples.place_dates(item.text + item.summary, TODAY)


def test_no_sentence_is_taken_from_the_portal(shared):
    archive = shared / "data/eu/sedia-search-raw/2026-06-17.tar.gz"
    if not archive.is_file():
        pytest.skip("the captured days are missing")
    with tarfile.open(archive) as days:
        pages = [days.extractfile(member).read().decode() for member in days if "page-" in member.name]
    captured = _runs_of_words(re.sub(r"<[^>]+>|\\u\w{4}|\\n", " ", " ".join(pages)))
    for call in samples.load_calls():
        own = _runs_of_words(" ".join((call.objective, call.outcome, call.scope)))
        assert not own & captured, call.id


def _runs_of_words(text, length=9):
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
