"""Coming calls of work programmes: what each document plans, and each planned call with the call that came and the judgement."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from monitor.archive.call_documents import PROGRAMMES
from monitor.archive.connection import Database


class PlannedRow(TypedDict):
    """Row of `planned_calls`; days are ISO 8601, None where nothing is planned or known."""

    name: str
    """Identifier; of a call without one, programme, title and year."""
    identifier: str
    title: str
    programme: str
    year: int
    action: str
    amount: int | None
    opens_from: str | None
    opens_to: str | None
    closes_from: str | None
    closes_to: str | None
    document: str
    page: int
    place: str
    quote: str
    departments: list[str]
    made: str
    code: str
    opened: str | None
    verdict: str
    judged: str | None


class ReadPlannedRow(PlannedRow):
    """Planned call with the name and the version of its document."""

    document_title: str
    version: str


class ProgrammeDocument(TypedDict):
    """Work programme as it is now at its address."""

    hash: str
    format: str
    entries: str | None
    """Calls that it plans, as JSON; None where it has not been read by this version of the code."""


_COLUMNS = tuple(PlannedRow.__annotations__)


def list_programmes(db: Database, reader: str) -> list[ProgrammeDocument]:
    """Return the work programmes, those of the installation itself before those that calls link to, the newest first."""
    return db.query_as(
        ProgrammeDocument,
        "SELECT d.hash, d.format, p.entries FROM call_document_links l JOIN call_document_addresses a ON a.url = l.url"
        " JOIN call_documents d ON d.hash = a.document"
        " LEFT JOIN planned_documents p ON p.document = d.hash AND p.reader = :reader"
        " WHERE l.role = 'programme' AND d.problem = '' GROUP BY d.hash"
        " ORDER BY max(l.source = :own) DESC, d.read_at DESC, d.hash",
        {"reader": reader, "own": PROGRAMMES.source},
    )


def store_programme(db: Database, document: str, reader: str, entries: str) -> None:
    """Store the calls that a work programme plans, in place of those that an earlier version of the code read."""
    db.execute(
        "INSERT OR REPLACE INTO planned_documents (document, reader, entries) VALUES (?, ?, ?)", [document, reader, entries]
    )


def store_planned(db: Database, rows: Collection[PlannedRow], dropped: Collection[str]) -> None:
    """Store planned calls in place of those of the same names, and remove those that no programme plans any more."""
    with db.atomic():
        db.execute("DELETE FROM planned_calls WHERE name IN (SELECT value FROM json_each(?))", [json.dumps(list(dropped))])
        for row in rows:
            values: Mapping[str, Any] = {**row, "departments": json.dumps(row["departments"], ensure_ascii=False)}
            db.execute(
                f"INSERT OR REPLACE INTO planned_calls ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
                [values[name] for name in _COLUMNS],
            )


def read_planned(db: Database) -> list[ReadPlannedRow]:
    """Return every planned call, the soonest opening first."""
    rows = db.query_as(
        ReadPlannedRow,
        f"SELECT {', '.join(f'p.{name}' for name in _COLUMNS)}, coalesce(nullif(d.title, ''), d.name, '') AS document_title,"
        " coalesce(d.version, '') AS version FROM planned_calls p LEFT JOIN call_documents d ON d.hash = p.document"
        " ORDER BY coalesce(p.opens_from, p.closes_from), p.name",
    )
    return [{**row, "departments": json.loads(str(row["departments"]))} for row in rows]
