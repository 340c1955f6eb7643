"""Ownership of an installation: work done as root on another user's data would leave files that the service cannot write."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.config import Config
from monitor.errors import ConfigError


def refuse_foreign_root(config: Config) -> None:
    """Raise ConfigError when root is about to work on the data of another user; nothing has been written then."""
    if os.name != "posix" or current_uid() != 0:
        return
    owner = data_owner(config)
    if owner not in (None, 0):
        name = user_name(owner)
        raise ConfigError(
            str(config.data_dir),
            f"datamappen är användaren {name}s, och root lämnar filer där som {name} inte kan skriva."
            f" Kör som {name}: sudo -u {name} env MONITOR_CONFIG={config.path or 'FIL'} monitor …",
        )


def data_owner(config: Config) -> int | None:
    """Return the user id that the data belong to: the owner of the data folder, else of the settings; None when neither is there."""
    for path in (config.data_dir, config.path):
        found = owner_uid(path) if path is not None else None
        if found is not None:
            return found
    return None


def owner_uid(path: Path) -> int | None:
    """Return the user id of a file's owner; None for a file that is not there or cannot be looked at."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def user_name(uid: int | None) -> str:
    """Return the name of a user, or the number of one that the system has no name for."""
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name if uid is not None else "?"
    except (ImportError, KeyError):
        return str(uid)


def current_uid() -> int:
    """Return the user id that the program runs as; 0 is root."""
    return os.geteuid() if hasattr(os, "geteuid") else -1
