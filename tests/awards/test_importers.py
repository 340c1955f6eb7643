"""Each importer on rows of ours in the publisher's own columns; LIFE's fields are those that readers of its search name."""

import csv
import re
import zipfile
from decimal import Decimal

import pytest

from monitor.awards.importers_kohesio import KOHESIO_OLDER
from monitor.awards.importers_national import IMPORTERS
from monitor.awards.model import ORIGINS, Award, PartnerRole
from monitor.awards.reading import Reading
from monitor.errors import SourceError
from tests.awards import files


def read(source, *paths):
    reading = Reading()
    items = list(IMPORTERS[source](list(paths), reading))
    assert reading.skipped == {}
    return [item for item in items if isinstance(item, Award)], [item for item in items if not isinstance(item, Award)]


def test_every_source_has_an_importer():
    assert IMPORTERS.keys() == ORIGINS.keys()


def test_cordis_mixes_decimal_commas_and_points(tmp_path):
    awards, participants = read("cordis-horizon", files.write_cordis(tmp_path))
    assert [(award.total, award.granted) for award in awards] == [(Decimal("300000.50"), Decimal("200000.25"))] * 4
    assert awards[0].programme == "Horizon Europe"
    assert awards[0].year == 2023
    assert awards[0].url == "https://cordis.europa.eu/project/id/101000000"
    first, second, third = participants[:3]
    assert (first.role, first.number, first.pic, first.country) == (PartnerRole.COORDINATOR, "2120001355", "997186676", "SE")
    assert (second.country, second.number) == ("GR", "")
    assert (third.role, third.country) == (PartnerRole.ASSOCIATED, "GB")


def test_cordis_smaller_files_tell_topic_programme_and_subjects(tmp_path):
    projects, organisations = files.cordis_rows(2)
    projects[0]["topics"] = ""
    first, second = (str(project["id"]) for project in projects)
    smaller = {
        "topics.csv": [{"projectID": first, "topic": "HORIZON-EIE-2022-CONNECT-01-01"}, {"projectID": second, "topic": "OTHER"}],
        "legalBasis.csv": [
            {"projectID": second, "legalBasis": "EURATOM2027", "uniqueProgrammePart": "true"},
            {"projectID": first, "legalBasis": "HORIZON.3.2", "uniqueProgrammePart": "true"},
            {"projectID": first, "legalBasis": "EURATOM.1.2", "uniqueProgrammePart": ""},
        ],
        "euroSciVoc.csv": [{"projectID": first, "euroSciVocTitle": title} for title in ("hydrology", "ecology")],
    }
    path = tmp_path / "cordis.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("project.csv", files.table(files.CORDIS_PROJECT, projects, ";"))
        packed.writestr("organization.csv", files.table(files.CORDIS_ORGANISATION, organisations, ";"))
        for name, rows in smaller.items():
            packed.writestr(name, files.table(files.CORDIS_SMALLER[name], rows, ";"))
    awards, _ = read("cordis-horizon", path)
    assert [(one.programme, one.topic, one.year, one.summary) for one in awards] == [
        ("Horizon Europe", "HORIZON-EIE-2022-CONNECT-01-01", 2022, "hydrology, ecology. Lakes and rivers."),
        ("Euratom", "HORIZON-CL6-2023-ZEROPOLLUTION-01-2", 2023, "Lakes and rivers."),
    ]


def test_horizon_2020_is_told_by_the_name_of_its_file(tmp_path):
    awards, _ = read("cordis-h2020", files.write_cordis(tmp_path, name="cordis-h2020projects-csv.zip"))
    assert {award.programme for award in awards} == {"H2020"}


@pytest.mark.parametrize(
    "objective", ['""Big data" in towns; and more', 'Says "yes"; and "no"', "One\nTwo\r\nThree", 'Ends ""so""']
)
def test_an_objective_with_quotes_and_line_breaks_ends_where_the_field_ends(tmp_path, objective):
    projects, organisations = files.cordis_rows(2)
    text = files.table(files.CORDIS_PROJECT, projects, ";").replace("Lakes and rivers.", objective, 1)
    (tmp_path / "project.csv").write_bytes(text.encode())
    (tmp_path / "organization.csv").write_text(files.table(files.CORDIS_ORGANISATION, organisations, ";"), "utf-8")
    awards, _ = read("cordis-horizon", tmp_path / "project.csv", tmp_path / "organization.csv")
    assert [award.key for award in awards] == ["101000000", "101000001"]
    assert awards[0].summary.split() == objective.replace('""', '"').split()


def test_kohesio_has_dates_in_two_forms_and_a_category_as_a_float(tmp_path):
    awards, participants = read("kohesio", files.write_kohesio(tmp_path))
    assert [award.starts for award in awards] == ["2023-09-01"] * 3
    assert (awards[0].key, awards[0].topic, awards[0].call, awards[0].ends) == ("Q736210", "117", "23-00-S01", "")
    assert [participant.number for participant in participants] == ["2120003005", "", ""]
    assert all(participant.role is PartnerRole.COORDINATOR for participant in participants)


def test_older_files_of_kohesio_take_the_owners_from_the_list_of_beneficiaries(tmp_path):
    awards, participants = read("kohesio", *files.write_older_kohesio(tmp_path))
    assert len(awards) == 3
    assert [(one.name, one.region, one.country) for one in participants] == [
        ("Uppsala kommun", "SE121", "SE"), ("Hamn, bolaget", "SE121", "SE"), ("Uppsala kommun", "SE121", "SE"),
    ]  # fmt: skip


def test_older_files_of_kohesio_without_the_list_are_refused(tmp_path):
    projects, owners = files.write_older_kohesio(tmp_path)
    with pytest.raises(SourceError, match=r"”Beneficiary_Name” saknas.*\(beneficiaries\) bredvid"):
        read("kohesio", projects)
    owners.write_text(owners.read_text("utf-8").replace("entity/Q", "entity/P"), "utf-8")
    with pytest.raises(SourceError, match="3 av 3 projektägare saknas i listan över stödmottagare"):
        read("kohesio", projects, owners)


@pytest.mark.parametrize("name", [name for name in KOHESIO_OLDER if isinstance(name, str)])
def test_a_renamed_column_of_an_older_file_is_refused(tmp_path, name):
    projects, owners = files.write_older_kohesio(tmp_path)
    projects.write_text(projects.read_text("utf-8").replace(name, f"New_{name}", 1), "utf-8")
    with pytest.raises(SourceError, match=f"”{'Beneficiary_Name' if name.startswith('Beneficiary') else name}” saknas"):
        read("kohesio", projects, owners)


def test_keep_joins_by_id_or_acronym_and_reads_a_curly_apostrophe(tmp_path):
    awards, participants = read("keep", files.write_keep(tmp_path))
    assert len({award.key for award in awards}) == 2
    assert awards[0].granted == Decimal("450000.50")
    assert (awards[1].granted, awards[1].starts) == (None, "")
    assert {participant.project for participant in participants} == {award.key for award in awards}
    assert (participants[0].number, participants[0].role, participants[0].granted) == (
        "2120003005",
        PartnerRole.COORDINATOR,
        Decimal("1000.25"),
    )
    assert participants[2].country == "GR"


def test_esf_has_no_break_spaces_html_and_no_personal_data(tmp_path):
    awards, participants = read("esf", files.write_esf(tmp_path))
    assert (awards[0].total, awards[0].granted, awards[0].currency) == (Decimal(4973906), Decimal(1989562), "SEK")
    assert awards[0].summary == "Ring eller skriv till . Fler unga i arbete & studier."
    assert awards[0].url.endswith("?dnr=24-030-S04")
    assert participants[0].number == "2120003005"


@pytest.mark.parametrize("source", ["keep", "dashboard"])
def test_a_sheet_that_declares_one_cell_is_read_whole(tmp_path, source):
    path = files.write_keep(tmp_path) if source == "keep" else as_sheet(files.write_dashboard(tmp_path))
    whole = read(source, path)
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, re.sub(rb'<dimension ref="[A-Z0-9:]+"', b'<dimension ref="A1:A1"', data))
    declared = [data for name, data in members.items() if "worksheets/sheet" in name]
    assert declared
    assert all(b"<dimension ref=" in data for data in declared)
    assert read(source, path) == whole


def as_sheet(path):
    """Return an Excel file with the rows of a CSV file."""
    from openpyxl import Workbook

    book = Workbook()
    for cells in csv.reader(path.read_text("utf-8").splitlines(), delimiter=";"):
        book.active.append(cells)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def test_a_lost_space_in_an_area_is_put_back(tmp_path):
    (row,) = files.projektbank_rows(1)
    row["kommuner"] = "LillaEdet, UpplandsVäsby, ÖstraGöinge, Nässjö"
    awards, _ = read("projektbank", files.write_json(tmp_path / "p.json", [row]))
    assert awards[0].area == "Lilla Edet, Upplands Väsby, Östra Göinge, Nässjö"


def test_interreg_has_no_unique_id_and_nought_means_not_stated(tmp_path):
    awards, participants = read("interreg", files.write_json(tmp_path / "r.json", files.interreg_rows()))
    assert [award.title for award in awards] == ["Harbours@Home"]
    assert [participant.budget for participant in participants] == [Decimal("1000.25"), Decimal(20), None]
    assert [participant.name for participant in participants] == ["Hamn 0", "", "Hamn 2"]


def test_erasmus_pages_are_one_search(tmp_path):
    pages = [files.write_json(tmp_path / f"{n}.json", files.erasmus_page(4, range(2 * n, 2 * n + 2))) for n in range(2)]
    awards, participants = read("erasmus", *pages)
    assert [award.call for award in awards] == ["KA122-SCH"] * 4
    assert {award.granted for award in awards} == {Decimal("25000.50")}
    assert all(participant.granted is None for participant in participants)


def test_the_portals_participants_are_json_in_a_field(tmp_path):
    awards, participants = read("portal", files.write_json(tmp_path / "life.1.json", files.portal_page(2, range(2))))
    assert (awards[0].topic, awards[0].year, awards[0].granted) == ("LIFE-2024-SAP-NAT", 2024, Decimal(600000))
    assert (participants[0].number, participants[0].granted) == ("2120001355", Decimal(600000))


def test_life_keeps_the_coordinator_alone_when_a_name_has_a_comma(tmp_path):
    awards, participants = read("life", files.write_json(tmp_path / "1.json", files.life_page(2, range(2))))
    assert (awards[0].total, awards[0].granted) == (Decimal(3951230), Decimal(2370738))
    assert [participant.name for participant in participants] == [
        "Kristianstads kommun",
        "Bird Society",
        "Länsstyrelsen Kalmar, Naturenheten",
    ]


def test_vinnova_has_one_coordinator_and_no_partners(tmp_path):
    (row,) = files.vinnova_rows(1)
    awards, participants = read(
        "vinnova", files.write_json(tmp_path / "p.json", [row, {**row, "Diarienummer": "2", "KoordinatorOrg": ""}])
    )
    assert (awards[0].granted, awards[0].currency, awards[0].ends) == (Decimal(500000), "SEK", "")
    assert [participant.name for participant in participants] == ["Nässjö kommun"]


def test_the_project_bank_keeps_no_persons(tmp_path):
    (row,) = files.projektbank_rows(1)
    row |= {"projektledare": "Anna Andersson", "telnr": "070-1", "e-post": "a@example.se"}
    awards, participants = read("projektbank", files.write_json(tmp_path / "p.json", [row]))
    assert awards[0].area == "Nässjö, Eksjö"
    assert [participant.name for participant in participants] == ["X AB"]
    assert "Anna" not in repr(awards) + repr(participants)
