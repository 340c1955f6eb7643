"""Plans of work programmes are joined to the call that came, judged as forecasts are, and told in place of a forecast."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.archive import open_archive
from monitor.awards.planned import (
    PlannedCall,
    forecast_beside,
    list_planned,
    planned_ahead,
    planned_name,
    planned_of,
    save_planned,
    update_planned,
    without_planned,
)
from monitor.awards.promises import Promise
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome, Round, Seasons
from monitor.awards.wording import planned_line, planned_outcome

TODAY = date(2026, 11, 28)
DAY, LAST = (date(2027, 1, 21),) * 2, (date(2027, 4, 22),) * 2
QUARTER, MONTH = (date(2027, 1, 1), date(2027, 3, 31)), (date(2027, 4, 1), date(2027, 4, 30))
TOWN = PlannedCall(
    name="CERV-2027-CITIZENS-TOWN-TT", identifier="CERV-2027-CITIZENS-TOWN-TT", title="Meetings between twin towns",
    programme="CERV", year=2027, action="CERV-LS", amount=4_500_000, opens=DAY, closes=LAST, document="ab" * 16, page=12,
    place="sida 12", quote="CERV-2027-CITIZENS-TOWN-TT: Meetings", departments=("kultur-fritid",), made=TODAY,
)  # fmt: skip
BARE = replace(
    TOWN,
    name=planned_name("", "CREA", "Stages in small towns", 2027),
    identifier="",
    title="Stages in small towns",
    programme="CREA",
)


def update(fresh, known=(), rounds=(), today=TODAY):
    return update_planned(
        [replace(one, made=TODAY) for one in fresh], known, Seasons(rounds), lambda one: {"kultur-fritid"}, today
    )


def came(code, title="Something else", opens=DAY[0]):
    return Round(code, title, code.partition("-")[0], opens)


@pytest.mark.parametrize(
    ("planned", "rounds", "code"),
    [
        (TOWN, [came(TOWN.identifier)], TOWN.identifier),
        (TOWN, [came("CERV-2027-CITIZENS-TOWN-TT-2")], "CERV-2027-CITIZENS-TOWN-TT-2"),
        (TOWN, [came("CERV-2027-TWINS", "Meetings between twin towns")], "CERV-2027-TWINS"),
        (BARE, [came("CREA-CULT-2027-STAGE", "Stages in small towns, 2027")], "CREA-CULT-2027-STAGE"),
        (BARE, [came("CERV-2027-STAGE", "Stages in small towns")], ""),
        (BARE, [came("CREA-CULT-2026-STAGE", "Stages in small towns")], ""),
        (TOWN, [came("CERV-2026-CITIZENS-TOWN-TT")], ""),
        (
            replace(TOWN, identifier="CREA-CULT-2027-COOP-1", programme="CREA", title="Cooperation, small scale"),
            [came("CREA-CULT-2027-COOP-2")],
            "",
        ),
        (replace(BARE, title="Prizes"), [came("CREA-2027-X", "Prizes")], ""),
    ],
    ids=["identifier", "family", "title", "title alone", "other programme", "other year", "year of the code", "numbered", "short title"],
)  # fmt: skip
def test_a_plan_is_joined_to_the_call_that_came(planned, rounds, code):
    ([kept], dropped) = update([planned], rounds=rounds)
    assert (kept.code, dropped) == (code, [])


@pytest.mark.parametrize(
    ("opens", "opened", "today", "verdict"),
    [
        (DAY, date(2027, 2, 25), date(2027, 3, 1), PromiseOutcome.KEPT),
        (DAY, date(2027, 3, 1), date(2027, 3, 2), PromiseOutcome.LATE),
        (DAY, date(2026, 12, 3), date(2027, 3, 1), PromiseOutcome.KEPT),
        (QUARTER, date(2027, 3, 31), date(2027, 4, 1), PromiseOutcome.KEPT),
        (QUARTER, date(2027, 4, 1), date(2027, 4, 2), PromiseOutcome.LATE),
        (QUARTER, date(2026, 12, 31), date(2027, 1, 2), PromiseOutcome.EARLY),
        (DAY, date(2027, 2, 25), date(2027, 1, 1), None),
        (DAY, None, date(2027, 8, 1), PromiseOutcome.MISSED),
        (DAY, None, date(2027, 7, 1), None),
        (None, date(2027, 2, 25), date(2027, 3, 1), None),
        (DAY, date(2026, 11, 3), date(2027, 3, 1), None),
    ],
)
def test_a_plan_is_judged_once_by_the_month_in_which_the_call_opened(opens, opened, today, verdict):
    """A call that was open before its plan was read proves nothing."""
    rounds = [came(TOWN.identifier, opens=opened)] if opened else []
    ([kept], _) = update([replace(TOWN, opens=opens)], rounds=rounds, today=today)
    assert kept.verdict is verdict
    if verdict:
        assert update([replace(TOWN, opens=MONTH)], [kept], [came(TOWN.identifier)], date(2028, 1, 1)) == ([], []), "once"


def test_a_later_version_moves_a_plan_until_its_call_has_come():
    known = replace(TOWN, made=date(2026, 9, 1))
    moved = replace(TOWN, opens=MONTH, document="cd" * 16, page=14)
    ([kept], _) = update([moved], [known])
    assert (kept.opens, kept.page, kept.made) == (MONTH, 14, date(2026, 9, 1))
    joined = replace(known, code=TOWN.identifier, opened=date(2027, 1, 20))
    ([kept], _) = update([moved], [joined], [came(TOWN.identifier)], date(2027, 2, 1))
    assert (kept.opens, kept.verdict) == (DAY, PromiseOutcome.KEPT)


def test_a_plan_that_no_programme_has_any_more_is_dropped_unless_its_call_came():
    joined = replace(BARE, code="CREA-2027-X")
    changed, dropped = update([], [TOWN, joined])
    assert dropped == [TOWN.name]
    assert changed == []


def test_of_two_programmes_the_first_counts_and_nothing_changes_twice():
    other = replace(TOWN, page=99)
    ([kept], _) = update([TOWN, other])
    assert kept.page == 12
    assert update([TOWN, other], [kept]) == ([], [])


def test_what_is_planned_within_eighteen_months_is_told():
    spans = {
        "now": DAY,
        "overdue but within its month": (date(2026, 11, 2),) * 2,
        "eighteen": (date(2028, 5, 1),) * 2,
        "too far": (date(2028, 5, 2),) * 2,
        "past": (date(2026, 10, 31),) * 2,
    }
    planned = [replace(TOWN, name=name, opens=span, closes=None) for name, span in spans.items()]
    assert {one.name for one in planned_ahead(planned, TODAY)} == {"now", "overdue but within its month", "eighteen"}
    assert planned_ahead([TOWN], TODAY, "kultur-fritid") == [TOWN]
    assert planned_ahead([TOWN], TODAY, "miljo") == []
    assert planned_ahead([replace(TOWN, code="X")], TODAY) == []
    assert planned_ahead([replace(TOWN, opens=None)], TODAY) == [replace(TOWN, opens=None)], "a last day alone is a plan"


FORECAST = Forecast(
    family="CERV-CITIZENS-TOWN-TT", title="Town twinning", programme="CERV", year=2027, month=date(2027, 2, 1),
    earliest=date(2027, 2, 1), latest=date(2027, 2, 1), years=(2024, 2025, 2026), dated=3, basis=Basis.FAMILY,
    latest_code="CERV-2026-CITIZENS-TOWN-TT",
)  # fmt: skip


def test_a_plan_takes_the_place_of_the_forecast_of_its_round():
    promise, next_year = Promise(forecast=FORECAST, made=TODAY), Promise(forecast=replace(FORECAST, year=2028), made=TODAY)
    assert without_planned([promise, next_year], [TOWN]) == [next_year]
    assert forecast_beside(TOWN, [next_year, promise]) is promise
    assert planned_line(TOWN, FORECAST) == (
        "Planerad: öppnar 21 januari 2027, sista dag 22 april 2027, 4,5 miljoner euro, enligt arbetsprogrammet, s. 12."
        " Brukar öppna i februari, nästa 2027 (tre år i rad)"
    )


@pytest.mark.parametrize(
    ("changes", "language", "line"),
    [
        ({"opens": QUARTER}, "sv", "Planerad: öppnar mellan januari och mars 2027, sista dag 22 april 2027, 4,5 miljoner euro, enligt arbetsprogrammet, s. 12"),
        ({"closes": MONTH, "amount": None}, "sv", "Planerad: öppnar 21 januari 2027, sista dag i april 2027, enligt arbetsprogrammet, s. 12"),
        ({"opens": None, "amount": 250_000}, "sv", "Planerad: öppningsdagen står inte, sista dag 22 april 2027, 250 000 euro, enligt arbetsprogrammet, s. 12"),
        ({"amount": 12_500_000, "opens": None, "closes": None}, "sv", "Planerad: öppningsdagen står inte, 12,5 miljoner euro, enligt arbetsprogrammet, s. 12"),
        ({"amount": 1_000_000, "opens": None, "closes": None}, "sv", "Planerad: öppningsdagen står inte, 1 miljon euro, enligt arbetsprogrammet, s. 12"),
        ({"amount": 16_236_100, "opens": None, "closes": None}, "en", "Planned: the day of opening is not stated, 16,236,100 euro, according to the work programme, p. 12"),
        ({"place": "avsnittet 2.1 Calls"}, "sv", "Planerad: öppnar 21 januari 2027, sista dag 22 april 2027, 4,5 miljoner euro, enligt arbetsprogrammet, ”2.1 Calls”"),
        ({"opens": (date(2026, 10, 1), date(2027, 3, 31))}, "en", "Planned: opens between October 2026 and March 2027, last day 22 April 2027, 4.5 million euro, according to the work programme, p. 12"),
    ],
)  # fmt: skip
def test_a_plan_is_said_to_be_one_with_its_page(changes, language, line):
    assert planned_line(replace(TOWN, **changes), language=language) == line


def test_a_planned_day_that_has_passed_is_not_told_as_coming():
    assert planned_line(TOWN, today=date(2027, 1, 21)) == planned_line(TOWN)
    late = planned_line(TOWN, FORECAST, today=date(2027, 3, 1))
    assert late.startswith("Planerad: skulle öppna 21 januari 2027, sista dag 22 april 2027")
    assert late.endswith("Väntades i februari 2027 och har inte öppnat än (tre år i rad)")
    in_english = planned_line(replace(TOWN, opens=QUARTER), language="en", today=date(2027, 4, 1))
    assert "was to open between January and March 2027" in in_english


def test_the_outcome_is_told_with_the_plan():
    opened = replace(TOWN, code=TOWN.identifier, opened=date(2027, 4, 2), verdict=PromiseOutcome.LATE)
    assert planned_outcome(opened) == (
        "Enligt arbetsprogrammet, s. 12, skulle den öppna 21 januari 2027, öppnade i april 2027: senare än väntat."
    )
    assert planned_outcome(replace(opened, verdict=PromiseOutcome.KEPT), "en").endswith("opened in April 2027: the plan held.")
    assert planned_outcome(replace(TOWN, opens=None)) == "Enligt arbetsprogrammet, s. 12, var den planerad till 2027."


def test_plans_are_kept_whole_and_found_for_the_call_that_came(tmp_path):
    judged = replace(BARE, code="CREA-CULT-2027-STAGE", opened=DAY[0], verdict=PromiseOutcome.KEPT, judged=date(2027, 2, 1))
    with open_archive(tmp_path / "archive.db") as archive:
        save_planned(archive.db, [TOWN, judged, replace(TOWN, name="x")], [])
        save_planned(archive.db, [], ["x"])
        assert sorted(list_planned(archive.db), key=lambda one: one.name) == sorted([TOWN, judged], key=lambda one: one.name)
        assert planned_of(archive.db, "CREA-CULT-2027-STAGE", "Other title", "CREA") == judged
        assert planned_of(archive.db, "cerv-2027-citizens-town-tt", "", "") == TOWN
        assert planned_of(archive.db, "CREA-2027-X", "Stages in small towns", "CREA") == judged
        assert planned_of(archive.db, "", "Stages in small towns", "CREA") is None
        assert planned_of(archive.db, "LIFE-2027-X", "Stages in small towns", "LIFE") is None
