"""Earlier rounds of a call, in numbers and in one line, from rows alone."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.awards.history import GrantRange, earlier_rounds
from monitor.awards.municipal import own_projects
from monitor.awards.organisations import Decision, Sureness
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome
from monitor.awards.store import import_source, open_awards
from monitor.awards.wording import promise_line, round_line, season_line, short_number
from tests.awards import files

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MUNICIPALITIES = {"UPPSALA KOMMUN": "SE212000300501", "GOTEBORGS KOMMUN": "SE212000135501", "MALMO STAD": "SE212000112401"}


def portal(years, *, grants=None, owners=("GOTEBORGS KOMMUN",)):
    """Return the portal's answer with one project for each year; its grant and owner are taken in turn."""
    rows = []
    for number, year in enumerate(years):
        (row,) = files.portal_page(1, range(number, number + 1), topic=f"LIFE-{year}-SAP-NAT")["results"]
        owner = owners[number % len(owners)]
        grant = (grants or [600000])[number % len(grants or [1])]
        row["metadata"]["euContributionAmount"] = [str(grant)] if grant else []
        partner = {"pic": "", "legalName": owner, "country": "SE", "city": "", "vat": MUNICIPALITIES.get(owner, "")}
        row["metadata"]["participants"] = [json.dumps([{**partner, "eucontribution": grant or ""}])]
        rows.append(row)
    return {"totalResults": len(rows), "results": rows}


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


def load(db, tmp_path, *arguments, **options):
    import_source(
        db, "portal", [files.write_json(tmp_path / "life.1.json", portal(*arguments, **options))], NOW, allow_fewer=True
    )


def test_the_last_round_has_a_middle_and_a_range(db, tmp_path):
    load(db, tmp_path, [2024] * 6 + [2023], grants=[300000, 400000, 600000, 600000, 900000, 1200000, 50000])
    found = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö")
    assert (found.year, found.projects, found.years) == (2024, 6, {2023: 1, 2024: 6})
    assert found.grants == GrantRange(350000, 600000, 1050000, "EUR", 6)
    assert found.listed[0].granted == 1200000
    assert round_line(found) == (
        "Förra omgången (2024) fick 6 projekt 0,3–1,1 miljoner euro var (hälften fick minst 0,6). Svenska kommuner: Göteborg 2024."
    )


def test_four_known_grants_are_no_range(db, tmp_path):
    load(db, tmp_path, [2024] * 6, grants=[300000, 400000, 600000, 600000, None, None])
    found = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö")
    assert found.grants is None
    assert round_line(found).startswith("Förra omgången (2024) fick 6 projekt pengar.")


def test_at_most_three_municipalities_the_nearest_first_and_no_candidate(db, tmp_path):
    load(db, tmp_path, [2024, 2023, 2022, 2024], owners=["UPPSALA KOMMUN", "MALMO STAD", "GOTEBORGS KOMMUN", "VETLANDA KOMMUN"])
    found = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö")
    assert [(one.name, one.year) for one in found.municipalities] == [("Göteborg", 2022), ("Malmö", 2023), ("Uppsala", 2024)]
    confirmed = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö", [Decision("name:vetlanda kommun|", "Vetlanda", True)])
    assert confirmed.municipalities[0].name == "Vetlanda"
    assert round_line(confirmed).endswith("Svenska kommuner: Vetlanda 2024, Göteborg 2022, Malmö 2023.")


def test_the_own_round_and_later_ones_are_not_earlier(db, tmp_path):
    load(db, tmp_path, [2026, 2027])
    assert earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö") is None


@pytest.mark.parametrize("code", ["", "HORIZON-CL6-2026-X-01", "no code", "CERV-2026-TOWN"])
def test_nothing_is_said_without_a_row(db, tmp_path, code):
    load(db, tmp_path, [2024])
    assert earlier_rounds(db, code, "Nässjö") is None


def test_one_grant_in_two_lists_counts_once(db, tmp_path):
    load(db, tmp_path, [2024] * 2)
    row = {"ACRONYM": "W", "TITLE": "Wetlands", "Project id": "https://cordis.europa.eu/project/id/101100000",
           "Project Start Date": "2025-01-01", "Project End Date": "2027-01-01", "Total budget (euro)": "5", "Funding programme": "LIFE",
           "TOPIC_CODE": "LIFE-2024-SAP-NAT", "EU financial contribution (euro)": "3"}  # fmt: skip
    path = tmp_path / "p.csv"
    path.write_text(files.table(tuple(row), [row], ";"), "utf-8")
    import_source(db, "dashboard", [path], NOW)
    assert earlier_rounds(db, "LIFE-2026-SAP-NAT", "").projects == 2


def test_the_own_history_tells_what_is_sure_from_what_is_not(db, tmp_path):
    import_source(db, "esf", [files.write_esf(tmp_path)], NOW)
    load(db, tmp_path, [2024], owners=["Uppsala Vatten och Avfall AB"])
    found = own_projects(db, "Uppsala")
    assert [one.sureness for one in found] == [Sureness.SURE] * 3 + [Sureness.RELATED]
    assert found[0].share == 1989562
    decided = own_projects(db, "Uppsala", [Decision(found[3].decision_key, "Uppsala", False)])
    assert len(decided) == 3
    assert own_projects(db, "Nässjö") == []


def test_small_grants_are_told_in_thousands():
    assert [short_number(value, "sv") for value in (0.62, 12.4, 1.0, 0.004, 0)] == ["0,6", "12", "1", "0,004", "0"]


def test_a_forecast_in_words():
    forecast = Forecast(
        family="F", title="T", programme="LIFE", year=2027, month=date(2027, 4, 1), earliest=date(2027, 4, 1), latest=date(2027, 5, 1),
        years=(2021, 2024, 2025, 2026), dated=2, basis=Basis.FAMILY, latest_code="X",
    )  # fmt: skip
    assert season_line(forecast) == "Brukar öppna mellan april och maj, oftast i april, nästa 2027 (öppningen känd två år)"
    assert season_line(forecast, "en").endswith("(opening known in two years)")
    known = replace(forecast, dated=4)
    assert season_line(known) == "Brukar öppna mellan april och maj, oftast i april, nästa 2027 (tre år i rad)"
    assert season_line(forecast, "en").startswith("Usually opens between April and May")
    same = replace(forecast, latest=forecast.month, years=(2022, 2024, 2026), dated=3)
    assert season_line(same) == "Brukar öppna i april, nästa 2027 (sedd 2022, 2024, 2026)"
    once = replace(forecast, dated=1)
    assert season_line(once) == "Troligen i april 2027, som en gång förut (utlyst tre år i rad)"
    line = replace(forecast, basis=Basis.LINE)
    assert season_line(line, "en") == "Probably in April 2027, as similar calls of the programme (announced three years in a row)"
    assert season_line(replace(line, years=(2024, 2026))).endswith("(utlyst 2024, 2026)")
    for one in (forecast, once, line, same):
        assert season_line(one, today=date(2027, 4, 30)) == season_line(one)
        late = season_line(one, today=date(2027, 5, 1))
        assert late.startswith("Väntades i april 2027 och har inte öppnat än (")
        assert season_line(one, "en", today=date(2027, 5, 1)).startswith("Expected in April 2027 and not open yet (")
    assert (
        promise_line(forecast, date(2027, 6, 3), PromiseOutcome.LATE)
        == "Väntades i april 2027, öppnade i juni 2027: senare än väntat."
    )
    assert promise_line(forecast, None, None, "en") == "Expected in April 2027."
