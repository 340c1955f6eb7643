"""A folder without settings and archive is no installation: commands say so, answer nothing and make nothing."""

import os

import pytest

from monitor.cli import main
from monitor.cli.app import NEEDS_INSTALLATION

ARGUMENTS = {
    "show": ["x"],
    "search": ["x"],
    "why": ["x"],
    "replay": ["x"],
    "forget": ["a@example.se"],
    "restore": ["kopia.tar.gz"],
    "run": ["--once"],
    "worker": ["tcp://127.0.0.1:9"],
    "awards": ["status"],
    "plan": ["x"],
    "documents": ["list"],
    "copy": ["held"],
}


@pytest.fixture(autouse=True)
def umask():
    """Restore the umask after a command has run in this process: files of later tests would be closed to other users."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)


@pytest.mark.parametrize("command", sorted(NEEDS_INSTALLATION))
def test_nothing_is_answered_or_made_where_there_is_no_installation(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "kopia.tar.gz").touch()
    with pytest.raises(SystemExit) as ended:
        main([command, *ARGUMENTS.get(command, [])])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "ingen fil med inställningar och inget arkiv här" in said.err
    assert "monitor init MAPP" in said.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kopia.tar.gz"]
