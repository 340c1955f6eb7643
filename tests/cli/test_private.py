"""Rights and owners of an installation's files, and the answer where there is no installation."""

import os
import stat
import subprocess
import sys

import pytest

from monitor.archive import open_archive
from monitor.jobs import owner
from tests.commands import Installation
from tests.mailing import MONDAY, World, a_call
from tests.small_rules import write_rules

NOW = MONDAY.isoformat()
posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")


def modes(folder):
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode)
        for path in folder.rglob("*")
        # Rules and templates are the shipped ones, with the rights that they were shipped with.
        if not {"rules", "digests"} & set(path.relative_to(folder).parts) and stat.S_IMODE(path.lstat().st_mode) & 0o077
    }


@posix
def test_whatever_commands_make_is_for_its_owner_alone(tmp_path):
    """Under the umask that most systems have."""
    place = Installation(tmp_path / "eu")
    before = os.umask(0o022)
    try:
        assert (
            subprocess.run(
                [sys.executable, "-m", "monitor", "init", str(place.folder)], capture_output=True, check=False
            ).returncode
            == 0
        )
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
        for command in (["send", "--test", "k@example.se"], ["match"], ["backup"], ["digest"]):
            outcome = place.run(*command, now=NOW)
            assert outcome.code in (0, 1), outcome.err
    finally:
        os.umask(before)
    names = {path.name for path in (place.folder / "data").rglob("*")}
    assert {"archive.db", "secret", "outbox", "backups", "monitor.log"} <= names
    assert modes(place.folder) == {}


@posix
def test_an_archive_of_an_earlier_version_is_shut_when_it_is_opened(tmp_path):
    path = tmp_path / "archive.db"
    before = os.umask(0o022)
    try:
        with open_archive(path):
            pass
        path.chmod(0o644)
        with open_archive(path) as archive:
            archive.db.execute("PRAGMA user_version = 1")
            assert set(modes(tmp_path)) <= {"upgrade.lock"}, "which holds nothing"
    finally:
        os.umask(before)


@pytest.fixture
def of_another(tmp_path, monkeypatch):
    """Return an installation of user 4711 that root is working on."""
    place = Installation(tmp_path)
    write_rules(tmp_path / "rules")
    place.configure('[rules]\ndir = "rules"\n')
    monkeypatch.setattr(owner, "current_uid", lambda: 0)
    monkeypatch.setattr(owner, "owner_uid", lambda path: 4711)
    return place


@posix
@pytest.mark.parametrize("command", ["status", "match", "digest", "send", "backup", "run", "crawl"])
def test_root_does_not_work_on_the_data_of_another_user(of_another, command):
    outcome = of_another.ask(command)
    assert outcome.code == 2
    assert "datamappen är användaren 4711s, och root lämnar filer där" in outcome.err
    assert "sudo -u 4711 env MONITOR_CONFIG=" in outcome.err
    assert not (of_another.folder / "data").exists()


@posix
def test_root_may_ask_the_doctor(of_another):
    assert "4711" not in of_another.ask("doctor", "--offline").err


@posix
def test_root_works_on_its_own_data(of_another, monkeypatch):
    monkeypatch.setattr(owner, "owner_uid", lambda path: 0)
    assert of_another.ask("status").code == 0


@pytest.mark.parametrize(
    "command", [["status"], ["search", "stöd"], ["match"], ["digest"], ["send"], ["backup"], ["show", "x"], ["why", "x"]]
)
def test_a_folder_without_an_installation_is_left_as_it_is(tmp_path, command):
    environment = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--config FIL" in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_leaves_such_a_folder_as_it_is_too(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "MONITOR_CONFIG"}
    command = [sys.executable, "-m", "monitor", "doctor", "--offline"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FEL  Inställningar: Ingen fil med inställningar används." in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_world_made_by_tests_counts_as_an_installation(tmp_path):
    World(tmp_path / "data").crawl(a_call("1", "2026-12-01"), at=MONDAY)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--now", NOW, "status", "--json"],
        cwd=tmp_path, env={k: v for k, v in os.environ.items() if k != "MONITOR_CONFIG"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1)
    assert '"open": 1' in done.stdout
