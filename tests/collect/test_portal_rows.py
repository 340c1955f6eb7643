"""Rows of the portal turned into Calls."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calls import DeadlineModel, Precision
from monitor.collect.completeness import ListingPage, is_confirmed_by, is_implausible_drop, listing_problems, missing_text_problem
from monitor.collect.portal.budget import parse_budget
from monitor.collect.portal.rows import is_current, parse_row, row_metadata
from monitor.collect.portal.sections import parse_conditions, parse_description
from monitor.vocabulary import Status
from tests.portal_rows import row

BRUSSELS = ZoneInfo("Europe/Brussels")
TODAY = date(2026, 5, 20)


def parse(**fields):
    return parse_row(row(**fields), "portal")


def test_a_topic_in_full():
    call = parse(number=7)
    assert (call.call_id, call.identifier, call.parent, call.parent_title) == (
        "7TOPICSen",
        "LIFE-2026-TEST-0007",
        "LIFE-2026-TEST",
        "A call of ours",
    )
    assert call.stated_status is Status.OPEN
    assert call.opens == date(2026, 4, 21)
    assert call.url.endswith("/topic-details/LIFE-2026-TEST-0007")
    assert [(part.title, part.text) for part in call.sections] == [("Scope", "Words.")]
    assert [(part.title, part.text) for part in call.conditions] == [("2. Eligible countries", "EU Member States")]


@pytest.mark.parametrize("day", ["2026-07-01", "2026-12-01"])
def test_t50_topics_close_at_17_in_brussels_in_summer_and_winter(day):
    deadline = parse(deadlines=(day,)).deadlines[0]
    assert deadline.at == datetime.fromisoformat(f"{day}T17:00").replace(tzinfo=BRUSSELS)
    assert deadline.precision is Precision.DAY


def test_t48_a_living_row_of_the_old_shape_means_the_day_after():
    call = parse(deadlines=("2026-09-21T22:00:00.000+0000",))
    assert call.deadlines[0].at.date() == date(2026, 9, 22)


def test_a_cascade_call_has_its_own_title_hour_and_page():
    call = parse(number=15381, kind="8", caName=["Second call for project grants"], deadlines=("2026-10-06T13:00:00.000+0000",))
    assert call.title == "Second call for project grants"
    assert call.parent_title == "Title 15381"
    assert call.deadlines[0].at == datetime(2026, 10, 6, 13, tzinfo=BRUSSELS)
    assert call.deadlines[0].precision is Precision.MINUTE
    assert call.url.endswith("/competitive-calls-cs/15381")


def test_an_archived_cascade_row_whose_own_name_is_true_keeps_the_title():
    assert parse(kind="8", caName=["true"]).title == "Title 1"


def test_a_row_with_its_fields_at_the_top_level():
    nested = row(3, kind="8")
    flat = {**nested, **nested["metadata"]}
    del flat["metadata"]
    assert parse_row(flat, "portal") == parse_row(nested, "portal")
    assert row_metadata(flat)["type"] == ["8"]


def test_two_stages_and_cut_offs():
    two = parse(deadlines=("2027-03-04", "2026-09-03"), deadlineModel=["two-stage"])
    assert two.deadline_model is DeadlineModel.TWO_STAGE
    assert [(d.stage, d.at.date()) for d in two.deadlines] == [(1, date(2026, 9, 3)), (2, date(2027, 3, 4))]
    many = parse(deadlines=("2026-09-03", "2027-03-04"), deadlineModel=["multiple cut-off"])
    assert many.deadline_model is DeadlineModel.CUT_OFFS
    assert parse(deadlines=()).deadline_model is DeadlineModel.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "current"),
    [
        ({}, True),
        ({"deadlines": ("2026-05-20",)}, True),
        ({"deadlines": ("2026-05-19",)}, False),
        ({"deadlines": ()}, True),
        ({"deadlines": ("2025-01-01", "2026-06-01")}, True),
        ({"DATASOURCE": ["SEDIA_PRD_CENTRICITY"]}, False),
        ({"datasource": [""]}, False),
        ({"datasource": ["SEDIA"]}, False),
    ],
)
def test_rows_of_the_archived_index_are_not_current(fields, current):
    assert is_current(row(**fields), TODAY) is current


def test_a_row_without_a_database_is_not_current():
    old = row()
    del old["database"]
    assert not is_current(old, TODAY)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"deadlineDate": ["soon"]}, "deadlineDate"),
        ({"deadlineDate": ["2026-05-20T00:00:00"]}, "saknar tidszon"),
        ({"budget": ["1e30"], "budgetOverview": None}, "budget"),
        ({"budget": ["Infinity"], "budgetOverview": None}, "budget"),
        ({"budget": ["nan"], "budgetOverview": None}, "budget"),
        ({"latestInfos": ["[{"]}, "latestInfos"),
        ({"budgetOverview": ["{"]}, "budgetOverview"),
        ({"title": [], "summary": None}, "title"),
    ],
)
def test_what_cannot_be_read_is_named(fields, words):
    broken = row()
    broken["metadata"] |= {name: value for name, value in fields.items() if value is not None}
    if "summary" in fields:
        broken["summary"] = None
    with pytest.raises(ValueError, match=words):
        parse_row(broken, "portal")


def line(name, amount, **fields):
    return {"action": f"{name} - LIFE-PJG LIFE Project Grants", "budgetYearMap": {"2026": str(amount)}, **fields}


def budget_of(identifier, *lines):
    return parse_budget({"budgetOverview": [json.dumps({"budgetTopicActionMap": {"1": list(lines)}})]}, identifier)


def test_only_own_lines_count_and_the_space_matters():
    budget = budget_of(
        "X-01", line("X-01", 5_000_000, minContribution=1_000_000, maxContribution=2_000_000), line("X-01-02", 9_000_000)
    )
    assert (budget.total, budget.project_min, budget.project_max, budget.shared) == (5_000_000, 1_000_000, 2_000_000, False)


def test_identifiers_are_compared_without_case():
    assert budget_of("X-two-stage", line("X-TWO-STAGE", 7)).total == 7


def test_a_pot_shared_by_every_sibling():
    budget = budget_of("A", line("A", 422), line("B", 422), line("C", 422))
    assert (budget.total, budget.shared) == (422, True)


def test_own_lines_of_one_amount_are_one_pot_and_of_several_are_several():
    assert budget_of("A", line("A", 10), line("A", 10)).total == 10
    several = budget_of("A", line("A", 10), line("A", 30))
    assert several.total == 40
    assert len(several.pots) == 2


def test_zero_means_not_stated():
    budget = budget_of("A", line("A", 0, minContribution=0, maxContribution=0, expectedGrants=0))
    assert (budget.total, budget.project_min, budget.project_max, budget.grants) == (None, None, None, None)


def test_budgets_of_external_actions():
    assert parse_budget({"budget": ["5164000"], "currency": ["EUR"]}, "x").total == 5_164_000


def test_descriptions_without_marker_and_with_null():
    assert [part.title for part in parse_description("<p>All of it</p>")] == [""]
    marked = '<p class="topicdescriptionkind">Scope:</p><p>A</p><span class="topicdescriptionkind">null</span><p>B</p>'
    assert [(part.title, part.text) for part in parse_description(marked)] == [("Scope", "A"), ("", "B")]


def test_conditions_survive_the_broken_first_tag():
    assert parse_conditions('<div class="eui-u-mt-l>"><h4>1. A</h4><p>x</p>')[0].title == "1. A"


def test_t41_keywords_that_are_one_json_text():
    assert parse(keywords=['["water", "LIFE-2026-TEST-0001"]']).keywords == ("water", "LIFE-2026-TEST-0001")


def test_t24_a_title_with_markup_is_text():
    assert parse(title=["<b>Green</b> &amp; fair <script>alert(1)</script>"]).title == "Green & fair"


def pages_of(total, size):
    return [ListingPage(n, "2", total, min(size, total - (n - 1) * size)) for n in range(1, -(-total // size) + 1)]


@given(st.integers(1, 2000), st.integers(1, 100))
def test_a_whole_listing_is_accepted(total, size):
    assert listing_problems(pages_of(total, size), map(str, range(total)), size) == []


@given(st.integers(2, 500), st.integers(1, 100), st.data())
def test_t32_any_overlap_or_omission_is_refused(total, size, data):
    references = [str(n) for n in range(total)]
    lost = data.draw(st.integers(0, total - 1))
    copied = data.draw(st.integers(0, total - 1).filter(lambda n: n != lost))
    references[lost] = references[copied]
    assert listing_problems(pages_of(total, size), references, size)


@given(st.integers(2, 500), st.integers(1, 100), st.data())
def test_a_page_that_is_short_of_version_total_or_rows_is_refused(total, size, data):
    pages = pages_of(total, size)
    at = data.draw(st.integers(0, len(pages) - 1))
    page = pages[at]
    odd = data.draw(
        st.sampled_from(
            [ListingPage(page.number, "3", page.total, page.rows), ListingPage(page.number, page.version, page.total + 1, page.rows),
             ListingPage(page.number, page.version, page.total, page.rows - 1)]
        )
    )  # fmt: skip
    pages[at] = odd
    refused = listing_problems(pages, map(str, range(total)), size)
    if len(pages) > 1 or odd.version == page.version:
        assert refused


def test_a_third_less_is_doubted_and_no_rise_is():
    assert is_implausible_drop(400, 600)
    assert not is_implausible_drop(1800, 600)
    assert not is_implausible_drop(430, 600)
    assert not is_implausible_drop(430, None)


@given(st.sets(st.integers(0, 99), min_size=20), st.sets(st.integers(0, 99), max_size=2))
def test_two_scans_confirm_each_other_when_they_show_nearly_the_same(keys, changed):
    keys = {str(key) for key in keys}
    assert is_confirmed_by(keys ^ {str(key) for key in changed}, keys)
    assert not is_confirmed_by(set(list(keys)[: len(keys) // 2]), keys)
    assert not is_confirmed_by(keys, ())


def test_most_topics_must_have_text():
    assert missing_text_problem(80, 100)
    assert not missing_text_problem(90, 100)
    assert not missing_text_problem(0, 0)


def test_a_day_that_is_stated_twice_is_one_deadline():
    call = parse(deadlines=("2026-09-22", "2026-09-22"))
    assert (len(call.deadlines), call.deadline_model, call.deadlines[0].stage) == (1, DeadlineModel.SINGLE, None)


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"identifier": "LIFE 2026/CLIMA X"}, "/topic-details/LIFE%202026%2FCLIMA%20X"),
        ({"kind": "2", "callIdentifier": ["EuropeAid/1 A"]}, "/prospect-details/EuropeAid%2F1%20APROSPECTSEN"),
        ({"kind": "8", "callccm2Id": ["1?2"]}, "/competitive-calls-cs/1%3F2"),
    ],
)
def test_addresses_of_pages_hold_no_letters_that_mean_something_in_an_address(fields, end):
    assert parse(**fields).url.endswith(end)
