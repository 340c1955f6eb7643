"""What the machine may do to an installation: clear words, an exit code, and nothing lost."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from monitor.archive import open_archive
from monitor.archive.backup import check_archive
from tests.commands import Installation, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

NOW = "2026-05-20T12:00"


RULES = '[rules]\ndir = "rules"\n'


@pytest.fixture
def publisher():
    rows = [row(number) for number in range(1, 4)]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        publisher.rows = rows
        yield publisher


@pytest.fixture(scope="module")
def read_once(tmp_path_factory):
    """Three calls, read by a process of their own once for all."""
    place = Installation(tmp_path_factory.mktemp("read"))
    write_rules(place.folder / "rules")
    rows = [row(number) for number in range(1, 4)]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        place.configure(loopback_settings(f"{publisher.url}/search", more=f"expected = 1\n{RULES}"))
        assert place.fork("crawl", "funding-tenders", now=NOW).code == 0
    return place


@pytest.fixture
def crawled(read_once, tmp_path):
    shutil.copytree(read_once.folder, tmp_path, dirs_exist_ok=True)
    return Installation(tmp_path)


def calls(installation):
    with open_archive(installation.archive) as archive:
        return archive.db.execute("SELECT count(*) FROM calls").fetchone()[0]


def test_backup_and_restore_by_hand(crawled):
    assert crawled.ask("backup", str(crawled.folder / "kopia.tar.gz")).code == 0
    with open_archive(crawled.archive) as archive:
        archive.db.execute("DELETE FROM calls WHERE call_id = '1TOPICSen'")
        archive.db.commit()
    outcome = crawled.ask("restore", str(crawled.folder / "kopia.tar.gz"))
    assert outcome.code == 0, outcome.err
    assert "ligger kvar i" in outcome.out
    assert calls(crawled) == 3


def test_a_broken_archive_is_said_and_last_nights_backup_brings_it_back(crawled):
    assert crawled.ask("backup").code == 0
    counts = check_archive(crawled.archive)
    for end in ("-wal", "-shm"):
        crawled.archive.with_name(crawled.archive.name + end).unlink(missing_ok=True)
    crawled.archive.write_bytes(b"this is no database" * 1000)
    for command in (["status"], ["crawl", "funding-tenders"], ["send"], ["backup"], ["run", "--once"]):
        outcome = crawled.ask(*command, now=NOW)
        assert outcome.code == 1, command
        assert "archive.db: går inte att använda: filen är inget arkiv; stoppa run och serve och återställ" in outcome.err
        assert "Traceback" not in outcome.err
    (file,) = (crawled.folder / "data" / "backups").glob("*.tar.gz")
    assert crawled.ask("restore", str(file)).code == 0
    assert check_archive(crawled.archive) == counts


def test_a_locked_database_is_said_and_nothing_is_lost(crawled):
    """Another program holds the file; the wait is shortened by way of a copy of the command with a short time limit."""
    code = (
        "import sqlite3, sys, monitor.archive.connection as a; import monitor.cli\n"
        "real = sqlite3.connect\n"
        "class Short(a.Database):\n"
        "    def execute(self, sql, *more):\n"
        "        return super().execute(sql.replace('busy_timeout = 30000', 'busy_timeout = 50'), *more)\n"
        "a.sqlite3.connect = lambda *args, **more: real(*args, **{**more, 'timeout': 0.05, 'factory': Short})\n"
        "monitor.cli.main(sys.argv[1:])\n"
    )
    holder = sqlite3.connect(crawled.archive, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        command = crawled.command("match", now=NOW)
        outcome = crawled.execute([command[0], "-c", code, *command[3:]])
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert outcome.code == 1
    assert "ett annat program håller filen låst" in outcome.err
    assert "Traceback" not in outcome.err
    assert calls(crawled) == 3


@pytest.mark.skipif(os.name != "posix", reason="needs chmod")
def test_a_data_folder_that_cannot_be_written(crawled):
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if user and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and setpriv is not here")
    if user and subprocess.run([*user, *crawled.command("--help")[:3], "--help"], capture_output=True, check=False).returncode:
        pytest.skip("another user cannot run the program from here")
    # Not below pytest's own folder, which it keeps shut to other users.
    with tempfile.TemporaryDirectory() as home:
        place = Installation(Path(home) / "eu")
        shutil.copytree(crawled.folder, place.folder)
        for folder in (Path(home), place.folder):
            folder.chmod(0o755)
        data = place.folder / "data"
        entries = [data, *data.rglob("*")]
        for path in entries:
            path.chmod(0o444 if path.is_file() else 0o555)
        try:
            for arguments in (["crawl", "funding-tenders"], ["backup"], ["run", "--once"]):
                outcome = place.execute([*user, *place.command(*arguments, now=NOW)])
                assert outcome.code == 1, (arguments, outcome.err)
                assert "går inte att" in outcome.err
                assert "Traceback" not in outcome.err
        finally:
            for path in entries:
                path.chmod(0o644 if path.is_file() else 0o755)
        assert calls(place) == 3


@pytest.fixture
def small_disk(tmp_path):
    """Yield a disk of eight megabytes; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can make a small disk")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this machine lets nobody make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_what_was_there_stays(small_disk, publisher):
    place = Installation(small_disk)
    write_rules(small_disk / "rules")
    place.configure(loopback_settings(f"{publisher.url}/search", more=f"expected = 1\n{RULES}"))
    assert place.fork("crawl", "funding-tenders", now=NOW).code == 0
    assert place.ask("backup").code == 0
    kept = sorted((small_disk / "data" / "backups").iterdir())
    publisher.rows += [row(number, text=f"<p>{os.urandom(3000).hex()}</p>") for number in range(10, 90)]
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    os.truncate(filler, filler.stat().st_size - 100_000)
    for arguments in (["crawl", "funding-tenders"], ["backup"]):
        outcome = place.fork(*arguments, now="2026-05-21T12:00")
        assert outcome.code == 1, (arguments, outcome.err)
        assert "Traceback" not in outcome.err, arguments
        assert "disken är full" in outcome.err, arguments
    assert sorted((small_disk / "data" / "backups").iterdir()) == kept
    filler.unlink()
    assert calls(place) == 3
    place.fork("crawl", "funding-tenders", now="2026-05-21T12:00")
    assert calls(place) == 83


def test_run_once_does_the_whole_chain_and_then_nothing_more(crawled, publisher):
    from monitor.config import load_sources

    off = "".join(
        f"[sources.{source.id}]\nenabled = false\n" for source in load_sources([], {}, "x") if source.id != "funding-tenders"
    )
    crawled.configure(loopback_settings(f"{publisher.url}/search", more=f"expected = 1\n{RULES}{off}"))
    outcome = crawled.run("run", "--once", now="2026-05-21T12:00")
    assert outcome.code == 0, outcome.err
    # The journal gets one line an event of the scheduler's own, and none of what its jobs log into the file.
    logged = [line for line in outcome.err.splitlines() if " level=" in line]
    assert {line.split(" logger=")[1].split()[0] for line in logged} == {"monitor.schedule"}
    assert any("job_finished job=crawl state=done" in line for line in logged)
    assert "mail_sent" not in outcome.err
    jobs = crawled.ask("status", "--json", now="2026-05-21T12:30").json["jobs"]
    assert {name: job["state"] for name, job in jobs.items()} == {
        "crawl": "done",
        "match": "done",
        "documents": "done",
        "corrections": "done",
        "backup": "done",
        "tidy": "done",
    }, jobs
    asked = len(publisher.asked)
    assert crawled.run("run", "--once", now="2026-05-21T12:30").code == 0
    assert len(publisher.asked) == asked
