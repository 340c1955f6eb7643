"""The archive of an installation, whether it reads the sources itself or shares what another one read."""

from __future__ import annotations

from contextlib import AbstractContextManager

from monitor.archive import Archive, open_archive
from monitor.config import Config


def open_installation(config: Config) -> AbstractContextManager[Archive]:
    """Open the archive that the settings name. Raises ArchiveError when it cannot be used."""
    return open_archive(config.archive, config.shared_archive, own_matches=bool(config.rules.dir))
