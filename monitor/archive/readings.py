"""Stored readings: what the text of each call says of who may apply and on which terms, read once and not at every match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from monitor.archive.calls import CALL_STATE, apply_corrections
from monitor.archive.codec import decode_call
from monitor.archive.connection import Database
from monitor.calls import Call, CallKey
from monitor.language import call_reading
from monitor.language.call_reading import CallReading, read_call
from monitor.program import code_version

_BATCH_CALLS = 200
"""Most readings that one transaction writes; other writers can write between two."""


@lru_cache(maxsize=1)
def reader_version() -> str:
    """Return the version of the code and word lists that read a call; readings by another version are made again."""
    return code_version(Path(call_reading.__file__))


def store_readings(db: Database) -> int:
    """Read the calls that are new, have changed, or were read by another version, and return how many were read.

    It may be killed and repeated. No call is read inside a transaction, so that other writers need not wait.
    """
    number = 0
    batch: list[tuple[CallKey, str, str]] = []
    for state, call in _pending_calls(db):
        batch.append((call.key, state, encode_reading(read_call(call))))
        if len(batch) == _BATCH_CALLS:
            number += _write_batch(db, batch)
            batch.clear()
    number += _write_batch(db, batch)
    db.execute(
        "DELETE FROM readings WHERE NOT EXISTS"
        " (SELECT 1 FROM calls c WHERE c.source = readings.source AND c.call_id = readings.call_id)"
    )
    return number


def stored_reading(db: Database, source: str, call_id: str) -> CallReading | None:
    """Return the reading of a call; None for a call that is not read, has changed since, or was read by another version."""
    row = db.execute(
        "SELECT r.reading FROM readings r JOIN calls c ON c.source = r.source AND c.call_id = r.call_id"
        f" WHERE r.source = ? AND r.call_id = ? AND r.state = {CALL_STATE} AND r.reader = ?",
        [source, call_id, reader_version()],
    ).fetchone()
    return decode_reading(row[0]) if row else None


def encode_reading(reading: CallReading) -> str:
    """Return a reading as JSON text; what the text does not say is left out."""
    return _readings().dump_json(reading, exclude_defaults=True).decode()


def decode_reading(data: str) -> CallReading:
    """Return the reading from its JSON text."""
    return _readings().validate_json(data)


@lru_cache(maxsize=1)
def _readings() -> TypeAdapter[CallReading]:
    return TypeAdapter(CallReading)


def _pending_calls(db: Database) -> Iterator[tuple[str, Call]]:
    """Yield (state, call) of each call without a reading that holds."""
    keys = db.execute(
        f"SELECT c.source, c.call_id, {CALL_STATE} FROM calls c"
        " LEFT JOIN readings r ON r.source = c.source AND r.call_id = c.call_id"
        f" WHERE r.state IS NULL OR r.state <> {CALL_STATE} OR r.reader <> ?",
        [reader_version()],
    ).fetchall()
    for source, call_id, state in keys:
        data = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()[0]
        yield state, apply_corrections(db, decode_call(data))


def _write_batch(db: Database, batch: Sequence[tuple[CallKey, str, str]]) -> int:
    """Write readings in one transaction. Calls that changed since they were read are pending again."""
    with db.atomic():
        db.executemany(
            "INSERT OR REPLACE INTO readings (source, call_id, state, reader, reading) VALUES (?, ?, ?, ?, ?)",
            [(*key, state, reader_version(), reading) for key, state, reading in batch],
        )
    return len(batch)
