"""Job `awards`: import the funded projects of every source, from files laid in a folder or fetched from the publisher."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.archive import lock
from monitor.archive.connection import Database
from monitor.awards.fetched import finish_pages
from monitor.awards.history import earlier_rounds
from monitor.awards.installation import awards_path, home_municipality, load_seasons, read_decisions
from monitor.awards.model import LISTS, ORIGINS, Origin
from monitor.awards.municipal import OwnProject, own_projects
from monitor.awards.organisations import find_municipality
from monitor.awards.rounds import CLOSED_CALLS, import_rounds
from monitor.awards.seasons import Forecast
from monitor.awards.store import (
    ImportReport,
    import_source,
    list_imports,
    note_checked,
    note_list,
    note_problem,
    open_awards,
)
from monitor.awards.texts import index_texts
from monitor.awards.updates import PORTAL_UPDATES, import_updates
from monitor.awards.wording import round_line
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.model import Selection
from monitor.errors import ArchiveError, ConfigError, SourceError, describe_os_error
from monitor.files import PARTIAL_SUFFIX
from monitor.jobs.members import refuse_member

logger = logging.getLogger(__name__)

FOLDER = "awards"
"""Folder in the data folder with one folder per source, into which a person lays files."""
SOURCES = ORIGINS | LISTS
"""Everything that can be imported, by id."""
_LIST_IMPORTERS = {CLOSED_CALLS: import_rounds, PORTAL_UPDATES: import_updates}
_LIST_ROWS = {CLOSED_CALLS: "utlysningar kända", PORTAL_UPDATES: "nyheter om ansökningar kända"}
_DAYS_IN_MONTH = 28
_OLD = timedelta(days=400)
"""Age from which an import is told as old: a year with a month to spare, for sources that are fetched by hand once a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportState:
    """Outcome for one source of one run of the job."""

    source: str
    state: str
    """"imported", "unchanged", "refused" or "missing" (no file, and none that the program can fetch)."""
    reason: str = ""
    report: ImportReport | None = None


def placed_files(config: Config, source: str) -> list[Path]:
    """Return the files that lie in the folder of a source, in order of their names; pages whose fetch was cut off are put there.

    Raises:
        SourceError: The folder cannot be read.
    """
    folder = config.data_dir / FOLDER / source
    try:
        if not folder.is_dir():
            return []
        finish_pages(folder)
        paths = sorted(folder.iterdir())
        return [path for path in paths if path.is_file() and not path.name.startswith(".") and path.suffix != PARTIAL_SUFFIX]
    except OSError as error:
        raise SourceError(str(folder), f"mappen går inte att läsa: {describe_os_error(error)}") from error


def import_awards(
    config: Config,
    sources: Sequence[str],
    now: datetime,
    *,
    files: Sequence[Path] = (),
    allow_fewer: bool = False,
    fetch: bool = False,
) -> list[ImportState]:
    """Import sources, each whole or not at all; one that is refused harms no other.

    Args:
        config: Settings of the installation that reads the sources.
        sources: Keys of SOURCES; empty for all that have files or can be fetched.
        now: Time of the run.
        files: Files of the one source that is named, in place of those in its folder.
        allow_fewer: Accept imports that are more than a tenth smaller than the last.
        fetch: Fetch anew what the program can fetch and what is due: the sources named, else those that have a folder.

    Raises:
        ConfigError: A source is unknown, files are given for several sources, or the installation is a member.
        LockedError: Another import runs.
    """
    refuse_member(config, "importen av beviljade projekt")
    if unknown := [source for source in sources if source not in SOURCES]:
        raise ConfigError("awards", f"okänd källa {unknown[0]}; de som finns är {', '.join(SOURCES)}")
    if files and len(sources) != 1:
        raise ConfigError("awards", "filer hör till en källa: ange källan först")
    with lock(config.data_dir, "awards"), open_awards(awards_path(config)) as db:
        known = {row["source"]: row for row in list_imports(db)}
        states = []
        for source in sources or SOURCES:
            # Some files are large: without being named, a source is fetched when a person has made its folder.
            is_wanted = fetch and not files and (bool(sources) or (config.data_dir / FOLDER / source).is_dir())
            problem = _fetch(config, SOURCES[source], known.get(source, {}), now) if is_wanted else ""
            if problem:
                note_problem(db, source, problem, now)
                states.append(ImportState(source=source, state="refused", reason=problem))
                continue
            try:
                found = list(files) or placed_files(config, source)
            except SourceError as error:
                note_problem(db, source, str(error), now)
                states.append(ImportState(source=source, state="refused", reason=str(error)))
                continue
            if not found:
                states.append(ImportState(source=source, state="missing"))
                continue
            before = "" if files else known.get(source, {}).get("fingerprint", "")
            states.append(_import_files(db, source, found, now, before, allow_fewer=allow_fewer))
        with db.atomic():
            index_texts(db)  # projects of an older version's file, whose sources may not change for long
    return states


def _import_files(
    db: Database, source: str, files: Sequence[Path], now: datetime, before: str, *, allow_fewer: bool
) -> ImportState:
    """Import the files of a source, unless they are those of the last import by the hash `before`."""
    try:
        fingerprint = hash_files(files)
        if fingerprint == before:
            note_checked(db, source, now)
            return ImportState(source=source, state="unchanged")
        if source in LISTS:
            known = _LIST_IMPORTERS[source](db, files)
            note_list(db, source, files, now, fingerprint=fingerprint, rows=known)
            return ImportState(source=source, state="imported", reason=f"{known} {_LIST_ROWS[source]}")
        report = import_source(db, source, files, now, allow_fewer=allow_fewer, fingerprint=fingerprint)
    except SourceError as error:
        if source in LISTS:
            note_problem(db, source, str(error), now)
        return ImportState(source=source, state="refused", reason=str(error))
    return ImportState(source=source, state="imported", report=report)


def hash_files(files: Sequence[Path]) -> str:
    """Return a hash of the contents of files (32 hexadecimal digits), in their order.

    Raises:
        SourceError: A file cannot be read.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as file:
                for chunk in iter(lambda: file.read(1 << 20), b""):
                    digest.update(chunk)
        except OSError as error:
            raise SourceError(path.name, f"filen går inte att läsa: {describe_os_error(error)}") from error
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def _fetch(config: Config, origin: Origin, known: Any, now: datetime) -> str:
    """Fetch the file of a source into its folder when it is due and has changed; return why it could not be fetched, or ""."""
    if not origin.fetched or not is_due(origin, known.get("checked"), now):
        return ""
    from monitor.awards.searches import SEARCHES, fetch_search
    from monitor.collect.file_fetch import FetchLimits, fetch_file

    folder = config.data_dir / FOLDER / origin.id
    limits = FetchLimits.of(config)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if origin.id in SEARCHES:
            fetch_search(SEARCHES[origin.id], origin.fetched, folder, limits, now.year)
        else:
            fetch_file(origin.fetched, folder / origin.fetched.rpartition("/")[2], limits)
    except SourceError as error:
        return str(error)
    except OSError as error:
        return f"{folder}: {describe_os_error(error)}"
    return ""


def is_due(origin: Origin, checked: str | None, now: datetime) -> bool:
    """Return whether a source that can be fetched is to be asked again; `checked` is when it was last looked at, ISO 8601."""
    if not origin.fetched:
        return False
    return checked is None or now - datetime.fromisoformat(checked) >= timedelta(days=_DAYS_IN_MONTH * origin.months)


def awards_status(config: Config) -> list[dict[str, Any]]:
    """Return the state of every source of funded projects, in the order of SOURCES; empty values before the first import.

    Lists of calls have their rows in place of projects.
    """
    path = awards_path(config)
    known: dict[str, dict[str, Any]] = {}
    if path.is_file():
        with open_awards(path) as db:
            known = {row["source"]: row for row in list_imports(db)}
    return [
        {
            "source": origin.id,
            "name": origin.name,
            "imported": known.get(origin.id, {}).get("at"),
            "projects": known.get(origin.id, {}).get("projects", 0),
            "participants": known.get(origin.id, {}).get("participants", 0),
            "skipped": known.get(origin.id, {}).get("skipped", {}),
            "problem": known.get(origin.id, {}).get("problem", ""),
            "fetched": bool(origin.fetched),
            "page": origin.url,
        }
        for origin in SOURCES.values()
    ]


def awards_attention(config: Config, now: datetime) -> Iterator[str]:
    """Yield a Swedish sentence for each source of funded projects that a person should look at."""
    for row in awards_status(config):
        if row["problem"]:
            yield f"Beviljade projekt, {row['name']}: {row['problem']}. Det som lästes förra gången gäller"
        elif row["imported"] and now - datetime.fromisoformat(row["imported"]) > _OLD:
            yield (
                f"Beviljade projekt, {row['name']}: senast lästa {row['imported'][:10]}."
                f" Hämta en ny fil från {row['page']} och lägg den i {config.data_dir / FOLDER / row['source']}"
            )


def own_history(config: Config, archive: Database, municipality: str = "") -> list[OwnProject]:
    """Return the projects of a municipality and of organisations that may be its own; of the installation's by default.

    Raises:
        ConfigError: The name is no municipality's.
    """
    found = find_municipality(municipality or config.municipality.name)
    if found is None:
        raise ConfigError("awards history", f"{municipality or config.municipality.name} är ingen svensk kommun i registret")
    path = awards_path(config)
    if not path.is_file():
        return []
    with open_awards(path, read_only=True) as db:
        return own_projects(db, found.name, read_decisions(archive))


def expected_rounds(config: Config, archive: Database, now: datetime, *, months: int = 12) -> list[Forecast]:
    """Return the rounds that are expected within some months, the soonest first; those already in the archive are no forecast."""
    return load_seasons(config, archive).upcoming(now.astimezone(config.zone).date(), months=months)


def earlier_lines(
    config: Config, archive: Database, selection: Selection, languages: Sequence[str]
) -> dict[CallKey, dict[str, str]]:
    """Return a line about the earlier round of each call of a mail, by language; calls without known projects have none."""
    codes = {item.candidate.key: item.candidate.call.identifier for item in selection.items if item.candidate.call.identifier}
    path = awards_path(config)
    if not path.is_file() or not codes:
        return {}
    home, decisions, lines = home_municipality(config), read_decisions(archive), {}
    try:
        with open_awards(path, read_only=True) as db:
            for key, code in codes.items():
                if found := earlier_rounds(db, code, home, decisions):
                    lines[key] = {language: round_line(found, language) for language in languages}
    except ArchiveError as error:
        # What was funded before is an addition: a mail leaves without it rather than not at all.
        logger.warning("earlier_rounds_unread reason=%s", error)
        return {}
    return lines
