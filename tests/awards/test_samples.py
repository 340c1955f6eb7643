"""The samples beside the project, against the numbers that were counted from them by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.awards.organisations import find_municipality
from monitor.awards.store import import_source, open_awards

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


def test_the_shape_of_vinnova(db, samples):
    assert import_source(db, "vinnova", [samples / "vinnova" / "projekt_shape.json"], NOW).projects == 1
    assert one(db, "SELECT key, title, granted FROM projects") == (
        "2016-02752",
        "Innovationstorg, Mötesplats välfärdsteknologi och e-hälsa",
        None,
    )
