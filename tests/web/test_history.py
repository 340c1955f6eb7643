"""The page of the municipality's own EU projects: good when empty, decided once by a person, compared with an own list."""

import json
import re
from datetime import UTC, datetime

import pytest

from monitor.archive.award_decisions import store_own_list
from monitor.awards.store import import_source, open_awards
from tests.awards import files
from tests.awards.test_deciding import erasmus_of_schools
from tests.awards.test_history import portal
from tests.web.conftest import token

WHEN = datetime(2026, 5, 1, tzinfo=UTC)


def write_home_projects(file):
    """Write a portal's answer with three projects, whose owner has the name of the home municipality and no number."""
    page = files.portal_page(3, range(3))
    for row in page["results"]:
        row["metadata"]["title"] = [f"<script>alert(1)</script> Wetlands {row['metadata']['projectId'][0]}"]
        text = row["metadata"]["participants"][0]
        row["metadata"]["participants"] = [
            text.replace("GOTEBORGS KOMMUN", "NASSJO KOMMUN").replace("SE212000135501", "").replace("997186676", "951111111")
        ]
    return files.write_json(file, page)


@pytest.fixture
def funded(site, tmp_path):
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(db, "portal", [write_home_projects(tmp_path / "life.1.json")], WHEN)
        import_source(db, "esf", [files.write_esf(tmp_path)], WHEN)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def test_the_empty_page_says_whom_to_ask(browser):
    page = browser.get("/historia")
    assert page.status_code == 200
    assert "Inga projekt är kända" in page.text
    assert "Ingen lista över beviljade projekt är inläst än." in page.text
    assert "Ekonomiavdelningen" in page.text
    assert "Naturvårdsverket" in page.text
    assert "Our history" in browser.get("/historia", params={"lang": "en"}).text
    assert 'href="/historia"' in browser.get("/uppfoljning").text


def test_a_name_is_a_candidate_until_a_person_decides_once(coordinator, browser, funded):
    page = coordinator.get("/historia")
    assert "Inga projekt är kända" in page.text
    assert "<script>alert" not in page.text
    assert "NASSJO KOMMUN" in page.text
    decided = coordinator.post("/historia/avgor", {"nyckel": "pic:951111111", "svar": "hor", "csrftoken": token(page.text)})
    assert decided.status_code in (302, 303)
    page = coordinator.get("/historia")
    text = words(page.text)
    assert "3 projekt: Nässjö" in text
    assert "1 800 000 EUR" in text
    assert "Inget att svara på." in text
    undone = coordinator.post("/historia/avgor", {"nyckel": "pic:951111111", "svar": "inte", "csrftoken": token(page.text)})
    assert undone.status_code in (302, 303)
    assert "Inga projekt är kända" in coordinator.get("/historia").text
    unknown = {"nyckel": "pic:000000000", "svar": "hor", "csrftoken": token(page.text)}
    assert coordinator.post("/historia/avgor", unknown).status_code == 400


def test_schools_of_the_town_are_listed_and_answered_once(coordinator, site, tmp_path):
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(db, "erasmus", [erasmus_of_schools(tmp_path / "erasmus.json")], WHEN)
    page = coordinator.get("/historia")
    text = words(page.text)
    assert "Brinellskolan Nässjö finns i Nässjö" in text
    assert "Nässjö Lärcenter Nässjö namnet liknar" in text
    assert "Eksjö gymnasium" not in text
    answer = {"nyckel": "name:brinellskolan|nassjo", "svar": "hor", "csrftoken": token(page.text)}
    assert coordinator.post("/historia/avgor", answer).status_code in (302, 303)
    text = words(coordinator.get("/historia").text)
    assert "1 projekt: Nässjö" in text
    assert "Brinellskolan Nässjö finns i Nässjö" not in text
    assert "Fredriksdalsskolan Nässjö finns i Nässjö" in text


def test_candidates_beyond_the_room_of_the_page_are_counted(coordinator, site, tmp_path):
    page = files.erasmus_page(63, range(63))
    for number, project in enumerate(page["projectDocuments"]):
        project["organisations"][0] |= {"organisationName": f"Skola {number}", "organisationPIC": f"9{number:08}"}
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(db, "erasmus", [files.write_json(tmp_path / "erasmus.json", page)], WHEN)
    text = words(coordinator.get("/historia").text)
    assert text.count("finns i Nässjö") == 60
    assert "3 till visas när de här har fått svar." in text


def test_what_a_person_has_to_decide_is_the_coordinators(browser, funded):
    page = browser.get("/historia").text
    assert "NASSJO KOMMUN" not in page
    assert "/historia/avgor" not in page
    assert browser.get("/historia/avstamning.csv", follow_redirects=False).status_code in (302, 303, 403)


def test_the_own_list_is_kept_compared_and_given_out_as_csv(coordinator, funded):
    assert coordinator.get("/historia/avstamning.csv").status_code == 404
    csrf = token(coordinator.get("/historia").text)
    wrong = coordinator.post("/historia/lista", {"lista": "belopp\n5", "csrftoken": csrf})
    assert wrong.status_code == 400
    assert "saknar kolumnen projekt" in wrong.text
    assert "belopp\n5</textarea>" in wrong.text, "what was written is not lost"
    listed = "projekt;nummer;belopp\n=HYPERLINK(1);101100000;700000\nVänortsresa;;20000"
    saved = coordinator.post("/historia/lista", {"lista": listed, "csrftoken": csrf})
    assert saved.status_code in (302, 303)
    text = words(coordinator.get("/historia").text)
    assert "0 funna, 1 kandidat, 1 saknas hos utgivarna, 0 saknas i listan. Beloppen skiljer för 1." in text
    file = coordinator.get("/historia/avstamning.csv")
    assert file.text.startswith("\ufeffutfall;")
    assert "'=HYPERLINK(1)" in file.text
    assert "saknas hos utgivarna;Vänortsresa" in file.text


def test_a_kept_list_that_is_no_longer_read_is_said_to_be_wrong(coordinator, site, funded):
    with site.archive.writing() as db:
        store_own_list(db, 'projekt;belopp\n"oavslutad;1\nBro;2', who="Anna", now=WHEN)
    page = coordinator.get("/historia")
    assert page.status_code == 200
    assert "Listan, rad 2: har ett citattecken som inte avslutas" in words(page.text)
    file = coordinator.get("/historia/avstamning.csv")
    assert file.status_code == 400
    assert "rad 2" in file.text


def test_own_projects_of_several_years_make_a_chart(coordinator, site, tmp_path):
    answer = portal([2021, 2021, 2023], owners=["NASSJO KOMMUN"])
    for row in answer["results"]:
        (owner,) = json.loads(row["metadata"]["participants"][0])
        partner = {"legalName": "TARTU LINN", "country": "EE", "city": "TARTU", "role": "coordinator"}
        row["metadata"]["participants"] = [json.dumps([owner | {"vat": "SE212000054801"}, partner])]
    one_year = [row for row in answer["results"] if "2021" in row["metadata"]["topicAbbreviation"][0]]
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(
            db, "portal", [files.write_json(tmp_path / "1.json", answer | {"results": one_year, "totalResults": 2})], WHEN
        )
        page = coordinator.get("/historia").text
        assert "2 projekt: Nässjö" in words(page)
        assert "Projekt per år" not in page, "one year is no chart"
        import_source(db, "portal", [files.write_json(tmp_path / "1.json", answer)], WHEN)
    page = coordinator.get("/historia").text
    assert "Projekt per år" in page
    chart = page[page.index('<figure class="chart">') : page.index("</figure>")]
    assert words(chart) == (
        "Projekt per år Projekt, flest: 2021 2023: projekt 1; 2022: projekt 0; 2021: projekt 2 2023 1 2022 2021 2"
    )
    assert [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)%"', chart)] == [44, 88]
    assert "Partner i Tartu (EE)" in words(page)


def test_neighbours_of_like_size_are_compared(coordinator, funded):
    text = words(coordinator.get("/historia").text)
    assert "Andra kommuner med 20 000–50 000 invånare i länet och länen intill: 23." in text
    assert "Kända projekt, median: 0." in text
    assert "ESF-rådets projektbank" in text


def test_the_follow_up_has_the_own_history_by_programme_and_year(coordinator, browser, funded):
    page = coordinator.get("/historia")
    coordinator.post("/historia/avgor", {"nyckel": "pic:951111111", "svar": "hor", "csrftoken": token(page.text)})
    text = words(browser.get("/uppfoljning").text)
    assert "EU-projekt som kommunen har haft" in text
    assert "LIFE 2024 3 1 800 000 EUR" in text
    assert "Andra kommuner med 20 000–50 000 invånare i länet och länen intill: 23. Kända projekt, median: 0." in text
    assert "EU projects that the municipality has had" in words(browser.get("/uppfoljning", params={"lang": "en"}).text)


def test_the_follow_up_without_a_known_project_says_so(browser):
    text = words(browser.get("/uppfoljning").text)
    assert "EU-projekt som kommunen har haft Inga projekt är kända i utgivarnas listor." in text
    assert "Andra kommuner med" not in text
