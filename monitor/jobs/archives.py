"""The archive of an installation, whether it reads the sources itself or shares what another one read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from monitor.archive import Archive, connect_for_reading, open_archive
from monitor.config import Config
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
