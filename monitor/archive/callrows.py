"""The rows of one call as a run writes them: its own, its deadlines, its version, its events. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.archive.changes import Event
from monitor.archive.codec import deadline_rows, pack, stamp
from monitor.archive.database import Database
from monitor.calls import Call


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


def add_event(db: Database, run_id: int, key: tuple[str, str], event: Event, now: datetime, *, baseline: bool) -> None:
    """Note one change of the call under `key`."""
    db.execute(
        "INSERT INTO events (source, call_id, run, at, type, old, new, baseline) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*key, run_id, stamp(now), event.type.value, event.old, event.new, int(baseline)],
    )
