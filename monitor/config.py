"""Settings: the installation's `monitor.toml`, read strictly. The only place that knows its keys and defaults."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from monitor import paths
from monitor.errors import ConfigError
from monitor.sources import Source

_Model = TypeVar("_Model", bound=BaseModel)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone such as Europe/Stockholm")
    return name


Email = Annotated[str, Field(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$", description="an address such as namn@example.se")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="a time such as 05:30")]
WeeklyClock = Annotated[
    str,
    Field(pattern=rf"^({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d$", description="a day and a time such as mon 07:00"),
]
WeeklyClockOrNever = Annotated[
    str,
    Field(
        pattern=rf"^(({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d)?$", description="a day and a time such as mon 07:00, or empty"
    ),
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Municipality(_Table):
    """Who runs this, and where it is reached."""

    name: str = Field("Nässjö kommun", description="shown in mails and pages")
    contact: Email = Field("eu@example.se", description="in the user agent and as reply address")
    base_url: str = Field("http://127.0.0.1:8001", pattern=r"^https?://[^/]+", description="where the archive is reached")


class Rules(_Table):
    """Which rules are in force."""

    dir: str = Field("", description="folder of the rules; empty: the shipped ones")


class Digests(_Table):
    """Own templates of the mails."""

    dir: str = Field("", description="folder searched first for templates; empty: only the shipped ones")


class Digest(_Table):
    """What a week's mail holds."""

    quiet: Literal["note", "nothing"] = Field("note", description="what a week without news gives: a short note, or no mail")
    silent: tuple[str, ...] = Field((), strict=False, description="departments that get no mail in such a week")
    welcome: int = Field(10, ge=1, le=30, description="how many open calls the first mail names; the rest is a link")
    per_source: int = Field(20, ge=1, description="above this, the new items of one source in one mail are summed up")
    news_days: int = Field(60, ge=7, le=365, description="news older than this many days is no longer told")
    preview: str = Field(
        "", pattern=r"^([^@\s<>\"]+@[^@\s<>\"]+)?$", description="an address that gets every digest a day ahead; empty: none"
    )


class Network(_Table):
    """How sources are read."""

    delay: float = Field(1.0, ge=0, le=60, description="seconds between two requests to one host")
    allow_loopback: bool = Field(False, description="true: sources on 127.0.0.1 may be read (demo, tests)")
    proxy: str = Field(
        "",
        pattern=r"^(http://[^/@\s:]+(:\d+)?)?$",
        description="an address such as http://proxy.example.se:8080 through which sources are read, also a private one; empty: none",
    )
    timeout: int = Field(90, ge=1, le=600, description="seconds until a request is given up")
    retries: int = Field(3, ge=0, le=10, description="how often a failed request is tried again")


class Mail(_Table):
    """How mails leave."""

    transport: Literal["files", "smtp"] = Field("files", description="files: .eml in data_dir/outbox; smtp: a server")
    host: str = "127.0.0.1"
    port: int = Field(25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    password_file: str = Field("", description="file with the password; else $MONITOR_SMTP_PASSWORD")
    sender: str = Field("EU-bevakningen <eu@example.se>", alias="from")
    timeout: int = Field(30, ge=1, le=600, description="seconds until the server is given up")
    per_day: int = Field(500, ge=1, description="brake: at most this many mails in 24 hours; the rest waits")
    refusals: int = Field(3, ge=1, le=20, description="so many refusals in a row stop an address until it is corrected")


class Web(_Table):
    """Who may do what in the browser. Reading is open; the coordinator logs in with a password, or comes through a proxy."""

    login_header: str = Field("", description="header in which a reverse proxy names who is logged in; empty: off")
    login_from: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), strict=False, description="addresses from which that header is believed"
    )
    coordinators: tuple[str, ...] = Field((), strict=False, description="names in that header that are coordinators")


class Recipient(_Table):
    """One address of one department. Personal data: never in the repository."""

    department: str = Field(min_length=1)
    email: Email
    language: Literal["sv", "en"] = "sv"


class Schedule(_Table):
    """When jobs run."""

    crawl: Clock = Field("05:30", description="a time such as 05:30: when the sources are read, every day")
    digest: WeeklyClock = Field("mon 07:00", description="a day and a time such as mon 07:00: when the week's mails are made")
    backup: Clock = Field("02:15", description="a time such as 02:15: when the back-up is made, every night")
    note: WeeklyClockOrNever = Field(
        "mon 08:00", description="a day and a time such as mon 08:00: the week's note to the coordinator; empty: never"
    )
    canary: WeeklyClockOrNever = Field(
        "tue 09:00", description="a day and a time such as tue 09:00: the week's test mail to the coordinator; empty: never"
    )
    longest: int = Field(180, ge=1, le=1440, description="minutes after which a job that has not ended is ended")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Stockholm"


class Keep(_Table):
    """How long what is no longer needed is kept."""

    backups: int = Field(14, ge=1, le=1000, description="how many nightly back-ups are kept; the oldest goes first")
    addresses: int = Field(400, ge=30, description="days after which the address is erased from mails that have left")
    notes: int = Field(1100, ge=30, description="days after which what people wrote in answers and follow-up is erased")
    mails: int = Field(400, ge=7, description="days after which mails delivered as files are removed from the folder outbox")
    documents: int = Field(400, ge=30, description="days after which documents as they were read are removed")
    jobs: int = Field(400, ge=30, description="days after which the record of jobs and of source runs without changes is removed")


class Config(_Table):
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


def _problem(model: type[BaseModel], item: Any) -> str:
    key = ".".join(str(part) for part in item["loc"])
    message = _PLAIN.get(item["type"]) or re.sub(r"^Input should|^Value error,", "should", item["msg"]).replace(
        "should ", "expected ", 1
    )
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
