"""The samples beside the project, against the numbers that were counted from them by hand."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.awards.organisations import find_municipality
from monitor.awards.store import import_source, open_awards
from tests.awards import files

pytestmark = pytest.mark.shared
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


@pytest.fixture
def samples(shared):
    folder = shared / "data" / "open"
    if not folder.is_dir():
        pytest.skip("the samples of funded projects do not lie beside the project")
    return folder


def one(db, sql, *values):
    return db.execute(sql, values).fetchone()


OWNED = (
    "SELECT q.key, o.name, q.granted FROM projects q JOIN participants p ON p.project = q.id"
    " JOIN organisations o ON o.id = p.organisation WHERE q.source = 'projektbank' AND o.name LIKE ? ORDER BY q.key"
)


def test_the_regional_fund_until_october_2016(db, samples):
    report = import_source(
        db, "projektbank", [samples / "tillvaxtverket-projektbank" / "eruf-2014-2020_captured-2016-10-14.json"], NOW
    )
    assert (report.projects, report.skipped) == (374, {})
    assert report.granted == {"SEK": Decimal(4_354_438_151)}
    areas = dict(db.execute("SELECT programme, count(*) FROM projects GROUP BY programme").fetchall())
    assert (areas["Regionalfonden, Småland med öarna"], areas["Regionalfonden, Skåne-Blekinge"]) == (29, 45)
    assert areas["Regionalfonden, Nationellt regionalfondsprogram"] == 17
    assert db.execute(OWNED, ["%Nässjö%"]).fetchall() == [
        ("20200053", "Träcentrum Nässjö Kompetensutveckling AB", 386_040_000),
    ]
    county = [row for name in ("Jönköping", "Gnosjö", "Nässjö", "Swerea Swecast") for row in db.execute(OWNED, [f"%{name}%"])]
    assert (len(county), sum(row[2] for row in county)) == (6, 3_297_631_900)
    areas_of_effect = [row[0].split(",") for row in db.execute("SELECT area FROM projects")]
    touching = [area for area in areas_of_effect if "Nässjö" in [name.strip() for name in area]]
    assert (len(touching), len([area for area in touching if len(area) <= 20])) == (26, 6)
    named = {name.strip() for area in areas_of_effect for name in area}
    assert len(named) == 290
    assert {name for name in named if find_municipality(name) is None} == {"Stenungssund"}, "an error of the list"
    assert one(
        db, "SELECT count(*) FROM participants p JOIN organisations o ON o.id = p.organisation WHERE o.name LIKE '%kommun%'"
    ) == (52,)


def test_swedish_partners_of_interreg(db, samples):
    report = import_source(db, "interreg", [samples / "interreg-barometern" / "rawdata.json"], NOW)
    assert (report.projects, report.participants, report.skipped) == (586, 1196, {})
    roles = dict(db.execute("SELECT role, count(*) FROM participants GROUP BY role").fetchall())
    assert roles == {"coordinator": 188, "partner": 838, "associated": 170}
    assert one(db, "SELECT sum(budget), sum(budget IS NULL) FROM participants") == (21_244_930_001, 174)
    nameless = "SELECT count(*) FROM participants p JOIN organisations o ON o.id = p.organisation WHERE o.name = ''"
    assert one(db, nameless) == (17,)
    county = db.execute(
        "SELECT o.name, p.budget FROM participants p JOIN organisations o ON o.id = p.organisation WHERE o.region = 'Jönköpings län'"
    ).fetchall()
    assert len(county) == 5
    assert ("Region Jönköpings", 43_604_480) in county
    assert ("", 10_869_600) in county
    backwards = "SELECT starts, ends FROM projects WHERE title = 'BBU - Baltic Biking UPGRADE'"
    assert one(db, backwards) == ("2023-09-01", "")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_adaptation_mission_in_both_formats(db, samples, ending):
    folder = samples / "cordis"
    report = import_source(
        db, "dashboard", [folder / f"adaptation-mission-{kind}.{ending}" for kind in ("participants", "projects")], NOW
    )
    assert (report.projects, report.participants, report.skipped) == (46, 908, {})
    assert report.granted == {"EUR": Decimal("460666290.79")}
    assert one(db, "SELECT sum(granted) FROM participants") == (43_089_141_054,)
    swedish = (
        "SELECT count(*), sum(p.granted) FROM participants p JOIN organisations o ON o.id = p.organisation WHERE o.country = 'SE'"
    )
    assert one(db, swedish) == (15, 738_504_125)
    twice = (
        "SELECT count(*) FROM (SELECT o.pic FROM participants p JOIN organisations o ON o.id = p.organisation"
        " GROUP BY o.pic HAVING count(*) = 2)"
    )
    assert one(db, twice) == (36,)
    assert one(db, "SELECT count(*) FROM projects WHERE programme = 'HORIZON'") == (0,)


def test_the_swedish_part_of_the_adaptation_mission(db, samples):
    report = import_source(db, "dashboard", [samples / "cordis" / "adaptation-mission-participants_sweden.csv"], NOW)
    assert (report.projects, report.participants, report.skipped) == (0, 15, {})
    assert one(db, "SELECT sum(granted) FROM participants") == (738_504_125,)


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines(), delimiter=";"))


def test_topics_programme_parts_and_subjects_of_horizon(db, samples, tmp_path):
    """Rows of ours have the ids of the samples: project.csv and organization.csv are too large to be among them."""
    smaller = [samples / "cordis" / f"horizon_{name}_first300.csv" for name in ("topics", "legalBasis", "euroSciVoc")]
    ids = [[row["projectID"] for row in rows_of(path)] for path in smaller]
    assert [len(some) for some in ids] == [300, 300, 300]
    every = sorted(set().union(*ids))
    (project, *_), (organisation, *_) = files.cordis_rows(1)
    projects = [{**project, "id": key, "topics": ""} for key in every]
    owners = [{**organisation, "projectID": key, "ecContribution": "200000.25"} for key in every]
    made = [tmp_path / "project.csv", tmp_path / "organization.csv"]
    made[0].write_text(files.table(files.CORDIS_PROJECT, projects, ";"), "utf-8")
    made[1].write_text(files.table(files.CORDIS_ORGANISATION, owners, ";"), "utf-8")
    report = import_source(db, "cordis-horizon", [*made, *smaller], NOW)
    assert (report.projects, report.skipped) == (len(every), {})
    assert one(db, "SELECT count(*) FROM projects WHERE topic != ''") == (300,)
    assert one(db, "SELECT topic, year FROM projects WHERE key = '101163161'") == ("ERC-2024-SyG", 2024)
    assert one(db, "SELECT count(*) FROM projects WHERE summary LIKE '%. Lakes and rivers.'") == (len(set(ids[2])),)
    parts = [row for row in rows_of(smaller[1]) if row["uniqueProgrammePart"]]
    assert len(parts) == 233
    euratom = sum(row["legalBasis"].startswith("EURATOM") for row in parts)
    assert euratom > 0
    assert one(db, "SELECT count(*) FROM projects WHERE programme = 'Euratom'") == (euratom,)


def test_the_shape_of_vinnova(db, samples):
    assert import_source(db, "vinnova", [samples / "vinnova" / "projekt_shape.json"], NOW).projects == 1
    assert one(db, "SELECT key, title, granted FROM projects") == (
        "2016-02752",
        "Innovationstorg, Mötesplats välfärdsteknologi och e-hälsa",
        None,
    )
