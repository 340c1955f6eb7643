"""Participants' shares of the portal's projects: never more than the grants, and of each participant once."""

import json
from datetime import UTC, datetime

import pytest

from monitor.awards.store import import_source, open_awards
from monitor.errors import SourceError
from tests.awards import files

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


def spoil_shares(page, count, change):
    """Change the participants of so many projects of a page of the portal."""
    for row in page["results"][:count]:
        (partners,) = row["metadata"]["participants"]
        row["metadata"]["participants"] = [json.dumps(change(json.loads(partners)))]
    return page


def times(factor):
    return lambda partners: [{**one, "eucontribution": one["eucontribution"] * factor} for one in partners]


@pytest.mark.parametrize(("count", "factor"), [(40, 10), (40, 2), (40, 1.1), (5, 10), (40, 1000)])
def test_shares_above_the_grants_are_refused_at_the_first_import_too(db, tmp_path, count, factor):
    page = spoil_shares(files.portal_page(40, range(40)), count, times(factor))
    path = files.write_json(tmp_path / "life.1.json", page)
    with pytest.raises(SourceError, match=f"deltagarnas andelar är större än bidraget i {count} av 40 projekt"):
        import_source(db, "portal", [path], NOW)
    assert db.execute("SELECT count(*) FROM projects").fetchone() == (0,)
    assert import_source(db, "portal", [path], NOW, allow_fewer=True).projects == 40, "a person says that it is right"


def test_a_single_project_with_shares_above_its_grant_is_refused(db, tmp_path):
    page = spoil_shares(files.portal_page(1, range(1)), 1, times(10))
    with pytest.raises(SourceError, match=r"i 1 av 1 projekt.*--allow-fewer"):
        import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW)


@pytest.mark.parametrize(("count", "change"), [(4, times(10)), (40, times(1.000001)), (40, times(0.5)), (40, times(0))])
def test_shares_above_few_grants_or_by_rounding_are_kept(db, tmp_path, count, change):
    page = spoil_shares(files.portal_page(40, range(40)), count, change)
    assert import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW).participants == 40


def test_the_share_of_a_third_party_is_inside_that_of_its_partner(db, tmp_path):
    third = {"pic": "951000009", "legalName": "GBG VATTEN", "eucontribution": 200000, "country": "SE", "role": "thirdParty"}
    page = spoil_shares(files.portal_page(40, range(40)), 40, lambda partners: [*partners, third])
    assert import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW).participants == 80


def test_a_grant_of_nothing_is_none_to_compare_with(db, tmp_path):
    page = files.portal_page(40, range(40))
    for row in page["results"]:
        row["metadata"]["euContributionAmount"] = ["0"]
    assert import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW).participants == 40


def test_a_participant_that_stands_twice_in_a_project_counts_once(db, tmp_path):
    def double(partners):
        return [*partners, *({**one, "legalName": one["legalName"].title()} for one in partners)]

    page = spoil_shares(files.portal_page(40, range(40)), 40, double)
    assert import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW).participants == 40
    assert db.execute("SELECT sum(granted), count(DISTINCT role), min(role) FROM participants").fetchone() == (
        40 * 600_000_00, 1, "coordinator",
    )  # fmt: skip


@pytest.mark.parametrize(
    "other", [{"role": "associatedPartner"}, {"eucontribution": 100000}, {"city": "BORAS"}, {"pic": "951000003"}]
)
def test_another_part_of_an_organisation_in_a_project_stays(db, tmp_path, other):
    page = spoil_shares(
        files.portal_page(40, range(40)),
        40,
        lambda one: [{**one[0], "eucontribution": 1000}, {**one[0], "eucontribution": 1000, **other}],
    )
    assert import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW).participants == 80
