"""Rounds of calls that are closed: read from lists of closed calls, kept beside the funded projects, joined to the archive's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import ijson

from monitor.archive.connection import Database
from monitor.awards.families import code_programme
from monitor.awards.fields import day, text
from monitor.awards.seasons import Round
from monitor.awards.tables import ExpectedFields, Required, open_file, read_json, refusing
from monitor.errors import RowError, SourceError

CLOSED_CALLS = "closed-calls"
"""Name by which lists of closed calls are imported."""
_TOPICS = "1"  # the portal's type of a topic for grants
CLOSED_CALL: tuple[Required, ...] = ("metadata.identifier", "metadata.type", "metadata.title", "metadata.startDate")
"""Fields that some row of each answer must have."""


def read_rounds(files: Sequence[Path]) -> Iterator[Round]:
    """Read rounds from answers of the portal's search (with openings), or from an index of codes and titles (without).

    Raises:
        SourceError: A file is broken, is neither of the two, or no row of an answer has a field that is read.
    """
    fields = ExpectedFields(CLOSED_CALL)
    for path in files:
        with open_file(path) as file:
            head = file.read(4000)
        if b'"index"' in head:
            yield from _index(path)
        elif b'"results"' in head or b'"apiVersion"' in head:
            yield from _answers(path, fields)
        else:
            raise SourceError(
                path.name, "filen är varken ett svar från portalens sökning eller ett index över stängda utlysningar"
            )
    fields.require()


def _index(path: Path) -> Iterator[Round]:
    """Read `{"index": {key: {"name", "call_id"}}}`: each call stands under its code and under a number."""
    with open_file(path) as file, refusing(path.name):
        for _, row in ijson.kvitems(file, "index"):
            if not isinstance(row, dict) or "call_id" not in row or "name" not in row:
                raise SourceError(path.name, "fältet ”call_id” eller ”name” saknas; utgivaren kan ha bytt namn på det")
            if code := text(row["call_id"]):
                yield Round(code, text(row["name"]), code_programme(code))


def _answers(path: Path, expected: ExpectedFields) -> Iterator[Round]:
    with open_file(path) as file:
        for row in expected.watch(path.name, read_json(file, path.name, "results.item")):
            fields = row.get("metadata") or {}
            code, kind = _first(fields.get("identifier")), _first(fields.get("type"))
            if not code or kind != _TOPICS:
                continue
            try:
                opens = day(_first(fields.get("startDate")), "startDate")
            except RowError:
                opens = ""
            yield Round(code, _first(fields.get("title")), code_programme(code), date.fromisoformat(opens) if opens else None)


def _first(values: object) -> str:
    return text(values[0]) if isinstance(values, list) and values else ""


def import_rounds(db: Database, files: Sequence[Path]) -> int:
    """Add the rounds of files to those that are known, all or none; return how many are known then.

    A round is never taken away, and a known opening never lost: lists of closed calls are cut off at different years.

    Raises:
        SourceError: A file cannot be read, or has no round; nothing was added.
    """
    with db.atomic():
        added = 0
        for one in read_rounds(files):
            added += 1
            db.execute(
                "INSERT INTO rounds (code, title, programme, year, opens, origin) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET title = excluded.title, opens = coalesce(excluded.opens, opens)",
                [one.code, one.title, one.programme, one.year, one.opens.isoformat() if one.opens else None, CLOSED_CALLS],
            )
        if not added:
            raise SourceError(files[0].name, "filen har inga utlysningar")
        return int(db.execute("SELECT count(*) FROM rounds").fetchone()[0])


def stored_rounds(db: Database) -> list[Round]:
    """Return every round that was imported."""
    rows = db.execute("SELECT code, title, programme, opens FROM rounds ORDER BY code")
    return [Round(code, title, programme, date.fromisoformat(opens) if opens else None) for code, title, programme, opens in rows]
