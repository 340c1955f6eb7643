"""Sixty calls of the captures, read by hand: no shown sum or answer to who may apply is wrong, and each fact has its words."""

from collections import Counter

import pytest

from tests.documents.sixty import FACTS, NOTHING, TRUTH, measure, shares

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def measured(shared):
    return measure(shared)


def listed(outcomes, result):
    return [f"{truth['id']} {fact}: {found!r}, true is {truth[fact]!r}" for truth, fact, got, found in outcomes if got == result]


def test_the_truth_has_sixty_calls_of_many_publishers_each_stated_fact_with_its_words():
    assert len({truth["id"] for truth in TRUTH}) == 60
    assert len(Counter(truth["file"].rpartition("/")[0] for truth in TRUTH)) >= 5
    named = {"opens", "total", "project_min", "project_max", "funder_share"}
    assert [truth["id"] for truth in TRUTH if any(truth[fact] and not truth["quotes"].get(fact) for fact in named)] == []


def test_at_least_85_percent_of_the_facts_are_right_also_of_those_that_are_stated(measured):
    outcomes, _ = measured
    assert len(outcomes) == 60 * len(FACTS)
    for counts in shares(outcomes):
        assert counts["right"] >= 0.85 * counts.total(), listed(outcomes, "silent")


def test_no_fact_is_wrong(measured):
    outcomes, _ = measured
    assert listed(outcomes, "wrong") == []


def test_sums_are_read_and_not_only_left_out(measured):
    outcomes, _ = measured
    sums = [row for row in outcomes if row[1] in ("total", "project_min", "project_max") and row[0][row[1]] not in NOTHING]
    assert len(sums) >= 70
    assert len(listed(sums, "silent")) <= 0.05 * len(sums), listed(sums, "silent")


def test_the_words_of_each_fact_stand_in_its_source_letter_by_letter(measured):
    _, unfound = measured
    assert unfound == []
