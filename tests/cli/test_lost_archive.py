"""An archive that is gone, or empty, beside an installation that has been in use stops whatever would write or send."""

import sqlite3
from contextlib import closing

import pytest

from monitor.archive import open_archive
from monitor.archive.files import load_secret
from monitor.jobs.backup import make_backup
from tests.commands import Installation
from tests.mailing import MONDAY, World, a_call
from tests.small_rules import write_rules

SETTINGS = (
    '[rules]\ndir = "rules"\n[[recipient]]\ndepartment = "kommunledning"\nemail = "k@example.se"\n'
    '[[source]]\nid = "portal"\nkind = "feed"\nname = "EU-portalen"\nurl = "https://example.org/"\n'
)
NOW = MONDAY.isoformat()


def remove(archive):
    for end in ("", "-wal", "-shm"):
        archive.with_name(archive.name + end).unlink(missing_ok=True)


def empty(archive):
    remove(archive)
    archive.write_bytes(b"")


def without_tables(archive):
    remove(archive)
    with closing(sqlite3.connect(archive)) as db:
        db.execute("PRAGMA user_version = 1")
        db.execute("VACUUM")


LOSSES = {"borta": remove, "tomt (0 byte)": empty, "är tomt": without_tables}


@pytest.fixture
def used(tmp_path):
    """Return an installation whose archive has a call, whose outbox has a mail, and that has a back-up."""
    place = Installation(tmp_path)
    write_rules(tmp_path / "rules")
    place.configure(SETTINGS)
    world = World(tmp_path / "data")
    world.crawl(a_call("1", "2026-12-01"), at=MONDAY)
    load_secret(tmp_path / "data")
    make_backup(world.config, MONDAY)
    (tmp_path / "data" / "outbox").mkdir()
    (tmp_path / "data" / "outbox" / "1.eml").write_bytes(b"To: k@example.se\n\nHej")
    return place


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["match"],
        ["digest"],
        ["send"],
        ["backup"],
        ["run", "--once"],
        ["note"],
        ["tidy"],
        ["search", "stöd"],
        ["crawl", "portal"],
    ],
    ids=" ".join,
)
def test_every_command_stops_and_says_what_to_do(used, command, loss):
    LOSSES[loss](used.archive)
    outcome = used.fork(*command, now=NOW) if command[0] == "crawl" else used.ask(*command, now=NOW)
    assert outcome.code in (1, 2)
    assert loss in outcome.err
    assert "monitor restore" in outcome.err
    assert "monitor-2026-06-01T0700.tar.gz" in outcome.err
    assert "monitor init --new-archive" in outcome.err
    assert "Traceback" not in outcome.err
    assert not used.archive.exists() or used.archive.stat().st_size <= 4096 * 2, "no new archive was made"


@pytest.mark.parametrize("loss", LOSSES)
def test_the_doctor_says_it_too(used, loss):
    LOSSES[loss](used.archive)
    outcome = used.ask("doctor", "--offline", now=NOW)
    assert outcome.code == 1
    assert "FEL  Arkiv:" in outcome.out
    assert "monitor restore" in outcome.out


@pytest.mark.parametrize("loss", LOSSES)
def test_restoring_the_backup_brings_it_back(used, loss):
    LOSSES[loss](used.archive)
    (copy,) = (used.folder / "data" / "backups").iterdir()
    outcome = used.ask("restore", str(copy), now=NOW)
    assert outcome.code == 0, outcome.err
    with open_archive(used.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM calls").fetchone() == (1,)


@pytest.mark.parametrize("loss", ["borta", "tomt (0 byte)"])
def test_beginning_anew_is_a_step_of_its_own(used, loss):
    LOSSES[loss](used.archive)
    outcome = used.ask("init", "--new-archive", now=NOW)
    assert outcome.code == 0, outcome.err
    assert used.ask("match", now=NOW).code == 0


def test_beginning_anew_touches_no_archive_that_is_there(used):
    before = used.archive.read_bytes()
    outcome = used.ask("init", "--new-archive", now=NOW)
    assert outcome.code == 2
    assert "arkivet finns" in outcome.err
    assert used.archive.read_bytes() == before
    assert used.ask("init").code == 2
    assert used.ask("init", str(used.folder / "ny"), "--new-archive").code == 2


def test_a_new_installation_needs_no_such_step(tmp_path):
    place = Installation(tmp_path)
    write_rules(tmp_path / "rules")
    place.configure(SETTINGS)
    assert place.ask("send", "--test", "k@example.se", now=NOW).code == 0, "which makes a secret and a mail"
    assert place.ask("match", now=NOW).code == 0
    assert place.ask("digest", now=NOW).code == 0


def test_an_empty_archives_backup_is_not_called_checked(tmp_path):
    place = Installation(tmp_path)
    write_rules(tmp_path / "rules")
    place.configure(SETTINGS)
    with open_archive(place.archive):
        pass
    outcome = place.ask("backup", now=NOW)
    assert outcome.code == 0
    assert "kontrollerad" not in outcome.out
    assert "arkivet har inga utlysningar" in outcome.out


def test_copies_of_an_emptied_archive_never_push_out_the_last_one_with_calls(used):
    (good,) = (used.folder / "data" / "backups").iterdir()
    with open_archive(used.archive) as archive:
        archive.db.execute("DELETE FROM calls")
    used.configure(SETTINGS + "[keep]\nbackups = 2\n")
    for day in range(2, 8):
        outcome = used.ask("backup", now=f"2026-06-{day:02}T02:15")
        assert outcome.code == 1
        assert str(good) in outcome.out
    kept = sorted(path.name for path in (used.folder / "data" / "backups").iterdir())
    assert kept == [good.name, "monitor-2026-06-06T0215.tar.gz", "monitor-2026-06-07T0215.tar.gz"]
