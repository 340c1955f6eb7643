"""A municipality is sure by its organisation number alone; names are candidates for a person."""

from datetime import UTC, datetime

import pytest

from monitor.awards.organisations import (
    Decision,
    Identified,
    NamedOrganisation,
    Sureness,
    by_key,
    decision_key,
    find_municipality,
    fold,
    identify,
    order_by_nearness,
)
from monitor.awards.store import import_source, open_awards

NUMBERS = {"Göteborg": "2120001355", "Uppsala": "2120003005", "Malmö": "2120001124"}


@pytest.mark.parametrize(
    ("name", "number", "municipality"),
    [
        ("GOTEBORGS KOMMUN", NUMBERS["Göteborg"], "Göteborg"),
        ("Göteborgs Stad", NUMBERS["Göteborg"], "Göteborg"),
        ("Uppsala kommun", NUMBERS["Uppsala"], "Uppsala"),
        ("MALMO STAD", NUMBERS["Malmö"], "Malmö"),
        ("City Of Malmö", NUMBERS["Malmö"], "Malmö"),
    ],
)
def test_a_municipal_number_with_the_name_is_sure(name, number, municipality):
    assert identify(NamedOrganisation(name, number)) == Identified(municipality, Sureness.SURE)


@pytest.mark.parametrize(
    "name",
    [
        "Malmö stad",
        "Malmö Kommun",
        "City Of Malmö",
        "Västervik kommun",
        "Varberg Municipality",
        "Borghoms Kommun",
        "NASSJO KOMMUN",
    ],
)
def test_a_name_alone_is_a_candidate(name):
    assert identify(NamedOrganisation(name)).sureness is Sureness.CANDIDATE


@pytest.mark.parametrize(
    "name",
    [
        "Region Jönköpings",
        "Region Jönköpings län",
        "Länsstyrelsen i Kalmar",
        "Umeå universitet",
        "Kommunförbundet Skåne",
        "",
        "Almi AB",
    ],
)
def test_regions_universities_and_unions_are_no_municipality(name):
    assert identify(NamedOrganisation(name)) is None


@pytest.mark.parametrize(
    "name", ["Nässjö Affärsverk AB", "Träcentrum Nässjö Kompetensutveckling AB", "Kalmar Vatten", "Science Park Jönköping AB"]
)
def test_what_is_named_after_a_place_is_related_at_most(name):
    for number in ("", "5560000001"):
        found = identify(NamedOrganisation(name, number))
        assert found is not None
        assert found.sureness is Sureness.RELATED


def test_habo_and_habo_with_a_ring_are_told_apart():
    assert identify(NamedOrganisation("Habo kommun")).municipality == "Habo"
    assert identify(NamedOrganisation("Håbo kommun")).municipality == "Håbo"
    in_capitals = NamedOrganisation("HABO KOMMUN", NUMBERS["Uppsala"])
    assert identify(in_capitals).sureness is Sureness.CANDIDATE
    with_county = NamedOrganisation("HABO KOMMUN", NUMBERS["Uppsala"], region="Uppsala län")
    assert identify(with_county) == Identified("Håbo", Sureness.SURE)


def test_the_number_of_a_company_in_a_municipalitys_name_proves_nothing():
    assert identify(NamedOrganisation("Uppsala kommun", "5560000001")).sureness is Sureness.RELATED


def test_a_pic_is_sure_when_another_row_ties_it_to_the_number():
    organisation = NamedOrganisation("UPPSALA KOMMUN", pic="951881080")
    assert identify(organisation).sureness is Sureness.CANDIDATE
    assert identify(organisation, numbers={"951881080": NUMBERS["Uppsala"]}).sureness is Sureness.SURE


def test_a_person_decides_once_for_all_rows_of_an_organisation():
    school = NamedOrganisation("Brinellskolan", place="Nässjö")
    assert identify(school) == Identified("Nässjö", Sureness.LOCATED)
    yes = by_key([Decision(decision_key(school), "Nässjö", True)])
    assert identify(NamedOrganisation("BRINELLSKOLAN", place="NÄSSJÖ"), yes) == Identified("Nässjö", Sureness.CONFIRMED)
    company = NamedOrganisation("Nässjö Affärsverk AB", "5560000001")
    no = by_key([Decision("number:5560000001", "Nässjö", False)])
    assert identify(company, no) is None


def test_the_nearest_and_likest_come_first():
    assert order_by_nearness("Nässjö", ["Umeå", "Växjö", "Jönköping", "Vetlanda", "Alvesta", "Luleå", "Okänd"]) == [
        "Vetlanda",
        "Jönköping",
        "Alvesta",
        "Växjö",
        "Umeå",
        "Luleå",
    ]
    assert order_by_nearness("", ["Växjö", "Alvesta"]) == ["Alvesta", "Växjö"]


def test_the_municipality_of_the_settings():
    assert find_municipality("Nässjö kommun").name == "Nässjö"
    assert find_municipality("Stockholms stad").name == "Stockholm"
    assert find_municipality("Region Jönköping") is None
    assert fold("MALMÖ  Stad") == "malmo stad"


@pytest.mark.shared
def test_no_name_in_the_samples_is_sure_without_an_identifier(shared, tmp_path):
    folder = shared / "data" / "open"
    with open_awards(tmp_path / "awards.db") as db:
        now = datetime(2026, 11, 28, tzinfo=UTC)
        import_source(db, "interreg", [folder / "interreg-barometern" / "rawdata.json"], now)
        import_source(db, "dashboard", [folder / "cordis" / "adaptation-mission-participants.csv"], now)
        rows = list(db.query("SELECT * FROM organisations WHERE country = 'SE'"))
    found = {row["name"]: identify(NamedOrganisation(row["name"], row["number"], row["pic"], "SE", row["place"])) for row in rows}
    assert not [name for name, one in found.items() if one and one.sureness is Sureness.SURE]
    municipal = {"HELSINGBORGS KOMMUN": "Helsingborg", "LUNDS KOMMUN": "Lund", "MALMO STAD": "Malmö", "Kalmar kommun": "Kalmar",
                 "Västerviks kommun": "Västervik", "Västervik kommun": "Västervik", "Borghoms Kommun": "Borgholm"}  # fmt: skip
    assert {name: found[name].municipality for name in municipal} == municipal
    assert found["Region Jönköpings"] is None
