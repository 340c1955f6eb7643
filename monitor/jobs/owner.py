"""Ownership of an installation: root must not leave files in another user's data that the service cannot write."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.config import Config
from monitor.errors import ConfigError


def refuse_foreign_root(config: Config) -> None:
    """Raise ConfigError when root is about to work on the data of another user, before anything is written."""
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
    """Return the user id of the data folder's owner, else of the settings' owner; None when neither exists."""
    for path in (config.data_dir, config.path):
        uid = owner_uid(path) if path is not None else None
        if uid is not None:
            return uid
    return None


def owner_uid(path: Path) -> int | None:
    """Return the user id of a file's owner; None for a file that is missing or cannot be read."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def user_name(uid: int | None) -> str:
    """Return the name of a user, or the number of a user without a name."""
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name if uid is not None else "?"
    except (ImportError, KeyError):
        return str(uid)


def current_uid() -> int:
    """Return the user id that the program runs as; 0 is root."""
    return os.geteuid() if hasattr(os, "geteuid") else -1
