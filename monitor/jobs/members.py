"""Installations: the archive of an installation, and the members that share one reading of the sources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from monitor.archive import Archive, connect_for_reading, open_archive
from monitor.config import Config, load_config
from monitor.errors import ConfigError


def open_installation(config: Config) -> AbstractContextManager[Archive]:
    """Open the archive that the settings name. Raises ArchiveError when it cannot be used."""
    return open_archive(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))


@contextmanager
def read_installation(config: Config) -> Iterator[Archive]:
    """The archive that the settings name, for full-text search; a member's is the one it shares, with its own rows laid over it.

    Raises ArchiveError when it cannot be used.
    """
    with open_installation(config) as archive:
        if not archive.shared:
            yield archive
            return
    with closing(connect_for_reading(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))) as db:
        yield Archive(path=config.archive, db=db, shared=True)


def refuse_member(config: Config, what: str) -> None:
    """ConfigError for a member: `what` is done by the installation that reads the sources."""
    if config.shared_archive is not None:
        raise ConfigError(
            str(config.path or "settings"),
            f"{what} görs av den installation som läser källorna, i {config.shared_archive.parent}",
        )


FOLDER = "members"


def member_files(config: Config) -> list[Path]:
    """The settings of every member: `members/<id>/monitor.toml` beside the settings of the one that reads."""
    if config.path is None or config.shared_archive is not None:
        return []
    return sorted((config.path.parent / FOLDER).glob("*/monitor.toml"))


def load_members(config: Config) -> list[Config]:
    """The settings of every member. ConfigError for one that is wrong, or that does not share this archive."""
    members = []
    for file in member_files(config):
        member = load_config(file)
        if member.shared_archive is None or member.shared_archive.resolve() != config.archive.resolve():
            raise ConfigError(str(file), f"shared_archive: expected the path of {config.archive}")
        if member.data_dir.resolve() == config.data_dir.resolve():
            raise ConfigError(str(file), "data_dir: expected a folder of its own")
        members.append(member)
    return members
