"""Back-ups: whole, also while others write; checked; rotated; and nothing is lost by restoring."""

import io
import sqlite3
import tarfile
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import lock, open_archive
from monitor.archive.backup import check_archive
from monitor.config import load_config
from monitor.errors import ArchiveError, LockedError
from monitor.jobs.backup import list_backups, make_backup, restore_backup

NOW = datetime(2026, 5, 20, 2, 15, tzinfo=ZoneInfo("Europe/Stockholm"))
SETTINGS = """\
[rules]
dir = "rules"
[mail]
username = "eu"
password_file = "rules/password.txt"
[keep]
backups = 3
"""


@pytest.fixture
def config(tmp_path):
    (tmp_path / "rules" / "themes").mkdir(parents=True)
    (tmp_path / "rules" / "themes" / "x.toml").write_text("# min regel", "utf-8")
    (tmp_path / "rules" / "password.txt").write_text("hemligt", "utf-8")
    (tmp_path / "monitor.toml").write_text(SETTINGS, "utf-8")
    config = load_config(tmp_path / "monitor.toml")
    add_sources(config, 3)
    (config.data_dir / "secret").write_text("nyckel", "utf-8")
    return config


def add_sources(config, number, start=0):
    with open_archive(config.archive) as archive:
        for each in range(start, start + number):
            archive.db.table("sources").insert(source_row(each))


def source_row(number):
    names = ("name", "publisher", "kind", "url", "language", "state", "reason")
    return {"id": f"k{number}", **dict.fromkeys(names, "")}


def count_sources(config):
    with open_archive(config.archive) as archive:
        return archive.db.execute("SELECT count(*) FROM sources").fetchone()[0]


def test_a_backup_holds_archive_settings_and_rules_but_no_secret(config):
    report = make_backup(config, NOW)
    with tarfile.open(report.file) as tar:
        names = set(tar.getnames())
        everything = b"".join(tar.extractfile(name).read() for name in names)
    assert names == {"manifest.json", "archive.db", "monitor.toml", "rules/themes/x.toml"}
    assert b"hemligt" not in everything
    assert b"nyckel" not in everything
    assert report.counts["sources"] == 3
    assert list(config.data_dir.glob("backup-*")) == []


def test_restoring_last_nights_backup_gives_the_same_counts_and_keeps_what_it_replaces(config):
    report = make_backup(config, NOW)
    add_sources(config, 5, start=10)
    restored = restore_backup(config, report.file, NOW)
    assert restored.counts == report.counts
    assert count_sources(config) == 3
    assert check_archive(config.archive)["sources"] == 3
    kept = sqlite3.connect(restored.kept / "archive.db")
    assert kept.execute("SELECT count(*) FROM sources").fetchone() == (8,)
    kept.close()


def test_a_broken_archive_is_replaced_and_kept(config):
    report = make_backup(config, NOW)
    config.archive.write_bytes(b"rubbish" * 1000)
    restored = restore_backup(config, report.file, NOW)
    assert count_sources(config) == 3
    assert (restored.kept / "archive.db").read_bytes().startswith(b"rubbish")


def test_settings_and_rules_come_back_when_asked_for_and_what_they_replace_is_kept(config):
    report = make_backup(config, NOW)
    (config.rules_dir / "themes" / "x.toml").write_text("# förstörd", "utf-8")
    config.path.write_text("", "utf-8")
    restore_backup(config, report.file, NOW)
    assert config.path.read_text("utf-8") == ""
    restored = restore_backup(config, report.file, NOW + timedelta(minutes=1), settings=True)
    assert config.path.read_text("utf-8") == SETTINGS
    assert (config.rules_dir / "themes" / "x.toml").read_text("utf-8") == "# min regel"
    assert (restored.kept / "rules" / "themes" / "x.toml").read_text("utf-8") == "# förstörd"


def test_the_oldest_backups_make_room(config):
    for day in range(5):
        report = make_backup(config, NOW + timedelta(days=day))
    assert [path.name[8:18] for path in list_backups(config)] == ["2026-05-22", "2026-05-23", "2026-05-24"]
    assert [path.name[8:18] for path in report.removed] == ["2026-05-21"]


def test_a_backup_to_a_file_of_ones_own_removes_none(config, tmp_path):
    for day in range(3):
        make_backup(config, NOW + timedelta(days=day))
    make_backup(config, NOW, tmp_path / "min.tar.gz")
    assert len(list_backups(config)) == 3


def test_a_backup_is_whole_while_another_process_writes(config):
    stop = threading.Event()

    def write():
        with open_archive(config.archive) as archive:
            number = 100
            while not stop.is_set():
                with archive.db.atomic():
                    # Always two at once: an odd number would be half a transaction.
                    archive.db.table("sources").insert(source_row(number))
                    archive.db.table("sources").insert(source_row(number + 1))
                number += 2

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [make_backup(config, NOW + timedelta(minutes=minute)).counts["sources"] for minute in range(4)]
    finally:
        stop.set()
        writer.join()
    assert all(count % 2 == 1 for count in counts)
    assert counts == sorted(counts)


def rewritten(file, change):
    """Return the back-up with each of its files changed by `change`, packed again as if it were one."""
    with tarfile.open(file) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
    with tarfile.open(file, "w:gz") as tar:
        for name, content in change(files).items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def cut(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))


BREAKS = {
    "cut": cut,
    "flipped": flip,
    "empty": lambda file: file.write_bytes(b""),
    "no back-up": lambda file: file.write_bytes(b"PK nothing of the kind"),
    "no manifest": lambda file: rewritten(file, lambda files: {name: files[name] for name in files if "manifest" not in name}),
    "no archive": lambda file: rewritten(file, lambda files: {name: files[name] for name in files if name != "archive.db"}),
    "another archive": lambda file: rewritten(file, lambda files: {**files, "archive.db": files["archive.db"][:-4096]}),
    "a list as manifest": lambda file: rewritten(file, lambda files: {**files, "manifest.json": b"[]"}),
    "outside": lambda file: rewritten(file, lambda files: {**files, "../evil": b"x"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_restore_refuses_what_is_broken_and_changes_nothing(config, name):
    report = make_backup(config, NOW)
    add_sources(config, 1, start=10)
    BREAKS[name](report.file)
    with pytest.raises(
        ArchiveError, match=rf"{report.file.name}: (är ingen hel säkerhetskopia|går inte att läsa)|archive\.db: är"
    ):
        restore_backup(config, report.file, NOW)
    assert count_sources(config) == 4
    assert not list(config.data_dir.glob("replaced-*"))
    assert not (config.data_dir / "evil").exists()


@pytest.mark.parametrize("name", ["run", "archive", "digest", "send"])
def test_restore_waits_for_nobody(config, name):
    report = make_backup(config, NOW)
    with lock(config.data_dir, name), pytest.raises(LockedError):
        restore_backup(config, report.file, NOW)


def test_nothing_to_back_up(config):
    config.archive.unlink()
    (config.data_dir / "secret").unlink()
    with pytest.raises(ArchiveError, match="inget att kopiera"):
        make_backup(config, NOW)


def test_a_damaged_archive_is_not_backed_up_over_good_ones(config):
    good = make_backup(config, NOW).file
    add_sources(config, 400, start=10)
    db = sqlite3.connect(config.archive)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    content = bytearray(config.archive.read_bytes())
    for start in range(8192, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    config.archive.write_bytes(bytes(content))
    with pytest.raises(ArchiveError):
        make_backup(config, NOW + timedelta(days=1))
    assert list_backups(config) == [good]
