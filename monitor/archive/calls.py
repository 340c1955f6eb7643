"""Calls as rows: written with their deadlines, versions and events, and apply_corrections by a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from monitor.archive.changes import CallChange
from monitor.archive.codec import call_row, deadline_rows, decode_call, overlay_call, pack, stamp
from monitor.archive.connection import Database
from monitor.calls import Call
from monitor.errors import ArchiveError


def insert_call(db: Database, row: Mapping[str, Any]) -> None:
    """Put a new call into `calls`; plain SQL, since thousands come at once."""
    db.execute(f"INSERT INTO calls ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def update_call(db: Database, source: str, call_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a call that is there."""
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE calls SET {columns} WHERE source = ? AND call_id = ?", [*values.values(), source, call_id])


def write_deadlines(db: Database, call: Call) -> None:
    """Let the rows of `deadlines` be those of the call, corrections included."""
    db.execute("DELETE FROM deadlines WHERE source = ? AND call_id = ?", [call.source, call.call_id])
    db.executemany(
        "INSERT INTO deadlines (source, call_id, number, at, precision, zone, stage, text)"
        " VALUES (:source, :call_id, :number, :at, :precision, :zone, :stage, :text)",
        deadline_rows(call),
    )


def add_version(db: Database, run_id: int, call: Call, data: str, digest: str, now: datetime) -> None:
    """Keep the call as read: `data` is its JSON text, `digest` the hash of that."""
    db.execute(
        "INSERT INTO versions (source, call_id, run, at, hash, data) VALUES (?, ?, ?, ?, ?, ?)",
        [call.source, call.call_id, run_id, stamp(now), digest, pack(data.encode())],
    )


def add_event(db: Database, run_id: int, key: tuple[str, str], event: CallChange, now: datetime, *, baseline: bool) -> None:
    """Note one change of the call under `key`."""
    db.execute(
        "INSERT INTO events (source, call_id, run, at, type, old, new, baseline) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*key, run_id, stamp(now), event.type.value, event.old, event.new, int(baseline)],
    )


def apply_corrections(db: Database, call: Call) -> Call:
    """The call with every field that a person has apply_corrections as the person left it."""
    rows = db.execute(
        "SELECT field, value FROM corrections WHERE source = ? AND call_id = ?", [call.source, call.call_id]
    ).fetchall()
    return overlay_call(call, {name: json.loads(value) for name, value in rows}) if rows else call


def list_corrected_keys(db: Database) -> set[tuple[str, str]]:
    """The calls of which a person has apply_corrections a field: for who reads many calls, of which few are."""
    return {(source, call_id) for source, call_id in db.execute("SELECT DISTINCT source, call_id FROM corrections")}


def load_call(db: Database, source: str, call_id: str) -> Call | None:
    """The call as last read, corrections laid over it; None when the archive does not have it."""
    row = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    return apply_corrections(db, decode_call(row[0])) if row else None


def correct_field(db: Database, source: str, call_id: str, field: str, value: Any, *, who: str, now: datetime) -> Call:
    """Store a person's correction of one field (a JSON value) and bring the call's columns in line.

    Raises ArchiveError when the call is unknown or the value does not fit the field.
    """
    read = _as_read(db, source, call_id)
    if field not in Call.__dataclass_fields__ or field in ("source", "call_id"):
        raise ArchiveError(f"{source}/{call_id}", f"{field!r} är inget fält som kan rättas")
    try:
        overlay_call(read, {field: value})
    except ValidationError as error:
        raise ArchiveError(
            f"{source}/{call_id}", f"{field}: {value!r} passar inte i fältet ({error.errors()[0]['msg']})"
        ) from error
    with db.atomic():
        db.table("corrections").upsert(
            {
                "source": source,
                "call_id": call_id,
                "field": field,
                "value": json.dumps(value, ensure_ascii=False),
                "who": who,
                "at": stamp(now),
            },
            pk=("source", "call_id", "field"),
        )
        call = apply_corrections(db, read)
        _bring_in_line(db, call, now)
    return call


def drop_correction(db: Database, source: str, call_id: str, field: str, *, now: datetime) -> None:
    """Let the source's own value of a field stand again, and bring the call's columns in line. ArchiveError for an unknown call."""
    read = _as_read(db, source, call_id)
    with db.atomic():
        db.execute("DELETE FROM corrections WHERE source = ? AND call_id = ? AND field = ?", [source, call_id, field])
        _bring_in_line(db, apply_corrections(db, read), now)


def _as_read(db: Database, source: str, call_id: str) -> Call:
    row = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    if row is None:
        raise ArchiveError(f"{source}/{call_id}", "finns inte i arkivet")
    return decode_call(row[0])


def _bring_in_line(db: Database, call: Call, now: datetime) -> None:
    update_call(db, call.source, call.call_id, call_row(call, now))
    write_deadlines(db, call)
