"""Jobs that meet faults, and the state of an installation in which the result of a job shows."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.archive.handed_over import pack_reading
from monitor.archive.runs import SourceRun
from monitor.archive.schema import MIGRATIONS
from monitor.calls import Call
from monitor.config import load_config
from tests.awards import files
from tests.chaos.child import THEME
from tests.chaos.stages import FIRST, LATER, MAILS, SECOND, SOURCES, Stages
from tests.commands import Installation

State = Counter[tuple[object, ...]]
_QUERIES = (
    "SELECT 'call', source, call_id, hash, status, next_deadline, closed_at IS NULL, vanished_at IS NULL, story FROM calls",
    "SELECT 'event', source, call_id, type, old, new, baseline FROM events",
    "SELECT 'version', source, call_id, hash FROM versions",
    "SELECT 'deadline', source, call_id, number, at FROM deadlines",
    "SELECT 'document', hash FROM documents",
    "SELECT 'indexed', source, call_id, hash FROM indexed JOIN texts USING (id)",
    "SELECT 'reading', source, call_id, state FROM readings",
    "SELECT 'match', source, call_id, department, relevance, fit, level, evidence, fit_card, rule_version FROM matches",
    "SELECT 'unmatched', source, call_id, step, points FROM unmatched",
    "SELECT 'digest', id, department, week, kind, state, items FROM digests",
    "SELECT 'told', digest, department, source, call_id, section, fact FROM digest_items",
    "SELECT 'mail', message_id, recipient, state FROM outbox",
    "SELECT 'recipient', department, folded, removed FROM recipients",
    "SELECT 'setting', file, differences, who FROM setting_changes",
    "SELECT 'theme', theme, text FROM theme_versions",
)
_LASTING = (
    "SELECT 'call', source, call_id, hash, status, next_deadline, closed_at IS NULL, vanished_at IS NULL FROM calls",
    "SELECT 'told', department, source, call_id, fact FROM digest_items",
    "SELECT 'unsent', message_id, recipient FROM outbox WHERE state <> 'sent'",
)
"""Queries whose answers have to be the same in the end, whatever the clock said in between: other weeks and changes may differ."""
_AWARD_QUERIES = (
    "SELECT 'award', source, key, title, granted, year FROM projects",
    "SELECT 'share', p.key, o.name, s.role, s.granted FROM participants s JOIN projects p ON p.id = s.project"
    " JOIN organisations o ON o.id = s.organisation",
    "SELECT 'import', source, fingerprint, projects, participants, problem FROM imports",
)


@dataclass(frozen=True)
class Job:
    """Job that is tried, at which stage of the installation, and at what time."""

    name: str
    stage: str
    arguments: tuple[str, ...]
    """Command; empty for the saving of `save`."""
    now: str
    again: str = LATER
    """Time of the next run."""
    save: str = ""
    prepare: Callable[[Installation, Stages], None] = lambda place, stages: None
    """Makes the installation ready for the job."""


def _into_a_folder(place: Installation, stages: Stages) -> None:
    place.configure(stages.settings("files"))


def _more_awards(place: Installation, stages: Stages) -> None:
    files.write_esf(place.folder / "data" / "awards" / "esf", 5)


def _reading_of_another_machine(place: Installation, stages: Stages) -> None:
    """Write a reading that another machine hands over to a file."""
    config = load_config(place.folder / "monitor.toml")
    source, at = config.source("flodet"), datetime.fromisoformat(SECOND).replace(tzinfo=config.zone)
    calls = tuple(
        Call(
            source=source.id,
            call_id=f"ny-{number}",
            title=f"Bidrag för ungdomsutbyte {number}",
            url=f"https://example.se/ny/{number}",
        )
        for number in range(3)
    )
    run = SourceRun(
        source=source.id, name=source.name, publisher=source.publisher, kind=source.kind, url=source.url, language="sv",
        started=at, finished=at, state="accepted", reason="", complete_list=False, seen=3, calls=calls,
    )  # fmt: skip
    (place.folder / "annans.reading").write_bytes(pack_reading("0" * 32, run))


def forget_migration(archive: Path, name: str = "m036_probation") -> None:
    """Take a migration's tables and its record away: as an archive is before an upgrade."""
    with closing(sqlite3.connect(archive)) as db:
        for table in re.findall(r"CREATE TABLE (\w+)", MIGRATIONS[name]):
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [name])
        db.commit()


def _older_schema(place: Installation, stages: Stages) -> None:
    forget_migration(place.archive)


JOBS = {
    job.name: job
    for job in (
        Job("first crawl", "empty", ("crawl", *SOURCES), FIRST),
        Job("crawl", "read", ("crawl", *SOURCES), SECOND),
        Job("take", "read", ("crawl", "--take", "annans.reading"), SECOND, prepare=_reading_of_another_machine),
        Job("match", "moved", ("match",), SECOND),
        Job("digest", "matched", ("digest",), MAILS),
        Job("send", "built", ("send",), MAILS),
        Job("send to a folder", "built", ("send",), MAILS, prepare=_into_a_folder),
        Job("backup", "sent", ("backup",), MAILS),
        Job("restore", "sent", ("restore", "kopia.tar.gz", "--settings"), MAILS),
        Job("import", "sent", ("awards", "import", "esf"), MAILS, prepare=_more_awards),
        Job("upgrade", "sent", ("match",), MAILS, prepare=_older_schema),
        Job("settings", "read", (), MAILS, save="monitor.toml"),
        Job("rules", "read", (), MAILS, save=THEME),
    )
}


def state_of(place: Installation) -> State:
    """Return what an installation holds: rows of its archive without times and numbers of runs, and its files."""
    data = place.folder / "data"
    found: State = Counter(_rows(place.archive, _QUERIES))
    found.update(_rows(data / "awards.db", _AWARD_QUERIES))
    found.update(("file", name, _hash(place.folder / name)) for name in ("monitor.toml", f"rules/{THEME}"))
    found.update(("eml", path.name) for path in (data / "outbox").glob("*.eml"))
    # A back-up that was cut short after its last step is whole, and the next one is another: that is none too many.
    found.update({("copy", _counts(path)) for path in (data / "backups").glob("*.tar.gz")})
    found.update(("left behind", path.name.partition("-")[0]) for path in _leftovers(place.folder))
    return found


def lasting_state_of(place: Installation) -> State:
    """Return what an installation holds that a clock which jumped may not have changed."""
    found: State = Counter(_rows(place.archive, _LASTING))
    found.update(_rows(place.folder / "data" / "awards.db", _AWARD_QUERIES[:2]))
    found.update(("file", name, _hash(place.folder / name)) for name in ("monitor.toml", f"rules/{THEME}"))
    found.update(("left behind", path.name.partition("-")[0]) for path in _leftovers(place.folder))
    return found


def damages(place: Installation) -> list[str]:
    """Return what is wrong with the databases of an installation, by SQLite's own checks of copies of their files."""
    wrong = []
    for path in (place.archive, place.folder / "data" / "awards.db"):
        if not path.is_file() or not path.stat().st_size:
            continue
        copy = place.folder.with_name(f"{place.folder.name}-check.db")
        for end in ("", "-wal"):
            source = path.with_name(path.name + end)
            copy.with_name(copy.name + end).write_bytes(source.read_bytes() if source.exists() else b"")
        with closing(sqlite3.connect(copy)) as db:
            wrong += [f"{path.name}: {row[0]}" for row in db.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            wrong += [f"{path.name}: foreign key {row}" for row in db.execute("PRAGMA foreign_key_check")]
    return wrong


def _rows(path: Path, queries: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    if not path.is_file() or not path.stat().st_size:
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        if {"calls", "projects"} & tables:
            for query in queries:
                yield from db.execute(query)


def _leftovers(folder: Path) -> list[Path]:
    patterns = ("*.partial", "data/backup-*", "*.restor*", "data/secret.*", "data/backups/*.partial", "rules/**/*.partial")
    return [path for pattern in patterns for path in folder.glob(pattern)]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _counts(path: Path) -> str:
    """Return the counts in a back-up's manifest after reading all of it."""
    with tarfile.open(path, "r:gz") as tar:
        contents = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]
    manifest = json.load(io.BytesIO(contents["manifest.json"]))
    whole = all(hashlib.sha256(contents[name]).hexdigest() == digest for name, digest in manifest["files"].items())
    return json.dumps([whole, manifest["counts"]], sort_keys=True)
