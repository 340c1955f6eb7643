"""Config: every setting of one installation, read strictly from its `monitor.toml`."""

from __future__ import annotations

import os
import threading
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from monitor import paths
from monitor.errors import ConfigError, describe_os_error
from monitor.settings import (
    Copy,
    Digest,
    Digests,
    Documents,
    Handover,
    Keep,
    Mail,
    Mcp,
    Money,
    Municipality,
    Network,
    Oidc,
    OpenData,
    Recipient,
    Rules,
    Schedule,
    Subscription,
    Table,
    TeamsChannel,
    Translate,
    Web,
)
from monitor.sources import Source
from monitor.validation import SETTINGS, describe_error, list_errors

_Model = TypeVar("_Model", bound=BaseModel)
_RELATIVE_PATHS = (
    ("rules", "dir"),
    ("digests", "dir"),
    ("mail", "password_file"),
    ("translate", "folder"),
    ("translate", "password_file"),
    ("oidc", "client_secret_file"),
    ("handover", "secret_file"),
    ("copy", "key_file"),
)
"""Keys of tables whose value is a path relative to the file of settings."""
_FIXED = ("data_dir", "shared_archive", "rules", "digests", "web", "oidc", "mcp", "handover", "copy_to")
"""Keys that a running process keeps as they were at its start: it has files and connections open by them."""


class Config(Table):
    """Settings of one installation. All paths are absolute."""

    path: Path | None = Field(None, exclude=True)
    """File that the settings came from; None for the defaults."""
    data_dir: Path = Path("data")
    municipality: Municipality = Municipality()
    rules: Rules = Rules()
    digests: Digests = Digests()
    network: Network = Network()
    digest: Digest = Digest()
    mail: Mail = Mail()
    money: Money = Money()
    web: Web = Web()
    oidc: Oidc = Oidc()
    mcp: Mcp = Mcp()
    handover: Handover = Handover()
    copy_to: Copy = Field(Copy(), alias="copy")
    open_data: OpenData = OpenData()
    recipient: tuple[Recipient, ...] = Field((), strict=False)
    teams: tuple[TeamsChannel, ...] = Field((), strict=False)
    subscription: Subscription = Subscription()
    schedule: Schedule = Schedule()
    keep: Keep = Keep()
    translate: Translate = Translate()
    documents: Documents = Documents()
    shared_archive: Path | None = Field(
        None, description="archive.db of the installation that reads the sources for this one; empty: it reads them itself"
    )
    sources: tuple[Source, ...] = Field((), strict=False)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which weeks and days are counted."""
        return ZoneInfo(self.schedule.time_zone)

    @property
    def archive(self) -> Path:
        """Return the path of the archive's file."""
        return self.data_dir / "archive.db"

    @property
    def rules_dir(self) -> Path:
        """Return the folder of the rules in force."""
        return Path(self.rules.dir) if self.rules.dir else paths.RULES

    @property
    def digests_dirs(self) -> tuple[Path, ...]:
        """Return the folders that are searched for templates, in order."""
        own = (Path(self.digests.dir),) if self.digests.dir else ()
        return (*own, paths.DIGESTS)

    @property
    def user_agent(self) -> str:
        """Return the User-Agent header of all requests (RFC 9110, section 10.1.5): the program, the municipality, its address."""
        return f"eu-monitor ({self.municipality.name}; +mailto:{self.municipality.contact})".encode("ascii", "replace").decode()

    def source(self, source_id: str) -> Source:
        """Return the source with this id.

        Raises:
            ConfigError: No source has this id.
        """
        for source in self.sources:
            if source.id == source_id:
                return source
        raise ConfigError(str(self.path or "sources"), f"ingen källa har id:t {source_id!r}")


def load_config(path: Path | None) -> Config:
    """Return the settings of the file `path`; for None the defaults, with paths relative to the working directory.

    Raises:
        ConfigError: The file cannot be read or a setting is wrong; names file, key and the expected value.
    """
    if path is None:
        return _build(None, {}, Path.cwd())
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(str(path), f"går inte att läsa: {describe_os_error(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"är inte UTF-8 vid byte {error.start}") from error
    return parse_config(text, path)


def parse_config(text: str, path: Path) -> Config:
    """Return the settings of a text as they would be if the file `path` had it.

    Raises:
        ConfigError: A setting is wrong; names file, key and the expected value.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), f"är inte giltig TOML: {error}") from error
    return _build(path.resolve(), raw, path.resolve().parent)


class CurrentConfig:
    """Settings of a process that runs for long: read again after their file has changed; while it has errors, the last ones stay.

    The places of the archive, the rules and the templates, and the access in the browser, are those of the start until the end.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._stamp = self._file_stamp()
        self.error = ""
        """Error of the present file, while older settings are in force; else ""."""

    def get(self) -> Config:
        """Return the settings in force."""
        stamp = self._file_stamp()
        if stamp == self._stamp:
            return self._config
        with self._lock:
            if stamp != self._stamp and self._config.path is not None:
                self._stamp = stamp
                try:
                    fresh = load_config(self._config.path)
                    self._config = fresh.model_copy(update={key: getattr(self._config, key) for key in _FIXED})
                    self.error = ""
                except ConfigError as error:
                    self.error = str(error)
            return self._config

    def _file_stamp(self) -> tuple[int, int]:
        """Return modification time (ns) and number of the file, which change when it is written; zeros where there is none."""
        try:
            stat = self._config.path.stat() if self._config.path is not None else None
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_ino) if stat is not None else (0, 0)


def find_config(option: str | None) -> Path | None:
    """Return the file of settings to use: the option, else $MONITOR_CONFIG, else ./monitor.toml, else None."""
    if option:
        return Path(option)
    if os.environ.get("MONITOR_CONFIG"):
        return Path(os.environ["MONITOR_CONFIG"])
    return Path("monitor.toml") if Path("monitor.toml").is_file() else None


def load_sources(own: list[dict[str, Any]], overrides: dict[str, Any], where: str) -> tuple[Source, ...]:
    """Return the shipped sources, then the installation's own.

    Args:
        own: `[[source]]` tables of the settings.
        overrides: Keys by the id of a source, from `[sources.<id>]`; they replace those of the source.
        where: Name of the settings in errors.

    Raises:
        ConfigError: A row is wrong, an id is taken twice, or an override has no source.
    """
    shipped_file = paths.SPIDERS / "sources.toml"
    shipped = _parse_shipped(shipped_file.read_text("utf-8"))
    sources: dict[str, Source] = {}
    for origin, rows in ((str(shipped_file), shipped), (where, own)):
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise ConfigError(where, "source: väntade tabeller som börjar med [[source]]")
            label = row.get("id", f"number {number}")
            if row.get("id") in sources:
                raise ConfigError(
                    origin, f"source {label}: id är upptaget; en källa som följer med ändras under [sources.{label}]"
                )
            override = _override(overrides, row, label, where)
            source = _validated(Source, {**row, **override}, where if override else origin, f"source {label}: ")
            sources[source.id] = source
    for source_id in overrides:
        if source_id not in sources:
            raise ConfigError(where, f"sources.{source_id}: ingen källa har det id:t (se: monitor sources)")
    return tuple(sources.values())


@lru_cache(maxsize=1)
def _parse_shipped(text: str) -> list[dict[str, Any]]:
    """Return the rows of the shipped sources; a process that has many members reads the same text for each."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["source"]
    return rows


def _override(overrides: dict[str, Any], row: dict[str, Any], label: str, where: str) -> dict[str, Any]:
    override = overrides.get(row.get("id", ""), {})
    if not isinstance(override, dict):
        raise ConfigError(where, f"sources.{label}: väntade en tabell med nycklar")
    if "id" in override:
        raise ConfigError(where, f"sources.{label}.id: ett id ändras aldrig")
    return override


def _build(path: Path | None, raw: dict[str, Any], base: Path) -> Config:
    where = str(path or "settings")
    raw = dict(raw)
    own, overrides = raw.pop("source", []), raw.pop("sources", {})
    if "path" in raw:
        raise ConfigError(where, "path: okänd nyckel")
    if not isinstance(own, list):
        raise ConfigError(where, "source: väntade tabeller som börjar med [[source]]")
    if not isinstance(overrides, dict):
        raise ConfigError(where, "sources: väntade tabeller som börjar med [sources.<id>]")
    data_dir = base / _path_setting(raw, "data_dir", "data", where)
    shared = base / _path_setting(raw, "shared_archive", "", where) if "shared_archive" in raw else None
    for table, key in _RELATIVE_PATHS:
        value = raw.get(table, {}).get(key) if isinstance(raw.get(table, {}), dict) else None
        if isinstance(value, str) and value:
            raw[table] = {**raw[table], key: str(base / value)}
    if isinstance(raw.get("teams"), list):
        raw["teams"] = [_with_path(row, "address_file", base) for row in raw["teams"]]
    sources = load_sources(own, overrides, where)
    config = _validated(Config, raw, where, "")
    if len({r.email.casefold() + r.department for r in config.recipient}) != len(config.recipient):
        raise ConfigError(where, "recipient: the same address stands twice for one department")
    if len({channel.department for channel in config.teams}) != len(config.teams):
        raise ConfigError(where, "teams: samma förvaltning står två gånger")
    return config.model_copy(update={"path": path, "data_dir": data_dir, "shared_archive": shared, "sources": sources})


def _with_path(row: object, key: str, base: Path) -> object:
    """Return a row of a list of tables with the path under a key made absolute; rows of another form as they are."""
    value = row.get(key) if isinstance(row, dict) else None
    return {**row, key: str(base / value)} if isinstance(row, dict) and isinstance(value, str) and value else row


def _path_setting(raw: dict[str, Any], key: str, default: str, where: str) -> str:
    """Take a path out of the raw settings: the model has absolute paths only."""
    value = raw.pop(key, default)
    if not isinstance(value, str) or not value:
        raise ConfigError(where, f"{key}: väntade en sökväg, fann {value!r}")
    return value


def _validated(model: type[_Model], data: dict[str, Any], where: str, prefix: str) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(describe_error(model, item, SETTINGS) for item in list_errors(error))
        raise ConfigError(where, prefix + problems) from error
