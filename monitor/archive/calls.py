"""Rows of calls: write them with deadlines, versions and events, load them, and store a person's corrections."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from monitor.archive.changes import CallChange
from monitor.archive.codec import call_row, correct_call, deadline_rows, decode_call, overlay_call, pack, stamp
from monitor.archive.connection import Database
from monitor.archive.numbers import NEXT_NUMBER
from monitor.calls import Call, CallKey
from monitor.corrected import FIELDS
from monitor.errors import ArchiveError

CALL_STATE = (
    "c.hash || COALESCE((SELECT ' ' || count(*) || ' ' || max(k.at) FROM corrections k"
    " WHERE k.source = c.source AND k.call_id = c.call_id), '')"
)
"""SQL of the state of a row `c` of `calls`: its hash and its corrections, which change its text without changing the hash."""


def insert_call(db: Database, row: Mapping[str, Any]) -> None:
    """Insert a row of `calls` with the next number; `row` gives its other columns."""
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO calls ({', '.join(row)}, number) VALUES ({marks}, {NEXT_NUMBER})", list(row.values()))


def update_call(db: Database, source: str, call_id: str, values: Mapping[str, Any]) -> None:
    """Update the columns `values` of a stored call."""
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE calls SET {columns} WHERE source = ? AND call_id = ?", [*values.values(), source, call_id])


def write_deadlines(db: Database, call: Call) -> None:
    """Replace the rows of `deadlines` of a call; `call` has its corrections applied."""
    db.execute("DELETE FROM deadlines WHERE source = ? AND call_id = ?", [call.source, call.call_id])
    db.executemany(
        "INSERT INTO deadlines (source, call_id, number, at, precision, zone, stage, text)"
        " VALUES (:source, :call_id, :number, :at, :precision, :zone, :stage, :text)",
        deadline_rows(call),
    )


def add_version(db: Database, run_id: int, call: Call, data: str, digest: str, now: datetime) -> None:
    """Store a version of the call as it was read: `data` is its JSON text, `digest` the hash of `data`."""
    db.execute(
        "INSERT INTO versions (source, call_id, run, at, hash, data) VALUES (?, ?, ?, ?, ?, ?)",
        [call.source, call.call_id, run_id, stamp(now), digest, pack(data.encode())],
    )


def add_event(db: Database, run_id: int, key: CallKey, event: CallChange, now: datetime, *, baseline: bool) -> None:
    """Store one change of a call; `baseline` marks changes of a source's first accepted run, which are never told."""
    db.execute(
        "INSERT INTO events (source, call_id, run, at, type, old, new, baseline) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*key, run_id, stamp(now), event.type.value, event.old, event.new, int(baseline)],
    )


def newest_run(db: Database, source: str) -> int:
    """Return the id of the source's newest run, to which changes outside a run belong: every row of the archive has a run."""
    return int(db.execute("SELECT max(id) FROM runs WHERE source = ?", [source]).fetchone()[0])


def apply_corrections(db: Database, call: Call) -> Call:
    """Return the call with the fields that a person has corrected."""
    rows = db.execute(
        "SELECT field, value, at FROM corrections WHERE source = ? AND call_id = ?", [call.source, call.call_id]
    ).fetchall()
    return correct_call(call, rows)


def list_corrected_keys(db: Database) -> set[CallKey]:
    """Return the keys of the calls with corrected fields, for readers of many calls of which few are corrected."""
    return {CallKey(source, call_id) for source, call_id in db.execute("SELECT DISTINCT source, call_id FROM corrections")}


def correction_times(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, dict[str, datetime]]:
    """Return when each corrected field was corrected, for those of some calls that have any."""
    times: dict[CallKey, dict[str, datetime]] = {}
    wanted = set(keys)
    for source, call_id, field, at in db.execute("SELECT source, call_id, field, at FROM corrections ORDER BY at, field"):
        if (source, call_id) in wanted:
            times.setdefault(CallKey(source, call_id), {})[field] = datetime.fromisoformat(at)
    return times


def load_call(db: Database, source: str, call_id: str) -> Call | None:
    """Return the call as last read with corrections applied; None when the archive does not have it."""
    row = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    return apply_corrections(db, decode_call(row[0])) if row else None


def correct_field(db: Database, source: str, call_id: str, field: str, value: Any, *, who: str, now: datetime) -> Call:
    """Store a person's correction of one field and update the call's columns. Return the corrected call.

    `value` is the new value of the field as decoded JSON, `who` the name of the person.

    Raises:
        ArchiveError: The call is unknown, or the value does not fit the field.
    """
    read = load_uncorrected(db, source, call_id)
    if field not in FIELDS:
        raise ArchiveError(f"{source}/{call_id}", f"{field!r} är inget fält som kan rättas")
    try:
        overlay_call(read, {field: value})
    except ValidationError as error:
        raise ArchiveError(
            f"{source}/{call_id}", f"{field}: {value!r} passar inte i fältet ({error.errors()[0]['msg']})"
        ) from error
    with db.atomic():
        text = json.dumps(value, ensure_ascii=False)
        db.table("corrections").upsert(
            {"source": source, "call_id": call_id, "field": field, "value": text, "who": who, "at": stamp(now)},
            pk=("source", "call_id", "field"),
        )
        call = apply_corrections(db, read)
        _update_columns(db, call, now)
    return call


def drop_correction(db: Database, source: str, call_id: str, field: str, *, now: datetime) -> None:
    """Delete a correction, so that the source's own value counts again, and update the call's columns.

    Raises:
        ArchiveError: The call is unknown.
    """
    read = load_uncorrected(db, source, call_id)
    with db.atomic():
        db.execute("DELETE FROM corrections WHERE source = ? AND call_id = ? AND field = ?", [source, call_id, field])
        _update_columns(db, apply_corrections(db, read), now)


def load_uncorrected(db: Database, source: str, call_id: str) -> Call:
    """Return the call as its source has it.

    Raises:
        ArchiveError: The call is unknown.
    """
    row = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    if row is None:
        raise ArchiveError(f"{source}/{call_id}", "finns inte i arkivet")
    return decode_call(row[0])


def _update_columns(db: Database, call: Call, now: datetime) -> None:
    update_call(db, call.source, call.call_id, call_row(call, now))
    write_deadlines(db, call)
