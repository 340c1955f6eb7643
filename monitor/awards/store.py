"""SQLite file of funded projects beside the archive: its tables, and an import that is kept whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, describe_sqlite_error
from monitor.archive.files import make_private
from monitor.awards.families import code_family
from monitor.awards.fields import organisation_number
from monitor.awards.importers_national import IMPORTERS
from monitor.awards.model import ORIGINS, Award, Origin, Participant
from monitor.awards.organisations import fold
from monitor.awards.reading import Reading
from monitor.awards.shrinkage import ImportSize, measure_import, refuse_smaller
from monitor.awards.texts import COUNT_TABLES, TABLES, index_texts
from monitor.errors import ArchiveError, SourceError, describe_os_error

FILE = "awards.db"
"""Name of the file, in the data folder."""
_TABLES = (
    """
    CREATE TABLE imports (
        source TEXT PRIMARY KEY, at TEXT, files TEXT NOT NULL DEFAULT '[]', fingerprint TEXT NOT NULL DEFAULT '',
        projects INTEGER NOT NULL DEFAULT 0, participants INTEGER NOT NULL DEFAULT 0, skipped TEXT NOT NULL DEFAULT '{}',
        checked TEXT,
        problem TEXT NOT NULL DEFAULT '', problem_at TEXT
    );
    CREATE TABLE projects (
        id INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, programme TEXT NOT NULL, family TEXT NOT NULL,
        call TEXT NOT NULL, topic TEXT NOT NULL, title TEXT NOT NULL, acronym TEXT NOT NULL, summary TEXT NOT NULL,
        starts TEXT NOT NULL, ends TEXT NOT NULL, year INTEGER, total INTEGER, granted INTEGER, currency TEXT NOT NULL,
        area TEXT NOT NULL, url TEXT NOT NULL, is_sum INTEGER NOT NULL, UNIQUE (source, key)
    );
    CREATE INDEX projects_by_family ON projects (family, year) WHERE family != '';
    CREATE TABLE organisations (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, country TEXT NOT NULL, place TEXT NOT NULL,
        region TEXT NOT NULL, kind TEXT NOT NULL, pic TEXT NOT NULL, number TEXT NOT NULL,
        UNIQUE (name, country, place, region, kind, pic, number)
    );
    CREATE INDEX organisations_by_pic ON organisations (pic) WHERE pic != '';
    CREATE INDEX organisations_by_number ON organisations (number) WHERE number != '';
    CREATE INDEX organisations_by_country ON organisations (country);
    CREATE TABLE participants (
        project INTEGER NOT NULL, organisation INTEGER NOT NULL, role TEXT NOT NULL, granted INTEGER, budget INTEGER
    );
    CREATE INDEX participants_by_project ON participants (project);
    CREATE INDEX participants_by_organisation ON participants (organisation);
    CREATE TABLE rounds (
        code TEXT PRIMARY KEY, title TEXT NOT NULL, programme TEXT NOT NULL, year INTEGER, opens TEXT, origin TEXT NOT NULL
    );
    """,
    """
    CREATE TABLE updates (code TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (code, text));
    """,
    TABLES,
    COUNT_TABLES,
    """
    CREATE TABLE organisations_with_vat (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, country TEXT NOT NULL, place TEXT NOT NULL,
        region TEXT NOT NULL, kind TEXT NOT NULL, pic TEXT NOT NULL, number TEXT NOT NULL, vat TEXT NOT NULL,
        UNIQUE (name, country, place, region, kind, pic, number, vat)
    );
    INSERT INTO organisations_with_vat (id, name, folded, country, place, region, kind, pic, number, vat)
        SELECT id, name, folded, country, place, region, kind, pic, number, '' FROM organisations;
    DROP TABLE organisations;
    ALTER TABLE organisations_with_vat RENAME TO organisations;
    CREATE INDEX organisations_by_pic ON organisations (pic) WHERE pic != '';
    CREATE INDEX organisations_by_number ON organisations (number) WHERE number != '';
    CREATE INDEX organisations_by_country ON organisations (country);
    UPDATE imports SET fingerprint = '' WHERE source IN ('cordis-horizon', 'cordis-h2020', 'portal');
    """,
)
"""Scripts that make the tables, one per version of the file; amounts are in hundredths of `currency`.

The last one forgets which files were imported of the sources that state VAT numbers, so that these are read from them again.
"""
_ADD_PROJECT = (
    "INSERT INTO projects (source, key, programme, family, call, topic, title, acronym, summary, starts, ends, year, total,"
    f" granted, currency, area, url, is_sum) VALUES ({', '.join('?' * 18)})"
)
_ADD_ORGANISATION = (
    "INSERT INTO organisations (name, country, place, region, kind, pic, number, vat, folded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_FIND_ORGANISATION = (
    "SELECT id FROM organisations"
    " WHERE name = ? AND country = ? AND place = ? AND region = ? AND kind = ? AND pic = ? AND number = ? AND vat = ?"
)
_MAX_LOOSE_SHARE = 0.01
"""Largest share of participants without a project among the rows of the file."""
_SHARES_NEAR = (Decimal("0.9"), Decimal("1.1"))
"""Sum of the participants' shares in relation to that of the grants, of publishers whose shares add up."""
_MAX_ABOVE_GRANT = 0.1
"""Largest part of the projects whose participants' shares may be more than the grant, as after changes of single projects."""
_SHARES_BY_PROJECT = (
    # A third party's share is inside that of its partner. Each share may be rounded to whole units.
    "SELECT count(*), total(shares > 1.01 * granted + 100 * parts) FROM (SELECT q.granted granted, sum(p.granted) shares,"
    " count(*) parts FROM projects q JOIN participants p ON p.project = q.id WHERE q.source = ? AND q.granted > 0"
    " AND NOT q.is_sum AND p.granted IS NOT NULL AND p.role != 'third_party' GROUP BY q.id)"
)
"""Projects whose grant and shares are stated, and those of them whose shares are more than the grant."""
_CACHED_ORGANISATIONS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Outcome of one import that was kept."""

    source: str
    projects: int
    participants: int
    before: int
    """Projects of the last import."""
    granted: dict[str, Decimal]
    """Sum of the grants by currency."""
    skipped: dict[str, str]


@contextmanager
def open_awards(path: Path, *, read_only: bool = False) -> Iterator[Database]:
    """Open the file of funded projects, made where it is missing, and close it afterwards.

    Raises:
        ArchiveError: The file cannot be opened, is damaged, or comes from a newer version.
    """
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
            make_private(path)
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
            timeout=30,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=Database,
        )
    except (OSError, sqlite3.Error) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else describe_sqlite_error(error)
        raise ArchiveError(str(path), f"går inte att öppna: {reason}") from error
    try:
        if not read_only:
            _prepare(db, path)
        yield db
    except sqlite3.DatabaseError as error:
        raise ArchiveError(str(path), f"går inte att använda: {describe_sqlite_error(error)}") from error
    finally:
        db.close()


def _prepare(db: Database, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(_TABLES):
        raise ArchiveError(str(path), "är skrivet av en nyare version; installera den")
    if version < len(_TABLES):
        db.execute("PRAGMA journal_mode = WAL")
        with db.atomic():
            for script in _TABLES[db.execute("PRAGMA user_version").fetchone()[0] :]:
                for statement in script.split(";"):
                    if statement.strip():
                        db.execute(statement)
            db.execute(f"PRAGMA user_version = {len(_TABLES)}")


def import_source(
    db: Database, source: str, files: Sequence[Path], now: datetime, *, allow_fewer: bool = False, fingerprint: str = ""
) -> ImportReport:
    """Replace the projects of a source by those of its files, in one transaction: a kill at any moment leaves the last import.

    Args:
        db: Open file of funded projects.
        source: Key of ORIGINS.
        files: All files of the source.
        now: Time of the import.
        allow_fewer: Accept an import that is more than a tenth smaller than the last in projects, participants or money, or lacks
            values of a kind that it had, or has shares above the grants.
        fingerprint: Hash of the files, by which the same files are recognised.

    Raises:
        SourceError: The files cannot be read or do not add up; the last import is kept, and the reason is stored beside it.
    """
    try:
        with db.atomic():
            report = _replace(db, ORIGINS[source], files, allow_fewer=allow_fewer)
            db.execute(
                "INSERT INTO imports (source) VALUES (?) ON CONFLICT DO NOTHING",
                [source],
            )
            db.execute(
                "UPDATE imports SET at = ?, checked = ?, files = ?, fingerprint = ?, projects = ?, participants = ?, skipped = ?,"
                " problem = '', problem_at = NULL WHERE source = ?",
                [
                    stamp(now),
                    stamp(now),
                    json.dumps([path.name for path in files], ensure_ascii=False),
                    fingerprint,
                    report.projects,
                    report.participants,
                    json.dumps(report.skipped, ensure_ascii=False),
                    source,
                ],
            )
    except SourceError as error:
        note_problem(db, source, str(error), now)
        raise
    return report


def note_problem(db: Database, source: str, problem: str, now: datetime) -> None:
    """Store why a source could not be fetched or imported, beside its last good import."""
    db.execute(
        "INSERT INTO imports (source, problem, problem_at) VALUES (:source, :problem, :at)"
        " ON CONFLICT DO UPDATE SET problem = :problem, problem_at = :at",
        {"source": source, "problem": problem, "at": stamp(now)},
    )


def note_list(db: Database, source: str, files: Sequence[Path], now: datetime, *, fingerprint: str, rows: int) -> None:
    """Store that a list of calls was added to, and how many rows it has then."""
    db.execute("INSERT INTO imports (source) VALUES (?) ON CONFLICT DO NOTHING", [source])
    db.execute(
        "UPDATE imports SET at = :now, checked = :now, files = :files, fingerprint = :fingerprint, projects = :rows,"
        " problem = '', problem_at = NULL WHERE source = :source",
        {
            "now": stamp(now),
            "files": json.dumps([path.name for path in files], ensure_ascii=False),
            "fingerprint": fingerprint,
            "rows": rows,
            "source": source,
        },
    )


def note_checked(db: Database, source: str, now: datetime) -> None:
    """Store that the files of a source were looked at and are those of the last import."""
    db.execute("UPDATE imports SET checked = ?, problem = '', problem_at = NULL WHERE source = ?", [stamp(now), source])


def _replace(db: Database, origin: Origin, files: Sequence[Path], *, allow_fewer: bool) -> ImportReport:
    before = measure_import(db, origin.id)
    was_above = _shares_above_grants(db, origin)
    db.execute("DELETE FROM participants WHERE project IN (SELECT id FROM projects WHERE source = ?)", [origin.id])
    db.execute("DELETE FROM projects WHERE source = ?", [origin.id])
    reading = Reading()
    writer = _Writer(db, origin.id)
    for item in IMPORTERS[origin.id](files, reading):
        if isinstance(item, Award):
            writer.add_project(item)
        else:
            writer.add_participant(item)
    reading.refuse_bad(files[0].name)
    after = measure_import(db, origin.id)
    _check_numbers(origin, writer, reading, after)
    if not allow_fewer:
        refuse_smaller(origin.name, before, after)
        # A person who accepted such shares at the last import need not say so each time.
        if not was_above and (above := _shares_above_grants(db, origin)):
            raise SourceError(
                origin.name,
                f"deltagarnas andelar är större än bidraget i {above}, så beloppen är i fel enhet eller dubbla; hämta dem igen."
                " Är det rätt ändå: kör importen med --allow-fewer",
            )
    db.execute("DELETE FROM organisations WHERE id NOT IN (SELECT organisation FROM participants)")
    index_texts(db)
    return ImportReport(
        source=origin.id,
        projects=writer.projects,
        participants=writer.participants,
        before=before.sizes["projekt"],
        granted={currency: Decimal(cents) / 100 for currency, cents in after.granted.items()},
        skipped=dict(list(reading.skipped.items())[:20]),
    )


def _check_numbers(origin: Origin, writer: _Writer, reading: Reading, size: ImportSize) -> None:
    """Raise SourceError when the rows do not add up with the publisher's own numbers or with each other."""
    where = origin.name
    read = writer.projects + len(reading.skipped) + reading.ignored
    if reading.stated_projects is not None and read != reading.stated_projects:
        raise SourceError(
            where, f"utgivaren säger {reading.stated_projects} projekt, men filerna har {writer.projects}; hämta dem igen"
        )
    if writer.loose > max(1, _MAX_LOOSE_SHARE * (writer.participants + writer.loose)):
        raise SourceError(where, f"{writer.loose} deltagare hör till projekt som inte finns i filerna; hämta dem igen")
    if origin.shares_add_up:
        granted, shares = sum(size.granted.values()), sum(size.shares.values())
        if granted and not _SHARES_NEAR[0] <= Decimal(shares) / Decimal(granted) <= _SHARES_NEAR[1]:
            share = round(100 * Decimal(shares) / Decimal(granted))
            raise SourceError(where, f"deltagarnas andelar är {share} procent av bidragen, så en fil är avbruten; hämta dem igen")


def _shares_above_grants(db: Database, origin: Origin) -> str:
    """Return in how many projects the participants' shares are more than the grant, "" when in none or a small part of them."""
    if not origin.has_shares_of_grants:
        return ""
    count, above = db.execute(_SHARES_BY_PROJECT, [origin.id]).fetchone()
    is_large = above and (above == count or above > max(1, _MAX_ABOVE_GRANT * count))
    return f"{int(above)} av {count} projekt" if is_large else ""


class _Writer:
    """Writer of the rows of one import, with the counts that are checked afterwards."""

    def __init__(self, db: Database, source: str) -> None:
        self._db = db
        self._source = source
        self._organisations: dict[tuple[str, ...], int] = {}
        self._last_project: tuple[str, int | None] = ("", None)
        self.projects = self.participants = self.loose = 0

    def add_project(self, award: Award) -> None:
        try:
            cursor = self._db.execute(
                _ADD_PROJECT,
                [
                    self._source, award.key, award.programme, code_family(award.topic) or code_family(award.call), award.call,
                    award.topic, award.title, award.acronym, award.summary, award.starts, _end(award), award.year,
                    _cents(award.total), _cents(award.granted), award.currency, award.area, award.url, award.is_sum,
                ],
            )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise SourceError(
                ORIGINS[self._source].name, f"projektet {award.key[:80]} står två gånger; filerna är dubbla"
            ) from error
        self._last_project = (award.key, cursor.lastrowid)
        self.projects += 0 if award.is_sum else 1

    def add_participant(self, participant: Participant) -> None:
        project = self._project_id(participant.project)
        if project is None:
            self.loose += 1
            return
        self._db.execute(
            "INSERT INTO participants (project, organisation, role, granted, budget) VALUES (?, ?, ?, ?, ?)",
            [
                project,
                self._organisation_id(participant),
                participant.role.value,
                _cents(participant.granted),
                _cents(participant.budget),
            ],
        )
        self.participants += 1

    def _project_id(self, key: str) -> int | None:
        if self._last_project[0] != key:
            row = self._db.execute("SELECT id FROM projects WHERE source = ? AND key = ?", [self._source, key]).fetchone()
            self._last_project = (key, row[0] if row else None)
        return self._last_project[1]

    def _organisation_id(self, participant: Participant) -> int:
        who = participant
        number = who.number or organisation_number(who.vat if who.country == "SE" else "")
        values = (who.name, who.country, who.place, who.region, who.kind, who.pic, number, who.vat)
        found = self._organisations.get(values)
        if found is None:
            self._db.execute(_ADD_ORGANISATION, [*values, fold(who.name)])
            found = self._db.execute(_FIND_ORGANISATION, values).fetchone()[0]
            if len(self._organisations) >= _CACHED_ORGANISATIONS:
                self._organisations.clear()
            self._organisations[values] = found
        return found


def _end(award: Award) -> str:
    """Return the last day of a project, "" for one before its first day, as two lists have it: it is not known then."""
    return "" if award.starts and award.ends < award.starts else award.ends


def _cents(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


def list_imports(db: Database) -> list[dict[str, Any]]:
    """Return the state of each source that was ever imported or fetched, by id."""
    return [
        {**row, "files": json.loads(row["files"]), "skipped": json.loads(row["skipped"])}
        for row in db.query("SELECT * FROM imports ORDER BY source")
    ]
