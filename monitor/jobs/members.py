"""Installations: open the archive of one, and load the members that share its reading of the sources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from monitor.archive import Archive, connect_for_reading, open_archive
from monitor.config import Config, load_config
from monitor.errors import ConfigError

MEMBERS = "members"
"""Folder of the members' folders, beside the settings of the installation that reads the sources."""


def open_installation(config: Config) -> AbstractContextManager[Archive]:
    """Open the archive of an installation for jobs.

    Raises:
        ArchiveError: It cannot be used.
    """
    return open_archive(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))


@contextmanager
def read_installation(config: Config) -> Iterator[Archive]:
    """Open the archive of an installation for full-text search; a member's is the shared one, with its own rows laid over it.

    Raises:
        ArchiveError: The archive cannot be used.
    """
    with open_installation(config) as archive:
        if not archive.shared:
            yield archive
            return
    with closing(connect_for_reading(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))) as db:
        yield Archive(path=config.archive, db=db, shared=True)


def refuse_member(config: Config, task: str) -> None:
    """Raise ConfigError for a member: `task`, in Swedish, is that of the installation that reads the sources."""
    if config.shared_archive is not None:
        raise ConfigError(
            str(config.path or "settings"),
            f"{task} görs av den installation som läser källorna, i {config.shared_archive.parent}",
        )


def member_files(config: Config) -> list[Path]:
    """Return the settings file of every member: `members/<id>/monitor.toml` beside the settings of the one that reads."""
    if config.path is None or config.shared_archive is not None:
        return []
    return sorted((config.path.parent / MEMBERS).glob("*/monitor.toml"))


def load_members(config: Config) -> list[Config]:
    """Return the settings of every member.

    Raises:
        ConfigError: The settings of a member are wrong, or it is a member of another archive.
    """
    return [load_member(config, file) for file in member_files(config)]


def load_member(config: Config, file: Path) -> Config:
    """Return the settings of one member of an installation.

    Raises:
        ConfigError: The settings are wrong, or it is a member of another archive.
    """
    member = load_config(file)
    if member.shared_archive is None or member.shared_archive.resolve() != config.archive.resolve():
        raise ConfigError(str(file), f"shared_archive: väntade sökvägen till {config.archive}")
    if member.data_dir.resolve() == config.data_dir.resolve():
        raise ConfigError(str(file), "data_dir: väntade en egen mapp")
    return member
