"""Members: one reading and one archive of calls, recipients and mails apart."""

import pytest

from monitor.archive import open_archive
from monitor.config import load_config
from monitor.errors import ArchiveError, ConfigError
from monitor.jobs.archives import open_installation
from monitor.jobs.members import load_members
from tests.commands import Installation, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

NOW = "2026-05-19T12:00"
MEMBER = """\
shared_archive = "../../data/archive.db"
[municipality]
name = "{name}"
contact = "eu@{name}.example.se"
[[recipient]]
department = "{department}"
email = "{name}@example.se"
"""


def add_member(place, name, department="energi", more=""):
    folder = place.folder / "members" / name
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(MEMBER.format(name=name, department=department) + more, "utf-8")
    return Installation(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two members on one archive that has been read and matched once."""
    place = Installation(tmp_path_factory.mktemp("region"))
    rows = [row(1), row(2, text="<p>Youth exchanges between twin towns, for municipalities.</p>")]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        place.configure(loopback_settings(f"{publisher.url}/search", more="expected = 1\n"))
        assert place.run("crawl", "funding-tenders", now=NOW).code == 0
    assert place.run("match", now=NOW).code == 0
    departments = list(_matched(place)) or ["kommunledning"]
    place.members = [add_member(place, name, departments[0]) for name in ("alfa", "beta")]
    return place


def _matched(place):
    with open_archive(place.archive) as archive:
        return [row[0] for row in archive.db.execute("SELECT DISTINCT department FROM matches ORDER BY 1")]


def test_each_member_gets_its_mails_from_the_one_archive(place):
    for member in place.members:
        outcome = member.run("digest", "--json", now=NOW)
        assert outcome.code == 0, outcome.err
        assert member.run("send", "--json", now=NOW).json == {"sent": 1, "failed": 0, "waiting": 0}
    with open_archive(place.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM digests").fetchone() == (0,), "the shared archive stays as it was"
    for member in place.members:
        (mail,) = (member.folder / "data" / "outbox").glob("*.eml")
        assert f"{member.folder.name}@example.se" in mail.read_text("utf-8")


def test_a_member_sees_the_shared_calls_and_cannot_change_them(place):
    config = load_config(place.members[0].folder / "monitor.toml")
    with open_installation(config) as archive:
        assert archive.db.execute("SELECT count(*) FROM calls").fetchone() == (2,)
        with pytest.raises(Exception, match="cannot modify calls because it is a view"):
            archive.db.execute("DELETE FROM calls")
        with pytest.raises(ArchiveError, match="readonly"), open_installation(config) as other:
            other.db.execute("DELETE FROM shared.calls")


def test_a_backup_of_a_member_holds_what_is_its_own(place):
    outcome = place.members[1].run("backup", "--json", now=NOW)
    assert outcome.code == 0, outcome.err
    assert outcome.json["counts"]["calls"] == 0


@pytest.mark.parametrize("arguments", [["tidy"], ["note"], ["status"]])
def test_what_is_done_for_every_installation_is_done_for_a_member(place, arguments):
    outcome = place.members[1].run(*arguments, "--json", now=NOW)
    assert outcome.code == 0, outcome.out + outcome.err


def test_a_member_is_examined_and_forgets_like_any_other(place):
    doctor = place.members[0].run("doctor", "--offline", "--json")
    assert doctor.code == 0, doctor.out
    forgotten = place.members[0].run("forget", "alfa@example.se", "--json")
    assert "står kvar som mottagare" in forgotten.json["left"][0]


def test_run_serves_all_members(place):
    members = load_members(load_config(place.folder / "monitor.toml"))
    assert [member.municipality.name for member in members] == ["alfa", "beta"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('shared_archive = "data/archive.db"', "shared_archive: expected the path of"),
        ('shared_archive = "../../data/archive.db"\ndata_dir = "../../data"', "data_dir: expected a folder of its own"),
        ("", "shared_archive: expected the path of"),
    ],
)
def test_a_member_that_is_wrong_is_named(installation, settings, words):
    installation.configure("")
    folder = installation.folder / "members" / "x"
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(settings, "utf-8")
    with pytest.raises(ConfigError, match=r"members/x/monitor\.toml") as error:
        load_members(load_config(installation.folder / "monitor.toml"))
    assert words in str(error.value)


def test_a_member_before_the_first_reading(installation):
    installation.configure("")
    member = add_member(installation, "gamma", "kommunledning")
    outcome = member.run("digest", now=NOW)
    assert outcome.code == 1
    assert "ska köra först" in outcome.err
