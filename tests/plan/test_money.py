"""The own share in kronor: from stated terms alone, divided over the years, and said to be missing where it is."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import Budget
from monitor.fit import CardValue, FitCard
from monitor.language.shares import Shares
from monitor.plan.money import EnteredProject, OwnAmount, YearShare, own_share

RATES = {"EUR": 11.0}


def card(own=None, funder=None, months=None, **budget):
    return FitCard(shares=Shares(funder=funder, own=own), budget=Budget(**budget), months=CardValue(months))


def test_what_the_funder_leaves_is_the_least_that_the_municipality_pays():
    found = own_share(card(funder=80, months=(24, 36), project_min=60_000, project_max=200_000), RATES)
    assert (found.percent, found.stated) == (20, False)
    assert found.least == OwnAmount(60_000, 15_000, 165_000)
    assert found.most == OwnAmount(200_000, 50_000, 550_000)
    assert found.months == 36
    assert [share.kronor for share in found.years] == [183_333, 183_333, 183_334]


def test_a_share_that_the_call_states_goes_before_what_the_funder_leaves():
    found = own_share(card(own=40, funder=50, project_max=300_000, currency="SEK"), {})
    assert (found.percent, found.stated, found.most) == (40, True, OwnAmount(300_000, 200_000, 200_000))
    assert found.years == (), "no duration is stated"


def test_nothing_is_worked_out_from_what_is_not_stated():
    nothing = own_share(card(project_max=200_000), RATES)
    assert (nothing.percent, nothing.most, nothing.years) == (None, None, ())
    all_paid = own_share(card(funder=100, project_max=200_000), RATES)
    assert (all_paid.percent, all_paid.most) == (None, None), "the funder may pay all; the call does not say that it does"
    free = own_share(card(own=0, project_max=200_000), RATES)
    assert (free.percent, free.stated, free.most) == (0, True, None)
    assert own_share(card(own=100, project_max=1), RATES).most is None
    no_rate = own_share(card(own=20, project_max=200_000, currency="USD", months=(12, 12)), RATES)
    assert (no_rate.most, no_rate.years) == (OwnAmount(200_000, 50_000, None), ())
    no_amount = own_share(card(own=20), RATES)
    assert (no_amount.most, no_amount.example) == (None, OwnAmount(100_000, 25_000, 275_000))


def test_what_the_coordinator_entered_goes_first_and_days_give_calendar_years():
    project = EnteredProject(own=365_000, starts=date(2027, 7, 1), ends=date(2028, 6, 29))
    found = own_share(card(own=20, project_max=200_000, months=(36, 36)), RATES, project)
    assert (found.entered, found.calendar) == (365_000, True)
    assert found.years == (YearShare(2027, 184_000), YearShare(2028, 181_000))


@given(total=st.integers(1_000, 10**9), months=st.integers(1, 120))
@settings(max_examples=20)
def test_the_years_add_up_to_the_whole(total, months):
    found = own_share(card(months=(months, months)), {}, EnteredProject(own=total))
    assert sum(share.kronor for share in found.years) == total
