"""A municipality's own projects, its neighbours', and the comparison with a list that the coordinator keeps."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources

import pytest

from monitor.awards.municipal import (
    compare_municipalities,
    group_projects,
    own_projects,
    partner_places,
    projects_by_municipality,
)
from monitor.awards.organisations import Sureness, find_municipality, like_neighbours
from monitor.awards.reconcile import COLUMNS, Outcome, parse_list, reconcile, table_rows
from monitor.awards.store import import_source, open_awards
from monitor.errors import SourceError
from tests.awards import files
from tests.commands import Installation

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def funded(tmp_path_factory):
    """Return the projects of all municipalities: one project that three publishers have, in two currencies."""
    folder = tmp_path_factory.mktemp("funded")
    with open_awards(folder / "awards.db") as db:
        import_source(db, "esf", [files.write_esf(folder)], NOW)
        import_source(db, "kohesio", [files.write_kohesio(folder)], NOW)
        import_source(db, "cordis-horizon", [files.write_cordis(folder, 2)], NOW)
        import_source(db, "portal", [files.write_json(folder / "life.1.json", files.portal_page(1, range(1)))], NOW)
        found = projects_by_municipality(db)
        places = partner_places(db, next(one for one in found["Göteborg"] if one.source == "cordis-horizon"))
        assert own_projects(db, "Nässjö") == []
    return found, places


def test_every_municipality_is_found_in_one_pass(funded):
    found, places = funded
    assert {name: len(projects) for name, projects in found.items()} == {"Uppsala": 4, "Göteborg": 3}
    assert places == ("Leeds (GB)", "Athina (GR)")


def test_a_project_that_two_publishers_have_counts_once(tmp_path):
    row = files.kohesio_rows(1)[0] | {"Operation_Local_Identifier": "2021SE05SFPR001_24-030-S04"}
    path = tmp_path / "latest_SE.csv"
    path.write_text(files.table(files.KOHESIO, [row], ","), "utf-8")
    with open_awards(tmp_path / "awards.db") as db:
        import_source(db, "esf", [files.write_esf(tmp_path, 1)], NOW)
        import_source(db, "kohesio", [path], NOW)
        (one,) = own_projects(db, "Uppsala")
    assert (one.source, one.number, one.share, one.currency) == ("esf", "24-030-S04", 1989562, "SEK")


def test_currencies_are_never_added(funded):
    found, _ = funded
    groups = group_projects(found["Uppsala"])
    assert sum(group.projects for group in groups) == 4
    assert all(len(group.shares) <= 1 or len({currency for currency, _ in group.shares}) == len(group.shares) for group in groups)


def test_the_comparison_names_the_own_first_and_counts_those_without_projects(funded):
    found, _ = funded
    compared = compare_municipalities(found, "Nässjö")
    assert compared.rows[0].name == "Nässjö"
    assert (compared.rows[0].projects, compared.rows[0].latest, compared.middle) == (0, None, 0.0)
    names = like_neighbours("Nässjö")
    assert compared.others == len(names) > 20
    assert {"Gislaved", "Vetlanda", "Värnamo", "Motala"} <= set(names)
    assert not {"Nässjö", "Aneby", "Eksjö", "Jönköping", "Göteborg", "Kiruna"} & set(names)
    assert compare_municipalities(found, "Ort") is None


def test_every_municipality_has_a_size_and_like_ones():
    places = [place for row in register()["county"] for name in row["municipalities"] if (place := find_municipality(name))]
    assert len(places) == 290
    classes = sorted({place.size for place in places}, key=lambda size: size.first)
    assert [(size.first, size.below) for size in classes] == [
        (0, 10_000), (10_000, 20_000), (20_000, 50_000), (50_000, 100_000), (100_000, None),
    ]  # fmt: skip
    listed = [name for row in register()["size"] for name in row["municipalities"]]
    assert len(listed) == len(set(listed)) == 290
    assert all(like_neighbours(place.name) for place in places if place.name != "Umeå")  # the only one in the north
    assert find_municipality("Nässjö").size.below == 50_000


def register():
    return tomllib.loads((resources.files("monitor.awards") / "data" / "municipalities.toml").read_text("utf-8"))


def test_the_county_s_municipalities_of_other_sizes_are_named_when_they_have_projects(funded):
    found, _ = funded
    near = {
        "Nässjö": found["Uppsala"][:1],
        "Eksjö": found["Uppsala"][:2],
        "Vetlanda": found["Uppsala"][:1],
        "Lund": found["Uppsala"],
    }
    compared = compare_municipalities(near, "Nässjö")
    assert [row.name for row in compared.rows] == ["Nässjö", "Vetlanda"]
    assert [(row.name, row.projects) for row in compared.county] == [("Eksjö", 2)]


LIST = """\ufeffProjekt;Diarienummer;År;Belopp
Unga på väg 0;24-030-S04;2024;1 989 562 kr
unga PÅ väg, 1;;2024;100
Något helt annat;;2019;
=1+1;99;;
"""


def test_the_own_list_is_compared_row_by_row(funded):
    found, _ = funded
    esf = [one for one in found["Uppsala"] if one.source == "esf"]
    rows = reconcile(parse_list(LIST), esf)
    assert [(row.outcome, row.differs) for row in rows] == [
        (Outcome.FOUND, False),
        (Outcome.CANDIDATE, True),
        (Outcome.MISSING, False),
        (Outcome.MISSING, False),
        (Outcome.UNLISTED, False),
    ]
    assert all(len(row) == len(COLUMNS) for row in table_rows(rows))
    unsure = [replace(one, sureness=Sureness.CANDIDATE) for one in esf]
    assert [row.outcome for row in reconcile(parse_list(LIST), unsure)][:2] == [Outcome.CANDIDATE, Outcome.CANDIDATE]


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_of_projects_with_one_title_that_of_the_listed_year_is_meant(funded, year):
    (some, *_) = (one for one in funded[0]["Uppsala"] if one.source == "esf")
    yearly = [replace(some, title="Vänorter möts", year=one, key=str(one), number=str(one)) for one in (2023, 2024, 2025)]
    for known in (yearly, yearly[::-1]):
        (row, *_) = reconcile(parse_list(f"projekt;år\nvänorter möts;{year}"), known)
        assert (row.outcome, row.known.year) == (Outcome.CANDIDATE, year)


def test_an_amount_in_another_currency_is_no_difference(funded):
    found, _ = funded
    esf = [one for one in found["Uppsala"] if one.source == "esf"]
    (row, *_) = reconcile(parse_list("projekt,nummer,belopp,valuta\nX,24-030-S04,175000,EUR"), esf)
    assert (row.outcome, row.differs) == (Outcome.FOUND, False)


def test_lists_of_spreadsheets_are_read():
    assert parse_list("projekt\tbelopp\nBad\t1\u00a0200,50")[0].amount == Decimal("1200.50")
    assert parse_list('Titel;År\n"Bro; och väg";2024-05-01\n;\n')[0].year == 2024


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("250.000", "250000", ""),
        ("250 000", "250000", ""),
        ("250\u00a0000", "250000", ""),
        ("1.250.000", "1250000", ""),
        ("1 250 000,50", "1250000.50", ""),
        ("250.000,50", "250000.50", ""),
        ("250.000 kr", "250000", "SEK"),
        ("250 000:-", "250000", ""),
        ("250 000,-", "250000", ""),
        ("2.000.000 kronor", "2000000", "SEK"),
        ("SEK 250 000", "250000", "SEK"),
        ("kr 5", "5", "SEK"),
        ("1 250 EUR", "1250", "EUR"),
        ("€ 1.250", "1250", "EUR"),
        ("1.250 euro", "1250", "EUR"),
        ("250.5", "250.5", ""),
        ("250.50", "250.50", ""),
        ("250,5", "250.5", ""),
        ("250000", "250000", ""),
        ("1,250,000.5", "1250000.5", ""),
        ("", None, ""),
    ],
)
def test_amounts_of_the_own_list_are_read_as_they_are_written_in_swedish(cell, value, currency):
    (row,) = parse_list(f'projekt;belopp\nBad;"{cell}"')
    assert (row.amount, row.currency) == (value and Decimal(value), currency)


@pytest.mark.parametrize("mark", ["kr", "EUR", ""])
def test_an_amount_that_may_be_two_is_not_guessed(mark):
    with pytest.raises(SourceError, match=r"rad 3.*250,000.*två sätt"):
        parse_list(f"projekt;belopp\nBad;1\nBro;250,000 {mark}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('projekt;belopp\n"oavslutad;1\n', 2),
        ('projekt;belopp\nA;1\n"oavslutad;1\nB;2\nC;3\n', 3),
        ('projekt;belopp\nA;1\n"oavslutad;1\n"B";2\nC;3\n', 3),
        ('projekt;belopp\nA;1\n"oavslutad;1\nB";2;3\nC;3\n', 3),
        ('projekt;belopp\nA;1\n"Bro;1\nVäg;2"\nC;3\n', 3),
        ('projekt;belopp\r\nA;1\r\nB;"2\r\nC;3\r\n', 3),
        ('\n\nprojekt;belopp\nA;1\n\nB;"2\nC;3\n', 6),
        ('projekt\tbelopp\n"A\t1\nB\t2', 2),
    ],
)
def test_a_quote_that_is_not_closed_is_refused_with_its_line(text, line):
    with pytest.raises(SourceError, match=f"rad {line}: .*citattecken"):
        parse_list(text)


def test_a_name_may_have_quotes_and_lines():
    rows = parse_list('projekt;belopp\n"En ""bra"" bro";1\n\n"Två\nrader";2\nEtt 5" rör;3\n')
    assert [(row.row, row.project) for row in rows] == [(2, 'En "bra" bro'), (4, "Två\nrader"), (6, 'Ett 5" rör')]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "saknar kolumnen projekt"),
        ("namn på sak;belopp\nX;1", "saknar kolumnen projekt"),
        ("projekt;belopp\nX;mycket", "rad 2.*belopp"),
        ("projekt;belopp\nX;1\n;5", "rad 3.*saknar projektets namn"),
        ("projekt\n" + "X\n" * 6000, "6001 rader"),
        ("x" * 1_000_001, "1000001 tecken"),
    ],
)
def test_a_list_with_an_error_is_refused_with_its_row(text, words):
    with pytest.raises(SourceError, match=words):
        parse_list(text)


def test_the_command_compares_a_file(tmp_path):
    installation = Installation(tmp_path)
    installation.configure('data_dir = "data"\n[municipality]\nname = "Uppsala kommun"\n')
    assert installation.ask("awards", "import", "esf", str(files.write_esf(tmp_path))).code == 0
    path = tmp_path / "egna.csv"
    path.write_text(LIST, "utf-8")
    made = installation.ask("awards", "reconcile", str(path), "--json")
    assert made.code == 1
    assert [row["utfall"] for row in made.json["projects"]] == [
        "funnen", "kandidat", "saknas hos utgivarna", "saknas hos utgivarna", "saknas i listan",
    ]  # fmt: skip
    path.write_text("belopp\n1\n", "utf-8")
    assert installation.ask("awards", "reconcile", str(path)).code == 2
