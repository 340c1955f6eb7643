"""Config: every setting of one installation, read strictly from its `monitor.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from monitor import paths
from monitor.errors import ConfigError
from monitor.settings import Digest, Digests, Keep, Mail, Municipality, Network, Recipient, Rules, Schedule, Table, Web
from monitor.sources import Source

_Model = TypeVar("_Model", bound=BaseModel)


class Config(Table):
    """Every setting of one installation. Paths are absolute; `path` is the file it came from, or None for the defaults."""

    path: Path | None = None
    data_dir: Path = Path("data")
    municipality: Municipality = Municipality()
    rules: Rules = Rules()
    digests: Digests = Digests()
    network: Network = Network()
    digest: Digest = Digest()
    mail: Mail = Mail()
    web: Web = Web()
    recipient: tuple[Recipient, ...] = Field((), strict=False)
    schedule: Schedule = Schedule()
    keep: Keep = Keep()
    shared_archive: Path | None = Field(
        None, description="archive.db of the installation that reads the sources for this one; empty: it reads them itself"
    )
    sources: tuple[Source, ...] = Field((), strict=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which weeks and days are counted."""
        return ZoneInfo(self.schedule.time_zone)

    @property
    def archive(self) -> Path:
        """The archive's file."""
        return self.data_dir / "archive.db"

    @property
    def rules_dir(self) -> Path:
        """The folder of the rules in force."""
        return Path(self.rules.dir) if self.rules.dir else paths.RULES

    @property
    def digests_dirs(self) -> tuple[Path, ...]:
        """Where templates are looked for, first to last."""
        own = (Path(self.digests.dir),) if self.digests.dir else ()
        return (*own, paths.DIGESTS)

    @property
    def user_agent(self) -> str:
        """An honest name with a contact, as good guests have."""
        return f"eu-monitor ({self.municipality.name}; +mailto:{self.municipality.contact})".encode("ascii", "replace").decode()

    def source(self, source_id: str) -> Source:
        """The source with this id; ConfigError when there is none."""
        for source in self.sources:
            if source.id == source_id:
                return source
        raise ConfigError(str(self.path or "sources"), f"no source has the id {source_id!r}")


def load_config(path: Path | None) -> Config:
    """Read settings from `path`, or the defaults for None (paths are then relative to the working directory).

    Raises ConfigError naming file, key and what was expected.
    """
    if path is None:
        return _build(None, {}, Path.cwd())
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), f"is not valid TOML: {error}") from error
    return _build(path.resolve(), raw, path.resolve().parent)


def find_config(option: str | None) -> Path | None:
    """The settings file to use: the option, else $MONITOR_CONFIG, else ./monitor.toml, else none."""
    if option:
        return Path(option)
    if os.environ.get("MONITOR_CONFIG"):
        return Path(os.environ["MONITOR_CONFIG"])
    return Path("monitor.toml") if Path("monitor.toml").is_file() else None


def load_sources(own: list[dict[str, Any]], overrides: dict[str, Any], where: str) -> tuple[Source, ...]:
    """All sources: the shipped rows, then the installation's own, with `[sources.<id>]` keys laid over them."""
    shipped_file = paths.SPIDERS / "sources.toml"
    shipped = tomllib.loads(shipped_file.read_text("utf-8"))["source"]
    sources: dict[str, Source] = {}
    for origin, rows in ((str(shipped_file), shipped), (where, own)):
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise ConfigError(where, "source: expected [[source]] tables")
            label = row.get("id", f"number {number}")
            if row.get("id") in sources:
                raise ConfigError(
                    origin, f"source {label}: the id is already taken; to change a shipped source use [sources.{label}]"
                )
            override = overrides.get(row.get("id", ""), {})
            if not isinstance(override, dict):
                raise ConfigError(where, f"sources.{label}: expected a table of keys")
            if "id" in override:
                raise ConfigError(where, f"sources.{label}.id: an id never changes")
            source = _validated(Source, {**row, **override}, where if override else origin, f"source {label}: ")
            sources[source.id] = source
    for source_id in overrides:
        if source_id not in sources:
            raise ConfigError(where, f"sources.{source_id}: there is no source with this id (see: monitor sources)")
    return tuple(sources.values())


def _build(path: Path | None, raw: dict[str, Any], base: Path) -> Config:
    where = str(path or "settings")
    raw = dict(raw)
    own, overrides = raw.pop("source", []), raw.pop("sources", {})
    if "path" in raw:
        raise ConfigError(where, "path: unknown key")
    if not isinstance(own, list):
        raise ConfigError(where, "source: expected [[source]] tables")
    if not isinstance(overrides, dict):
        raise ConfigError(where, "sources: expected [sources.<id>] tables")
    data_dir = raw.pop("data_dir", "data")
    if not isinstance(data_dir, str) or not data_dir:
        raise ConfigError(where, f"data_dir: expected a path, found {data_dir!r}")
    shared = raw.pop("shared_archive", None)
    if shared is not None and (not isinstance(shared, str) or not shared):
        raise ConfigError(where, f"shared_archive: expected a path, found {shared!r}")
    for table, key in (("rules", "dir"), ("digests", "dir"), ("mail", "password_file")):
        value = raw.get(table, {}).get(key) if isinstance(raw.get(table, {}), dict) else None
        if isinstance(value, str) and value:
            raw[table] = {**raw[table], key: str(base / value)}
    sources = load_sources(own, overrides, where)
    config = _validated(Config, raw, where, "")
    doubled = {r.email.casefold() + r.department for r in config.recipient}
    if len(doubled) != len(config.recipient):
        raise ConfigError(where, "recipient: the same address stands twice for one department")
    places = {"path": path, "data_dir": base / data_dir, "shared_archive": base / shared if shared else None}
    return config.model_copy(update={**places, "sources": sources})


def _validated(model: type[_Model], data: dict[str, Any], where: str, prefix: str) -> _Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(_problem(model, item) for item in error.errors())
        raise ConfigError(where, prefix + problems) from error


_PLAIN = {"extra_forbidden": "unknown key", "missing": "is missing"}
_THEIR_WORDS = re.compile(r"^Value error, |^\w+ should (?:be |have )?")
"""How pydantic begins to say what it expected: `Input should be a valid number`, `String should have at least 1 character`."""


def _problem(model: type[BaseModel], item: Any) -> str:
    key = ".".join(str(part) for part in item["loc"])
    message = _PLAIN.get(item["type"]) or _THEIR_WORDS.sub("expected ", item["msg"], count=1)
    if item["type"] == "string_pattern_mismatch":
        message = f"expected {_described(model, item['loc']) or item['ctx']['pattern']}"
    found = "" if item["type"] == "missing" else f", found {item['input']!r}"
    return f"{key}: {message}{found if item['type'] != 'extra_forbidden' else ''}"


def _described(model: type[BaseModel], loc: tuple[Any, ...]) -> str:
    """The description of the field at `loc`, so that the error says what was expected in words."""
    current: Any = model
    text = ""
    for part in loc:
        if isinstance(part, int):
            continue
        info = getattr(current, "model_fields", {}).get(part)
        if info is None:
            return text
        text = info.description or ""
        current = info.annotation
        for argument in getattr(current, "__args__", ()):
            if isinstance(argument, type) and issubclass(argument, BaseModel):
                current = argument
    return text
