"""A municipality is sure by its organisation number alone; names are candidates for a person."""

import tomllib
import unicodedata
from datetime import UTC, datetime
from importlib import resources

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
    genitive,
    identify,
    number_owners,
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


OWNERS = {NUMBERS["Uppsala"]: "Uppsala"}
DEPARTMENTS = [
    "BARN- OCH UTBILDNINGSFÖRVALTNINGEN", "Kommunstyrelsen", "Arbetsmarknadsenheten", "Celsiusskolan", "Uppsala kommun, social",
    "Mark och exploatering", "UPPSALA KOMMUN", "Uppsala Municipality", "Uppsla kommun",
]  # fmt: skip


@pytest.mark.parametrize("name", DEPARTMENTS)
@pytest.mark.parametrize("place", ["", "Uppsala", "753 75 Uppsala", "Knivsta"])
def test_a_row_with_the_municipalitys_own_number_is_its_own_whatever_its_name(name, place):
    sure = Identified("Uppsala", Sureness.SURE)
    assert identify(NamedOrganisation(name, NUMBERS["Uppsala"], place=place), owners=OWNERS) == sure
    tied = NamedOrganisation(name, pic="951881080", place=place)
    assert identify(tied, numbers={"951881080": NUMBERS["Uppsala"]}, owners=OWNERS) == sure


@pytest.mark.parametrize(
    "name",
    [
        "Knivsta kommun",
        "KNIVSTA KOMMUN, SKOLAN",
        "Municipality of Heby",
        "Region Uppsala",
        "Uppsala universitet",
        "Enköpngs kommun",
    ],
)
def test_another_authoritys_name_is_not_sure_by_a_municipalitys_number(name):
    found = identify(NamedOrganisation(name, NUMBERS["Uppsala"]), owners=OWNERS)
    assert found.sureness in (Sureness.CANDIDATE, Sureness.NUMBERED)
    assert (found.municipality == "Uppsala") == (found.sureness is Sureness.NUMBERED)


def test_a_number_that_is_not_known_as_the_names_own_is_never_sure():
    assert identify(NamedOrganisation("Uppsala kommun", NUMBERS["Malmö"]), owners=OWNERS).sureness is Sureness.CANDIDATE
    assert identify(NamedOrganisation("Kommunstyrelsen", NUMBERS["Malmö"]), owners=OWNERS) is None


@pytest.mark.parametrize(
    ("rows", "owners"),
    [
        ([("Uppsala", "Uppsala kommun", 1)], {"Uppsala": "Uppsala"}),
        ([("Uppsala", "Uppsala kommun", 1), ("Uppsala", "Knivsta kommun", 1)], {}),
        ([("Uppsala", "UPPSALA KOMMUN", 2), ("Uppsala", "Knivsta kommun", 1)], {"Uppsala": "Uppsala"}),
        ([("Uppsala", "Knivsta kommun", 1), ("Uppsala", "Uppsala kommun, skolan", 1), ("Uppsala", "Uppsala kommun", 1)],
         {"Uppsala": "Uppsala"}),
        ([("Uppsala", "Uppsala kommun", 1), ("Malmö", "Uppsala kommun", 1)], {}),
        ([("Uppsala", "Uppsala kommun", 9), ("Malmö", "Uppsala kommun", 1)], {"Uppsala": "Uppsala"}),
        ([("Malmö", "Malmö stad", 1), ("Malmö", "Grundskolan", 50)], {"Malmö": "Malmö"}),
        ([("Malmö", "Grundskolan", 50)], {}),
        ([("Malmö", "HABO KOMMUN", 5)], {}),
    ],
)  # fmt: skip
def test_a_number_belongs_to_the_municipality_that_its_rows_name(rows, owners):
    found = number_owners((NUMBERS[number], name, "", count) for number, name, count in rows)
    assert found == {NUMBERS[number]: owner for number, owner in owners.items()}


def test_an_answer_about_a_number_does_not_reach_a_row_with_another_municipalitys_name():
    yes = by_key([Decision(f"number:{NUMBERS['Uppsala']}", "Uppsala", True)])
    assert identify(NamedOrganisation("Skolan", NUMBERS["Uppsala"]), yes) == Identified("Uppsala", Sureness.CONFIRMED)
    other = NamedOrganisation("KNIVSTA KOMMUN", NUMBERS["Uppsala"])
    assert identify(other, yes, owners={}) == Identified("Knivsta", Sureness.CANDIDATE)
    by_hand = by_key([Decision("name:knivsta kommun|", "Uppsala", True)])
    assert identify(other, by_hand, owners={}) == Identified("Uppsala", Sureness.CONFIRMED)
    no = by_key([Decision(f"number:{NUMBERS['Uppsala']}", "Knivsta", False), *yes[f"number:{NUMBERS['Uppsala']}"]])
    assert identify(other, no, owners={}) == Identified("Uppsala", Sureness.CONFIRMED)


def test_a_persons_no_about_a_department_counts():
    no = by_key([Decision("name:skolan|", "Uppsala", False)])
    assert identify(NamedOrganisation("Skolan", NUMBERS["Uppsala"]), no, owners=OWNERS) is None
    assert identify(NamedOrganisation("Uppsala kommun", NUMBERS["Uppsala"]), no, owners=OWNERS).sureness is Sureness.SURE


def municipalities():
    data = tomllib.loads((resources.files("monitor.awards") / "data" / "municipalities.toml").read_text("utf-8"))
    return [name for row in data["county"] for name in row["municipalities"]]


def without_marks(name):
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def test_every_municipality_is_found_by_each_form_of_its_name():
    names = municipalities()
    assert len(names) == 290
    for name in names:
        for form in {name, genitive(name), name if name.endswith(("s", "x")) else f"{name}s"}:
            for line in (f"{form} kommun", f"{form} stad".upper(), f"Municipality of {form}", f"{form.replace('-', ' ')} kommun"):
                found = identify(NamedOrganisation(line, NUMBERS["Malmö"]), owners={NUMBERS["Malmö"]: name})
                assert found == Identified(name, Sureness.SURE), line
                assert identify(NamedOrganisation(line)).municipality == name, line
                assert find_municipality(line).name == name
            bare = f"{without_marks(form)} kommun".upper()
            found = identify(NamedOrganisation(bare, NUMBERS["Malmö"]))
            assert found.municipality == name or bare.startswith("HABO"), bare
            assert found.sureness is (Sureness.CANDIDATE if bare.startswith("HABO") else Sureness.SURE), bare


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Falun", "Falu"), ("Jönköping", "Jönköpings"), ("Nässjö", "Nässjö"), ("Borås", "Borås"), ("Kalmar", "Kalmar"),
        ("Dals-Ed", "Dals-Eds"), ("Malung-Sälen", "Malung-Sälens"), ("Upplands-Bro", "Upplands-Bro"), ("Orust", "Orust"),
        ("Lilla Edet", "Lilla Edets"), ("Täby", "Täby"), ("Höör", "Höörs"), ("Gotland", "Gotlands"), ("Ånge", "Ånge"),
    ],
)  # fmt: skip
def test_the_genitive_of_a_municipality(name, form):
    assert genitive(name) == form


@pytest.mark.parametrize(
    "line", ["FALU KOMMUN", "Falu kommun", "Falun", "City of Gothenburg", "nassjo kommun", "Upplands Bro kommun"]
)
def test_irregular_forms_are_known_in_settings(line):
    assert find_municipality(line) is not None


@pytest.mark.parametrize(
    "place",
    ["NÄSSJÖ", "571 31 Nässjö", "57131 NASSJO", "SE-571 31 Nässjö", "S-571 31, Nässjö", "Nässjö, Sweden", "Nässjö (Sverige)",
     "571 31 Nässjö, Sweden", "Nässjö Sweden", "Nässjö, SE"],
)  # fmt: skip
def test_a_town_is_read_with_its_postcode_and_country(place):
    assert identify(NamedOrganisation("Brinellskolan", place=place)) == Identified("Nässjö", Sureness.LOCATED)


@pytest.mark.parametrize("place", ["Eksjö, Nässjö", "Nässjö, Denmark", "571 31", "", "Sweden"])
def test_what_is_no_town_is_nobodys(place):
    assert identify(NamedOrganisation("Brinellskolan", place=place)) is None


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
