"""Families of calls across years, and forecasts of their next round."""

import json
import re
import tarfile
from datetime import UTC, date, datetime

import pytest

from monitor.awards.families import code_family, families, title_family
from monitor.awards.rounds import import_rounds, stored_rounds
from monitor.awards.seasons import Basis, Round, Seasons, leave_one_year_out
from monitor.awards.store import open_awards
from monitor.awards.wording import season_line
from monitor.errors import SourceError
from tests.awards import files

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MEASURED = ("LIFE", "CERV", "CREA", "UCPM", "CEF", "ESC")


def test_a_family_is_the_code_without_year_and_number():
    assert code_family("LIFE-2026-SAP-NAT-GOV") == code_family("LIFE-2024-SAP-NAT-GOV") == "LIFE-SAP-NAT-GOV"
    assert code_family("CREA-CULT-2025-COOP-2") == "CREA-CULT-COOP"
    assert code_family("I3-2026-INV2a") == code_family("I3-2023-INV2A")


@pytest.mark.parametrize("code", ["HORIZON-CL6-2024-CIRCBIO-01-5", "EDF-2026-DA-SPACE", "Leader", "LIFE-2026", "", "101202456"])
def test_codes_that_mean_nothing_have_no_family(code):
    assert code_family(code) == ""


def test_horizon_is_joined_by_title_alone():
    assert families("HORIZON-MISS-2023-CLIMA-01-02", "Nature-based solutions, 2023") == ("HORIZON: nature based solutions",)
    assert title_family("HORIZON", "Prizes") == ""
    assert title_family("LIFE", "Natura-miljöer 2024-2025") == "LIFE: natura miljöer"


def rounds(months, prefix="LIFE-{year}-SAP-NAT"):
    return [
        Round(prefix.format(year=year), "Nature and biodiversity", "LIFE", date(opens, month, 18))
        for year, opens, month in months
    ]


def test_three_years_in_a_row_give_a_month_and_a_spread():
    seasons = Seasons(rounds([(2023, 2023, 4), (2024, 2024, 5), (2025, 2025, 4)]))
    forecast = seasons.forecast("LIFE-SAP-NAT")
    assert (forecast.year, forecast.month, forecast.earliest, forecast.latest) == (
        2026, date(2026, 4, 1), date(2026, 4, 1), date(2026, 5, 1),
    )  # fmt: skip
    assert (forecast.years, forecast.dated, forecast.basis) == ((2023, 2024, 2025), 3, Basis.FAMILY)


def test_a_call_that_opens_the_year_before_its_code_is_expected_there():
    forecast = Seasons(rounds([(2023, 2022, 12), (2024, 2023, 11)])).forecast("LIFE-SAP-NAT")
    assert (forecast.year, forecast.month) == (2025, date(2024, 11, 1))


def test_one_round_is_no_forecast_however_often_it_was_seen():
    same = rounds([(2025, 2025, 4)]) * 3
    assert Seasons(same).forecast("LIFE-SAP-NAT") is None
    assert Seasons([*same, Round("LIFE-2025-SAP-NAT-2", "Other")]).forecast("LIFE-SAP-NAT") is None


def test_rounds_without_a_season_are_no_forecast():
    assert Seasons(rounds([(2023, 2023, 1), (2024, 2024, 9)])).forecast("LIFE-SAP-NAT") is None


def test_rounds_without_openings_take_those_of_their_line_and_say_so():
    known = [
        Round("LIFE-2023-SAP-ENV", "E", "LIFE", date(2023, 4, 18)),
        Round("LIFE-2024-SAP-ENV", "E", "LIFE", date(2024, 4, 20)),
    ]
    bare = [Round(f"LIFE-{year}-SAP-NAT", "Nature and biodiversity") for year in (2023, 2024)]
    forecast = Seasons([*known, *bare]).forecast("LIFE-SAP-NAT")
    assert (forecast.month, forecast.basis) == (date(2025, 4, 1), Basis.LINE)
    assert Seasons(bare).forecast("LIFE-SAP-NAT") is None


def test_every_second_year_is_two_years_ahead():
    assert Seasons(rounds([(2021, 2021, 4), (2023, 2023, 4), (2025, 2025, 4)])).forecast("LIFE-SAP-NAT").year == 2027


def test_what_comes_is_sorted_by_month_and_leaves_out_families_that_ended():
    old = rounds([(2019, 2019, 4), (2020, 2020, 4)], "LIFE-{year}-OLD-X")
    late = rounds([(2025, 2025, 9), (2026, 2026, 9)], "LIFE-{year}-LATE-X")
    seasons = Seasons([*old, *late, *rounds([(2025, 2025, 4), (2026, 2026, 4)])])
    assert [forecast.family for forecast in seasons.upcoming(date(2026, 11, 28))] == ["LIFE-SAP-NAT", "LIFE-LATE-X"]
    assert [forecast.family for forecast in seasons.upcoming(date(2026, 11, 28), months=6)] == ["LIFE-SAP-NAT"]


def test_no_upcoming_month_has_passed():
    seasons = Seasons(rounds([(2023, 2023, 12), (2024, 2024, 9), (2025, 2025, 9)]))
    forecast = seasons.forecast("LIFE-SAP-NAT")
    assert (forecast.month, forecast.latest) == (date(2026, 9, 1), date(2026, 12, 1))
    assert seasons.upcoming(date(2026, 9, 30)) == [forecast]
    assert seasons.upcoming(date(2026, 10, 1)) == []


@pytest.mark.shared
@pytest.mark.parametrize("month", range(1, 13))
def test_no_upcoming_month_of_the_real_rounds_has_passed(known, month):
    _, every, _ = known
    for forecast in Seasons(every).upcoming(date(2026, month, 28)):
        assert forecast.month >= date(2026, month, 1), season_line(forecast)


def test_lists_of_closed_calls_add_and_never_forget_an_opening(tmp_path):
    answer = {"apiVersion": "2", "results": [
        {"metadata": {"type": ["1"], "identifier": ["LIFE-2023-SAP-NAT"], "title": ["N"], "startDate": ["2023-04-18T00:00:00.000+0000"]}},
        {"metadata": {"type": ["2"], "identifier": ["X-2023"], "title": ["No grant"]}},
    ]}  # fmt: skip
    index = {
        "generated": "x",
        "index": {"4711": {"name": "Nature", "call_id": "LIFE-2023-SAP-NAT"}, "y": {"name": "Y", "call_id": "LIFE-2024-Y"}},
    }
    with open_awards(tmp_path / "awards.db") as db:
        assert import_rounds(db, [files.write_json(tmp_path / "1.json", answer)]) == 1
        assert import_rounds(db, [files.write_json(tmp_path / "2.json", index)]) == 2
        found = {one.code: one for one in stored_rounds(db)}
        assert found["LIFE-2023-SAP-NAT"].opens == date(2023, 4, 18)
        for bad in ({"rows": []}, {"index": {"x": {"title": "T"}}}, {"index": {}}):
            with pytest.raises(SourceError):
                import_rounds(db, [files.write_json(tmp_path / "3.json", bad)])
        assert len(stored_rounds(db)) == 2


@pytest.fixture(scope="module")
def known(shared, tmp_path_factory):
    """Return the rounds of the index of closed calls, and of the captured days with their openings."""
    folder = tmp_path_factory.mktemp("captures")
    pages = []
    for packed in sorted((shared / "data" / "eu" / "sedia-search-raw").glob("*.tar.gz")):
        with tarfile.open(packed) as archive:
            for number, member in enumerate(one for one in archive if "page-" in one.name):
                page = folder / f"{packed.name}-{number}.json"
                page.write_bytes(archive.extractfile(member).read())
                pages.append(page)
    with open_awards(folder / "awards.db") as db:
        import_rounds(db, [shared / "data" / "eu" / "closed-call-titles" / "2026-06-04-closed_calls_autofill_index.json"])
        closed = stored_rounds(db)
        import_rounds(db, pages)
        today = [page for page in pages if page.name.startswith("2026-05-20")]
        codes = {row["metadata"]["identifier"][0] for page in today for row in json.loads(page.read_text("utf-8"))["results"]
                 if row["metadata"]["type"][0] == "1"}  # fmt: skip
        return closed, stored_rounds(db), codes


@pytest.mark.shared
def test_predecessors_of_a_captured_day(known):
    closed, every, codes = known
    earlier = {}
    for one in closed:
        earlier.setdefault(one.family, set()).add(one.year or 0)
    titles = {one.code: one for one in every}
    found = {}
    for code in codes:
        one = titles[code]
        has = any(year < (one.year or 0) for family in families(code, one.title) for year in earlier.get(family, ()))
        programme = code.partition("-")[0]
        found.setdefault(programme, []).append(has)
    counts = {name: (sum(has), len(has)) for name, has in found.items()}
    assert counts["LIFE"] >= (25, 31)
    assert counts["CERV"][0] == 4
    assert counts["CREA"][0] >= 3
    assert counts["UCPM"][0] == counts["I3"][0] == 2


@pytest.mark.shared
def test_each_year_is_forecast_from_the_others(known):
    _, every, _ = known
    score = leave_one_year_out(every)
    assert score.forecasts >= 150
    assert score.near / score.forecasts >= 0.70
    seasons = Seasons(every)
    measured = [
        family
        for family in seasons.families()
        if family.split("-")[0] in MEASURED and len({one.year for one in seasons.rounds(family)}) >= 2
    ]
    made = [family for family in measured if seasons.forecast(family)]
    assert len(made) >= 0.80 * len(measured) > 100


@pytest.mark.shared
def test_a_habit_is_told_with_as_many_years_as_have_a_known_opening(known):
    _, every, _ = known
    seasons = Seasons(every)
    opened = {family: {one.year for one in seasons.rounds(family) if one.opens is not None} for family in seasons.families()}
    habits = [made for family in seasons.families() if (made := seasons.forecast(family)) and made.basis is Basis.FAMILY]
    numbers = {word: number for number, word in enumerate(["två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio"], 2)}
    told = fewer = 0
    for made in habits:
        line = season_line(made)
        if not line.startswith("Brukar öppna"):
            continue
        word = re.search(r"\((?:öppningen känd )?(\w+) år(?: i rad)?\)|\(sedd ([\d, ]+)\)", line)
        years = numbers[word[1]] if word[1] else len(word[2].split(", "))
        assert years <= len(opened[made.family]), line
        told, fewer = told + 1, fewer + ("öppningen känd" in line)
    assert told > 50
    assert fewer > 10
