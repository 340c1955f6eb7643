"""Faults of the program that the rounds found, each by itself."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.archive import open_archive
from monitor.archive.connection import Database
from monitor.archive.setting_changes import list_changes, store_change
from monitor.archive.theme_versions import store_theme_version, theme_versions
from monitor.config import Config, load_config
from monitor.errors import ArchiveError, ConfigError
from monitor.files import partial_path, write_atomically
from monitor.jobs.awards import import_awards
from monitor.jobs.backup import make_backup, restore_backup
from monitor.jobs.crawl import load_programmes
from monitor.jobs.save_settings import save_edits
from monitor.toml_edit import Edit, EditRequest, ValueChange
from tests.chaos.jobs import forget_migration
from tests.small_rules import write_rules

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
CRAWL = ("schedule", "crawl")


@pytest.fixture
def config(tmp_path):
    (tmp_path / "monitor.toml").write_text('[schedule]\ncrawl = "05:30"\n[rules]\ndir = "rules"\n', "utf-8")
    write_rules(tmp_path / "rules")
    config = load_config(tmp_path / "monitor.toml")
    with open_archive(config.archive):
        pass
    return config


def refuse(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_a_file_that_is_in_place_is_no_failure_whatever_is_tidied_after_it(tmp_path, monkeypatch):
    unlink, calls = Path.unlink, []

    def once(path, **options):
        calls.append(path)
        if len(calls) > 1:
            refuse()
        unlink(path, **options)

    monkeypatch.setattr(Path, "unlink", once)
    write_atomically(tmp_path / "tema.toml", "ny")
    assert (tmp_path / "tema.toml").read_text() == "ny"


def test_the_error_of_a_writing_is_told_also_when_its_rest_cannot_be_removed(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(Path, "unlink", lambda path, **_: None if not path.exists() else refuse())
    with pytest.raises(OSError, match="No space left"):
        write_atomically(tmp_path / "tema.toml", "ny")


def test_an_upgrade_that_cannot_write_its_copy_says_so(config, monkeypatch):
    forget_migration(config.archive)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ArchiveError, match="går inte att uppgradera: rättigheter saknas"), open_archive(config.archive):
        pass
    monkeypatch.undo()
    with open_archive(config.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM probation_matches").fetchone() == (0,)


def test_an_archive_on_a_disk_that_refuses_wal_mode_is_used_without(config, monkeypatch):
    with closing(sqlite3.connect(config.archive)) as db:
        db.execute("PRAGMA journal_mode = DELETE")

    def refusing(self, sql, *values):
        return sqlite3.Connection.execute(self, sql.removesuffix(" = WAL"), *values)

    monkeypatch.setattr(Database, "execute", refusing)
    with open_archive(config.archive) as archive:
        assert archive.db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert archive.db.execute("SELECT count(*) FROM calls").fetchone() == (0,)


def test_a_restore_whose_rules_cannot_be_written_leaves_no_half_folder(config, monkeypatch):
    file = make_backup(config, NOW).file
    before = sorted(config.path.parent.iterdir())
    monkeypatch.setattr("monitor.jobs.backup._copy_synced", refuse)
    with pytest.raises(ArchiveError):
        restore_backup(config, file, NOW, settings=True)
    assert sorted(config.path.parent.iterdir()) == before
    monkeypatch.undo()
    (config.path.parent / "rules.restoring").mkdir()  # left by a kill
    (config.rules_dir / "themes" / "utbyten.toml").write_text("# förstörd", "utf-8")
    restore_backup(config, file, NOW, settings=True)
    assert sorted(config.path.parent.iterdir()) == before
    assert "ungdomsutbyte" in (config.rules_dir / "themes" / "utbyten.toml").read_text("utf-8")


def test_rules_that_cannot_be_put_in_place_leave_the_old_ones_there(config, monkeypatch):
    file = make_backup(config, NOW).file
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda path, to: refuse() if path.name == "rules.restoring" else replace(path, to))
    with pytest.raises(ArchiveError, match="rättigheter saknas"):
        restore_backup(config, file, NOW, settings=True)
    assert (config.rules_dir / "themes" / "utbyten.toml").is_file()


def test_a_backup_is_done_although_its_working_folder_cannot_be_removed(config, monkeypatch):
    scandir = os.scandir

    def broken():
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", lambda path=".": broken() if isinstance(path, int) else scandir(path))
    assert make_backup(config, NOW).file.is_file()
    assert list(config.data_dir.glob("backup-*"))
    monkeypatch.undo()
    make_backup(config, NOW)
    assert list(config.data_dir.glob("backup-*")) == []


@pytest.mark.parametrize(("present", "rows"), [("05:30", 1), ("06:00", 2)])
def test_a_change_that_a_kill_kept_out_of_the_file_stands_in_the_history_once(config, present, rows):
    config.path.write_text(f'[schedule]\ncrawl = "{present}"\n', "utf-8")
    partial_path(config.path).write_text("", "utf-8")
    with open_archive(config.archive) as archive:
        store_change(archive.db, "monitor.toml", [ValueChange(CRAWL, "05:30", "06:00")], who="Anna", note="", now=NOW)
        wanted = "06:00" if rows == 1 else "07:00"
        request = EditRequest(file="monitor.toml", edits=(Edit(CRAWL, wanted),), mark="", who="Anna")
        assert save_edits(archive, config, request, NOW).saved
        assert len(list_changes(archive.db)) == rows


def test_a_text_saved_again_after_a_kill_is_one_version_and_a_change_by_hand_is_kept(config):
    with open_archive(config.archive) as archive:
        for before, text, count in (("a", "b", 2), ("a", "b", 2), ("b", "b", 2), ("för hand", "b", 4)):
            store_theme_version(archive.db, "utbyten", before, text, who="Anna", note="", now=NOW)
            assert len(theme_versions(archive.db, "utbyten")) == count
        assert [row["text"] for row in theme_versions(archive.db, "utbyten")] == ["b", "för hand", "b", "a"]


def test_a_folder_of_funded_projects_that_cannot_be_read_is_told_and_harms_no_other(tmp_path, monkeypatch):
    config = Config(data_dir=tmp_path / "data")
    (config.data_dir / "awards" / "esf").mkdir(parents=True)
    iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: refuse() if path.name == "esf" else iterdir(path))
    states = {state.source: state for state in import_awards(config, [], NOW)}
    assert (states["esf"].state, states["kohesio"].state) == ("refused", "missing")
    assert "rättigheter saknas" in states["esf"].reason


@pytest.mark.parametrize(
    ("content", "words"), [(b"[[programme]\n", "är inte TOML"), (b"\xff\xfe", "är inte TOML"), (None, "kan inte läsas")]
)
def test_a_file_of_programmes_that_cannot_be_read_stops_a_crawl_with_its_name(config, monkeypatch, content, words):
    (config.rules_dir / "programmes.toml").write_bytes(content or b"")
    if content is None:
        monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match=words) as raised:
        load_programmes(config)
    assert "programmes.toml" in str(raised.value)
