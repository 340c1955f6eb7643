"""A file is written whole or not at all."""

import stat
import sys
from contextlib import suppress

import pytest

from monitor.files import replacing, write_atomically


def test_a_file_is_replaced_whole(tmp_path):
    file = tmp_path / "tema.toml"
    for content in ("före", "efter", b"\x00bytes"):
        write_atomically(file, content)
        assert file.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(tmp_path.iterdir()) == [file]


def test_the_old_file_stays_when_writing_fails(tmp_path):
    file = tmp_path / "tema.toml"
    write_atomically(file, "före")
    with suppress(RuntimeError), replacing(file) as partial:
        partial.write_text("halv", "utf-8")
        raise RuntimeError
    assert file.read_text("utf-8") == "före"
    assert list(tmp_path.iterdir()) == [file]


def test_the_rest_of_a_killed_write_is_no_hindrance(tmp_path):
    file = tmp_path / "tema.toml"
    (tmp_path / "tema.toml.partial").write_text("halv", "utf-8")
    write_atomically(file, "hel")
    assert file.read_text("utf-8") == "hel"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="no rights of this kind")
def test_a_private_file_is_private_whatever_the_old_one_was(tmp_path):
    file = tmp_path / "password"
    file.write_text("gammalt", "utf-8")
    file.chmod(0o644)
    write_atomically(file, "nytt", private=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_nothing_is_written_through_a_link_that_stands_in_the_way(tmp_path):
    other = tmp_path / "other"
    other.write_text("orörd", "utf-8")
    (tmp_path / "password.partial").symlink_to(other)
    write_atomically(tmp_path / "password", "nytt", private=True)
    assert other.read_text("utf-8") == "orörd"
