"""Members: one reading and one archive of calls, recipients and mails apart."""

import asyncio
import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from monitor.archive import connect_for_reading, open_archive
from monitor.config import load_config
from monitor.errors import ArchiveError, ConfigError
from monitor.jobs.members import load_members, open_installation
from monitor.jobs.rules import load_rules_in_force
from monitor.jobs.serve import make_site
from monitor.matching.rules import load
from monitor.web.framework.app import make_app
from tests.commands import Installation, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

NOW = "2026-05-19T12:00"
MOMENT = datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
TEXT = "<p>Youth exchanges between twin towns, for municipalities.</p>"
MEMBER = """\
shared_archive = "../../data/archive.db"
[municipality]
name = "{name}"
contact = "eu@{name}.example.se"
[[recipient]]
department = "kommunledning"
email = "{name}@example.se"
[web]
login_header = "X-Remote-User"
coordinators = ["anna"]
"""


def add_member(place, name, more=""):
    folder = place.folder / "members" / name
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(MEMBER.format(name=name) + more, "utf-8")
    return Installation(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return three members on one archive that has been read and matched once; the third has rules of its own."""
    place = Installation(tmp_path_factory.mktemp("region"))
    write_rules(place.folder / "rules", name="Regionens kontor")
    rows = [row(1), row(2, text=TEXT, title=["Youth exchange between towns"])]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        place.configure(loopback_settings(f"{publisher.url}/search", more='expected = 1\n[rules]\ndir = "rules"\n'))
        assert place.fork("crawl", "funding-tenders", now=NOW).code == 0
    assert place.ask("match", now=NOW).code == 0
    place.members = [add_member(place, name) for name in ("alfa", "beta")]
    place.members.append(add_member(place, "gamma", '[rules]\ndir = "rules"\n'))
    write_rules(place.members[2].folder / "rules", name="Gammas kontor")
    return place


@pytest.fixture(scope="module")
def mailed(place):
    """Return them once every member has its week's mails; the one with rules of its own has matched with them."""
    assert place.members[2].ask("match", "--json", now=NOW).json["departments"] == {"kommunledning": 1}
    for member in place.members:
        outcome = member.ask("digest", "--json", now=NOW)
        assert outcome.code == 0, outcome.err
        assert member.ask("send", "--json", now=NOW).json == {"sent": 1, "failed": 0, "waiting": 0}
    return place


def test_each_member_gets_its_mails_from_the_one_archive(mailed):
    with open_archive(mailed.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM digests").fetchone() == (0,), "the shared archive stays as it was"
    for member in mailed.members:
        (mail,) = (member.folder / "data" / "outbox").glob("*.eml")
        assert f"{member.folder.name}@example.se" in mail.read_text("utf-8")


def test_a_member_sees_the_shared_calls_and_cannot_change_them(place):
    config = load_config(place.members[0].folder / "monitor.toml")
    with open_installation(config) as archive:
        assert archive.db.execute("SELECT count(*) FROM calls").fetchone() == (2,)
        with pytest.raises(Exception, match="cannot modify calls because it is a view"):
            archive.db.execute("DELETE FROM calls")
        with pytest.raises(ArchiveError, match="får inte skrivas"), open_installation(config) as other:
            other.db.execute("DELETE FROM shared.calls")


def test_what_pages_read_cannot_be_written_in_either_archive(place):
    config = load_config(place.members[0].folder / "monitor.toml")
    with open_installation(config):
        pass
    connection = connect_for_reading(config.archive, config.shared_archive)
    for table in ("calls", "own.feedback"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


def test_a_member_searches_and_asks_in_the_shared_archive(place):
    member = place.members[0]
    found = member.ask("search", "youth exchanges", "--json", now=NOW).json
    assert [hit["call_id"] for hit in found["hits"]] == ["2TOPICSen"]
    assert member.ask("show", "2TOPICSen", "--json").json["title"] == "Youth exchange between towns"
    why = member.ask("why", "2TOPICSen", "--department", "kommunledning", "--json", now=NOW)
    assert why.json["name"] == "Regionens kontor", why.err
    assert member.ask("sources", "--json").json["sources"][0]["state"]
    assert member.ask("rules", "report", "--json").json["calls"] == 2


@pytest.mark.parametrize("command", [("crawl",), ("replay", "funding-tenders"), ("match",)])
def test_what_the_reading_installation_does_is_refused_by_a_member(place, command):
    outcome = place.members[0].ask(*command)
    assert outcome.code == 2
    assert "görs av den installation som läser källorna" in outcome.err


class Pages:
    """Pages of an installation, requested in this process."""

    def __init__(self, installation):
        config = load_config(installation.folder / "monitor.toml")
        self.site = make_site(config, lambda: MOMENT)
        self.app = make_app(self.site)
        self.cookies = httpx.Cookies()

    def ask(self, method, path, *, who="", **more):
        headers = {"X-Remote-User": who} if who else {}

        async def once():
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001", cookies=self.cookies) as client:
                answer = await client.request(method, path, headers=headers, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(once())

    def token(self, path, who):
        return self.ask("GET", path, who=who).text.split('name="csrftoken" value="')[1].split('"')[0]


@pytest.fixture
def pages(mailed):
    opened = []

    def of(number):
        opened.append(Pages(mailed.members[number]))
        return opened[-1]

    yield of
    for one in opened:
        one.site.archive.close()


def test_a_members_pages_hold_the_shared_calls_and_its_own_mails_only(pages, mailed):
    alfa = pages(0)
    assert "Youth exchange between towns" in alfa.ask("GET", "/sok?q=youth+exchanges").text
    assert "alfa" in alfa.ask("GET", "/").text
    office = alfa.ask("GET", "/forvaltning/kommunledning").text
    assert "Regionens kontor" in office, "the names of the rules that the shared archive was matched with"
    assert alfa.ask("GET", "/-/health").status_code in (200, 503)
    desk = alfa.ask("GET", "/samordna/utkorg", who="anna").text
    assert "alfa@example.se" in desk
    assert "beta@example.se" not in desk
    assert "Gammas kontor" in pages(2).ask("GET", "/forvaltning/kommunledning").text


def test_what_a_member_writes_on_its_pages_stays_with_it(pages, mailed):
    alfa, beta = pages(0), pages(1)
    call = alfa.ask("GET", "/utlysning/funding-tenders/2TOPICSen").headers["location"]
    form = {"forvaltning": "kommunledning", "rad": "Ring Alfas samordnare", "csrftoken": alfa.token(call, "anna")}
    assert alfa.ask("POST", f"{call}/rad", who="anna", data=form).status_code == 303
    form |= {"val": "hold"}
    assert alfa.ask("POST", f"{call}/styr", who="anna", data=form).status_code == 303
    assert "Hålls tillbaka från" in alfa.ask("GET", call, who="anna").text
    assert "Hålls tillbaka från" not in beta.ask("GET", call, who="anna").text
    with open_archive(mailed.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM desk_choices").fetchone() == (0,)


def test_a_member_is_not_offered_to_correct_what_is_shared_and_is_told_where_that_is_done(pages):
    alfa = pages(0)
    call = alfa.ask("GET", "/utlysning/funding-tenders/2TOPICSen").headers["location"]
    assert "Rätta uppgifter" not in alfa.ask("GET", call, who="anna").text
    form = {"title": "Annat", "csrftoken": alfa.token(call, "anna")}
    refused = alfa.ask("POST", f"{call}/ratta", who="anna", data=form)
    assert refused.status_code == 403
    assert "rättas i den installation som läser källorna" in refused.text


def test_a_backup_of_a_member_holds_what_is_its_own(mailed):
    outcome = mailed.members[1].ask("backup", "--json", now=NOW)
    assert outcome.code == 0, outcome.err
    counts = outcome.json["counts"]
    assert (counts["calls"], counts["digests"]) == (0, 1)


@pytest.mark.parametrize("arguments", [["tidy"], ["note"], ["status"]])
def test_what_is_done_for_every_installation_is_done_for_a_member(mailed, arguments):
    outcome = mailed.members[1].ask(*arguments, "--json", now=NOW)
    assert outcome.code == 0, outcome.out + outcome.err


def test_the_status_of_a_member_is_its_own(mailed):
    for member in (mailed.members[0], mailed.members[2]):
        found = member.ask("status", "--json", now=NOW).json
        assert found["calls"]["open"] == 2, "of the shared archive"
        assert found["digests"] == {"sent": 1}
        assert found["outbox"] == {"sent": 1}


def test_a_member_is_examined_and_forgets_like_any_other(mailed):
    doctor = mailed.members[0].ask("doctor", "--offline", "--json")
    assert doctor.code == 0, doctor.out
    forgotten = mailed.members[0].ask("forget", "alfa@example.se", "--json")
    assert "står kvar som mottagare" in forgotten.json["left"][0]


def test_the_rules_that_matched_are_checked_once_and_not_by_every_member(place, monkeypatch):
    """Checking the shipped rules takes seven seconds, and hundreds of members use them in a night."""
    checked = []
    check = load.check_files
    monkeypatch.setattr(load, "check_files", lambda found: checked.append(found) or check(found))
    member = load_config(place.members[0].folder / "monitor.toml")

    def loaded():
        load._load.cache_clear()
        with open_installation(member) as archive:
            return load_rules_in_force(archive, member, last_good=True)

    assert loaded().departments["kommunledning"].name == "Regionens kontor"
    assert checked == []
    with open_archive(place.archive) as archive:
        ((version, program),) = archive.db.execute("SELECT hash, program FROM rule_versions").fetchall()
        archive.db.execute("UPDATE rule_versions SET program = 'another'")
    try:
        loaded()
        assert len(checked) == 1, "another version of the program may find what this one did not"
    finally:
        with open_archive(place.archive) as archive:
            archive.db.execute("UPDATE rule_versions SET program = ? WHERE hash = ?", [program, version])
        load._load.cache_clear()


def test_run_serves_all_members(place):
    members = load_members(load_config(place.folder / "monitor.toml"))
    assert [member.municipality.name for member in members] == ["alfa", "beta", "gamma"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ('shared_archive = "data/archive.db"', "shared_archive: väntade sökvägen till"),
        ('shared_archive = "../../data/archive.db"\ndata_dir = "../../data"', "data_dir: väntade en egen mapp"),
        ("", "shared_archive: väntade sökvägen till"),
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
    outcome = add_member(installation, "delta").ask("digest", now=NOW)
    assert outcome.code == 1
    assert "ska köra först" in outcome.err


def test_a_member_of_a_newer_version_than_the_shared_archive_says_so(installation):
    installation.configure("")
    with open_archive(installation.archive) as archive, archive.db.atomic():
        archive.db.execute("DELETE FROM _sqlite_migrations WHERE name = (SELECT max(name) FROM _sqlite_migrations)")
    outcome = add_member(installation, "delta").ask("status", now=NOW)
    assert outcome.code == 1
    assert "är skrivet av en äldre version" in outcome.err
