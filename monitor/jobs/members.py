"""Members: municipalities that share one reading of the sources, each with recipients, mails and an archive of its own."""

from __future__ import annotations

from pathlib import Path

from monitor.config import Config, load_config
from monitor.errors import ConfigError

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
