"""Restoring in one step: a kill leaves the old archive or the new one; what is open, damaged or in the way is said."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import backup as module
from monitor.archive import connect_for_reading, open_archive
from monitor.archive.backup import check_archive
from monitor.config import Config
from monitor.errors import ArchiveError, LockedError
from monitor.jobs.backup import make_backup, restore_backup

NOW = datetime(2026, 5, 20, 2, 15, tzinfo=ZoneInfo("Europe/Stockholm"))


def add_sources(config, number, start=0):
    names = ("name", "publisher", "kind", "url", "language", "state", "reason")
    with open_archive(config.archive) as archive:
        for each in range(start, start + number):
            archive.db.table("sources").insert({"id": f"k{each}", **dict.fromkeys(names, "")})


@pytest.fixture
def config(tmp_path):
    config = Config(data_dir=tmp_path / "data")
    add_sources(config, 3)
    return config


def rows(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM sources").fetchone()[0]


def test_a_second_restore_in_the_same_second_keeps_what_it_replaces(config):
    report = make_backup(config, NOW)
    first = restore_backup(config, report.file, NOW)
    add_sources(config, 2, start=10)
    second = restore_backup(config, report.file, NOW)
    assert first.kept != second.kept
    assert rows(second.kept / "archive.db") == 5
    assert rows(config.archive) == 3


@pytest.mark.parametrize("size", [0, 1, 40, 200, 1000])
def test_a_damaged_copy_is_called_damaged_not_missing(config, size):
    file = make_backup(config, NOW).file
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(ArchiveError) as caught:
        restore_backup(config, file, NOW)
    assert "ingen hel säkerhetskopia" in str(caught.value)
    assert "skadad" in str(caught.value)
    assert "finns inte" not in str(caught.value)
    assert rows(config.archive) == 3


def test_a_copy_that_is_not_there_is_called_missing(config, tmp_path):
    with pytest.raises(ArchiveError, match="finns inte"):
        restore_backup(config, tmp_path / "ingen.tar.gz", NOW)


def test_an_archive_that_pages_have_open_is_not_replaced_behind_their_back(config, monkeypatch):
    monkeypatch.setattr(module, "_EXCLUSIVE_WAIT_SECONDS", 0.05)
    file = make_backup(config, NOW).file
    add_sources(config, 2, start=10)
    with closing(connect_for_reading(config.archive)) as page:
        page.execute("SELECT count(*) FROM sources").fetchone()
        with pytest.raises(LockedError, match="monitor serve"):
            restore_backup(config, file, NOW)
        assert page.execute("SELECT count(*) FROM sources").fetchone() == (5,)
        assert not list(config.data_dir.glob("replaced-*"))
    restore_backup(config, file, NOW)
    assert rows(config.archive) == 3


def test_what_is_in_the_log_of_the_old_archive_is_kept_and_never_meets_the_new_one(config, monkeypatch):
    file = make_backup(config, NOW).file
    # A process that was killed leaves its log beside the file.
    killed = f"""
import os, sqlite3
db = sqlite3.connect({str(config.archive)!r}, isolation_level=None)
db.execute("INSERT INTO sources VALUES ('log', '', '', '', '', '', '', '', NULL, NULL, '', '', NULL, NULL)")
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -signal.SIGKILL
    assert config.archive.with_name("archive.db-wal").stat().st_size > 0
    report = restore_backup(config, file, NOW)
    assert rows(config.archive) == 3
    assert rows(report.kept / "archive.db") == 4
    assert check_archive(config.archive)["sources"] == 3


KILLS = """
import json, os, shutil, signal, sqlite3, sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from monitor.config import Config
from monitor.jobs.backup import restore_backup

data, file, spare = (Path(one) for one in sys.argv[1:])
now = datetime(2026, 5, 20, 3, tzinfo=ZoneInfo("Europe/Stockholm"))

def restore(fatal):
    steps = 0

    def watch(event, arguments):
        # Only what touches the folder of the archive itself: unpacking beside it changes nothing.
        nonlocal steps
        named = [str(one) for one in arguments if isinstance(one, (str, Path))]
        if event.startswith(("os.", "shutil.", "open", "sqlite3.")):
            if any(name.startswith(str(data)) and "/backup-" not in name for name in named):
                steps += 1
                if steps == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    restore_backup(Config(data_dir=data), file, now)

def count():
    archive = sqlite3.connect(f"file:{data}/archive.db?mode=rw", uri=True)
    try:
        return archive.execute("SELECT count(*) FROM sources").fetchone()[0]
    finally:
        archive.close()

outcomes, code = [], None
while code != 0:
    shutil.copy(spare, data / "archive.db")
    child = os.fork()
    if not child:
        restore(len(outcomes) + 1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    outcomes.append((code, count()))
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
def test_a_kill_at_any_step_leaves_the_old_archive_or_the_new_one(config, tmp_path):
    file = make_backup(config, NOW).file.rename(tmp_path / "kopia.tar.gz")
    add_sources(config, 2, start=10)
    spare = shutil.copy(config.archive, tmp_path / "spare.db")
    arguments = [sys.executable, "-c", KILLS, str(config.data_dir), str(file), spare]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert outcomes.pop() == [0, 3]
    assert {code for code, _ in outcomes} == {-signal.SIGKILL}
    counts = [count for _, count in outcomes]
    assert set(counts) == {3, 5}, "killed before the replacement and after it"
    assert counts == sorted(counts, reverse=True)


def test_what_a_killed_backup_left_is_removed_by_the_next(config):
    left = config.data_dir / "backup-abc"
    left.mkdir()
    (left / "archive.db").write_bytes(b"x")
    partial = config.data_dir / "backups" / "monitor-2026-05-19T0215.tar.gz.partial"
    partial.parent.mkdir()
    partial.write_bytes(b"x")
    file = make_backup(config, NOW).file
    assert not left.exists()
    assert [path.name for path in partial.parent.iterdir()] == [file.name]
    assert Path(file).stat().st_size
