"""Organisations that no identifier ties to a municipality: listed by their town, decided once, and the answer follows identifiers."""

import json
from datetime import UTC, datetime

import pytest

from monitor.awards.history import earlier_rounds
from monitor.awards.municipal import own_projects, projects_by_municipality
from monitor.awards.organisations import Decision, Identified, NamedOrganisation, Sureness, identify
from monitor.awards.store import import_source, open_awards
from tests.awards import files
from tests.commands import Installation

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCHOOLS = ("Brinellskolan", "Fredriksdalsskolan", "Nässjö Lärcenter")
COMPANY, PIC, OTHER_PIC = "5560000001", "999000111", "999000222"


def erasmus_of_schools(path):
    """Write the results of three schools whose town alone says where they are, and of one elsewhere."""
    page = files.erasmus_page(4, range(4))
    for number, (project, name) in enumerate(zip(page["projectDocuments"], (*SCHOOLS, "Eksjö gymnasium"), strict=True)):
        (school,) = project["organisations"]
        school |= {"organisationName": name, "organisationPIC": "", "organisationCity": "Nässjö" if number < 3 else "Eksjö"}
    return files.write_json(path, page)


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


def load_company(db, tmp_path, *, pics=(PIC,), ties=True):
    """Import a company by its PIC alone from the portal, and from CORDIS with its number beside its PICs, or by another one."""
    page = files.portal_page(1, range(1))
    page["results"][0]["metadata"]["participants"] = [
        json.dumps(
            [
                {
                    "pic": PIC,
                    "legalName": "HOGLANDETS ENERGI AB",
                    "country": "SE",
                    "city": "NASSJO",
                    "role": "coordinator",
                    "eucontribution": 1,
                }
            ]
        )
    ]
    import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW)
    projects, organisations = files.cordis_rows(2)
    rows = [
        row
        | {"organisationID": pic, "vatNumber": f"SE{COMPANY}01" if ties else "", "name": "HOGLANDETS ENERGI AB", "city": "NASSJO"}
        for row, pic in zip([row for row in organisations if row["country"] == "SE"], (pics * 2)[:2], strict=True)
    ]
    others = [row for row in organisations if row["country"] != "SE"]
    import_source(db, "cordis-horizon", [files.pack_cordis(tmp_path, projects, rows + others)], NOW)


def surenesses(db, decisions=()):
    return {(one.source, one.sureness) for one in own_projects(db, "Nässjö", decisions)}


def test_schools_of_the_town_are_candidates_and_never_sure(db, tmp_path):
    import_source(db, "erasmus", [erasmus_of_schools(tmp_path / "erasmus.json")], NOW)
    found = own_projects(db, "Nässjö")
    assert {(one.organisation, one.sureness) for one in found} == {
        ("Nässjö Lärcenter", Sureness.RELATED),
        ("Brinellskolan", Sureness.LOCATED),
        ("Fredriksdalsskolan", Sureness.LOCATED),
    }
    school = next(one for one in found if one.organisation == "Brinellskolan")
    assert school.decision_key == "name:brinellskolan|nassjo"
    decided = own_projects(db, "Nässjö", [Decision(school.decision_key, "Nässjö", True)])
    assert {one.organisation for one in decided if one.sureness is Sureness.CONFIRMED} == {"Brinellskolan"}
    denied = own_projects(db, "Nässjö", [Decision(school.decision_key, "Nässjö", False)])
    assert {one.organisation for one in denied} == {"Nässjö Lärcenter", "Fredriksdalsskolan"}


def test_what_lies_in_other_towns_is_nobodys_candidate_at_home(db, tmp_path):
    import_source(db, "erasmus", [erasmus_of_schools(tmp_path / "erasmus.json")], NOW)
    found = projects_by_municipality(db, home="Nässjö")
    assert {one.sureness for one in found["Eksjö"]} == {Sureness.RELATED}
    assert len(found["Nässjö"]) == 3
    assert [one.organisation for one in projects_by_municipality(db)["Nässjö"]] == ["Nässjö Lärcenter"]


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        (NamedOrganisation("Brinellskolan", place="NASSJO"), "Nässjö"),
        (NamedOrganisation("Brinellskolan", place="Nässjö kommun"), "Nässjö"),
        (NamedOrganisation("Brinellskolan", place="Nässjö", region="Jönköpings län"), "Nässjö"),
        (NamedOrganisation("Energi AB", "5560000001", place="Nässjö"), "Nässjö"),
        (NamedOrganisation("Räddningstjänsten", "2220000001", place="Nässjö"), "Nässjö"),
        (NamedOrganisation("Myndigheten X", "2021000001", place="Nässjö"), ""),
        (NamedOrganisation("Vården", "2321000057", place="Nässjö"), ""),
        (NamedOrganisation("Region Jönköpings län", place="Nässjö"), ""),
        (NamedOrganisation("Skolan", place="Nässjö", region="Stockholms län"), ""),
        (NamedOrganisation("Skolan", country="DE", place="Nässjö"), ""),
        (NamedOrganisation("Skolan", place="Bålsta"), ""),
        (NamedOrganisation("Skolan", place=""), ""),
        (NamedOrganisation("Skolan", place="Håbo"), "Håbo"),
        (NamedOrganisation("Skolan", place="HABO", region="Uppsala län"), "Håbo"),
    ],
)
def test_a_town_makes_a_candidate_at_most(organisation, expected):
    assert identify(organisation) == (Identified(expected, Sureness.LOCATED) if expected else None)


@pytest.mark.parametrize("key", [f"number:{COMPANY}", f"pic:{PIC}"])
@pytest.mark.parametrize("belongs", [True, False])
def test_an_answer_follows_the_identifiers_that_rows_tie_together(db, tmp_path, key, belongs):
    load_company(db, tmp_path)
    assert surenesses(db) == {("portal", Sureness.LOCATED), ("cordis-horizon", Sureness.LOCATED)}
    decision = Decision(key, "Nässjö", belongs)
    answered = {("portal", Sureness.CONFIRMED), ("cordis-horizon", Sureness.CONFIRMED)}
    assert surenesses(db, [decision]) == (answered if belongs else set())
    rounds = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö", [decision])
    assert [one.name for one in rounds.municipalities] == (["Nässjö"] if belongs else [])
    assert rounds.undecided == ()


def test_one_organisation_is_asked_about_once(db, tmp_path):
    load_company(db, tmp_path, pics=(PIC, OTHER_PIC))
    assert {one.decision_key for one in own_projects(db, "Nässjö")} == {f"number:{COMPANY}"}
    by_other_pic = [Decision(f"pic:{OTHER_PIC}", "Nässjö", True)]
    assert {sureness for _, sureness in surenesses(db, by_other_pic)} == {Sureness.CONFIRMED}


def test_what_no_row_ties_together_is_answered_by_itself(db, tmp_path):
    load_company(db, tmp_path, pics=(OTHER_PIC,), ties=False)
    assert surenesses(db, [Decision(f"pic:{OTHER_PIC}", "Nässjö", True)]) == {
        ("portal", Sureness.LOCATED),
        ("cordis-horizon", Sureness.CONFIRMED),
    }


def test_the_last_answer_about_one_organisation_counts(db, tmp_path):
    load_company(db, tmp_path)
    yes, no = Decision(f"pic:{PIC}", "Nässjö", True), Decision(f"number:{COMPANY}", "Nässjö", False)
    assert surenesses(db, [yes, no]) == set()
    assert {sureness for _, sureness in surenesses(db, [no, yes])} == {Sureness.CONFIRMED}


def test_the_earlier_rounds_name_those_that_may_be_the_reader_s_own(db, tmp_path):
    load_company(db, tmp_path)
    (one,) = earlier_rounds(db, "LIFE-2026-SAP-NAT", "Nässjö").undecided
    assert (one.name, one.place, one.key, one.sureness) == (
        "HOGLANDETS ENERGI AB", "NASSJO", f"number:{COMPANY}", Sureness.LOCATED,
    )  # fmt: skip
    assert earlier_rounds(db, "LIFE-2026-SAP-NAT", "Eksjö").undecided == ()


def test_the_commands_show_the_keys_of_candidates(tmp_path):
    installation = Installation(tmp_path)
    installation.configure('data_dir = "data"\n[municipality]\nname = "Nässjö kommun"\n')
    assert installation.ask("awards", "import", "erasmus", str(erasmus_of_schools(tmp_path / "erasmus.json"))).code == 0
    page = files.portal_page(1, range(1))
    page["results"][0]["metadata"]["participants"] = [
        json.dumps([{"pic": PIC, "legalName": "HOGLANDETS ENERGI AB", "country": "SE", "city": "NASSJO", "eucontribution": 1}])
    ]
    assert installation.ask("awards", "import", "portal", str(files.write_json(tmp_path / "life.1.json", page))).code == 0
    told = installation.ask("awards", "history").out
    assert "name:fredriksdalsskolan|nassjo" in told
    assert "finns på orten" in told
    shown = installation.ask("awards", "show", "LIFE-2026-SAP-NAT").out
    assert f"pic:{PIC}" in shown
    assert "awards confirm" in shown
    assert installation.ask("awards", "confirm", "name:fredriksdalsskolan|nassjo", "Nässjö").code == 0
    rows = installation.ask("awards", "history", "--json").json["projects"]
    assert [one["organisation"] for one in rows if one["sureness"] == "confirmed"] == ["Fredriksdalsskolan"]
