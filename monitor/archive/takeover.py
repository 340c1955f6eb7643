"""Take-over of another archive without loss: what an archive gives out since a cursor, and how a reader stores it as it is.

A page is NDJSON (https://github.com/ndjson/ndjson-spec): a head, a line for each call that changed, and a signed end. A cursor is
opaque to the reader. It has the archive's epoch, which a restored back-up changes, the number of the last change
(`call_changes`), and the numbers of the last version and event, so that only newer ones are sent.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zlib import decompress

from monitor.archive.calls import apply_corrections, insert_call, load_call, update_call, write_deadlines
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, pack
from monitor.archive.connection import Database
from monitor.calls import Call, CallKey
from monitor.vocabulary import ChangeType

FORMAT = "eu-bevakning-arkiv"
VERSION = 1
PAGE_CALLS, PAGE_BYTES = 200, 4_000_000
"""Calls and bytes after which a page ends."""
_CURSOR = re.compile(r"([0-9a-f]{16})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})")
_STATE = ("first_seen", "last_changed", "vanished_at", "closed_at", "status")
"""Columns of `calls` that the reader takes as they are."""


class Cursor(NamedTuple):
    """Position in the changes of an archive."""

    epoch: str
    change: int
    version: int
    event: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.change}.{self.version}.{self.event}"


@dataclass(frozen=True, slots=True)
class TakenPage:
    """Page of another archive's changes, its signature and completeness proven."""

    since: str
    """Cursor from which the page begins; "" for the beginning of the archive."""
    until: str
    """Cursor from which the next one begins."""
    more: bool
    lines: tuple[dict[str, Any], ...]


def parse_cursor(text: str) -> Cursor | None:
    """Return the cursor of a text; None for any other text."""
    parts = _CURSOR.fullmatch(text)
    return Cursor(parts[1], int(parts[2]), int(parts[3]), int(parts[4])) if parts else None


def present_cursor(db: Database) -> Cursor:
    """Return the cursor after the archive's last change."""
    (epoch,) = db.execute("SELECT epoch FROM takeover_epoch").fetchone()
    return Cursor(epoch, *(_last(db, *place) for place in (("change", "call_changes"), ("id", "versions"), ("id", "events"))))


def _last(db: Database, column: str, table: str) -> int:
    return int(db.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0])


def renew_epoch(db: Database) -> None:
    """Make all cursors invalid, after the archive was put back to an earlier state: readers begin from the beginning."""
    with db.atomic():
        db.execute("UPDATE takeover_epoch SET epoch = lower(hex(randomblob(8)))")


def write_page(db: Database, asked: str) -> tuple[list[str], str, str, bool]:
    """Return the lines of the calls changed since a cursor, with the page's own cursors and whether more follow.

    A cursor of another epoch, or none, begins from the beginning.

    Returns:
        The lines; the cursor from which they begin, "" for the beginning; the cursor of the next page; whether there is more.
    """
    now, given = present_cursor(db), parse_cursor(asked)
    since = given if given is not None and given.epoch == now.epoch and given.change <= now.change else None
    start = since or Cursor(now.epoch, 0, 0, 0)
    rows = db.execute(
        "SELECT change, source, call_id FROM call_changes WHERE change > ? AND change <= ? ORDER BY change LIMIT ?",
        [start.change, now.change, PAGE_CALLS],
    ).fetchall()
    lines, size, last = [], 0, start.change
    for change, source, call_id in rows:
        lines.append(_line(db, CallKey(source, call_id), start))
        size, last = size + len(lines[-1]), change
        if size > PAGE_BYTES:
            break
    more = bool(rows) and last < now.change
    # Versions and events before the cursor are sent until the last page: a call of a later page has its own.
    until = start._replace(change=last) if more else now
    return lines, str(since) if since else "", str(until), more


def _line(db: Database, key: CallKey, start: Cursor) -> str:
    call = load_call(db, *key)
    assert call is not None  # a change has a foreign key to its call
    state = next(db.query(f"SELECT {', '.join(_STATE)} FROM calls WHERE source = ? AND call_id = ?", key))
    versions = db.execute(
        "SELECT at, data FROM versions WHERE source = ? AND call_id = ? AND id > ? ORDER BY id", [*key, start.version]
    )
    events = db.query(
        # The other archive finds by itself which documents are about one matter, under its own keys.
        "SELECT at, type, old, new FROM events WHERE source = ? AND call_id = ? AND id > ?"
        f" AND type <> '{ChangeType.DOSSIER_MOVED}' ORDER BY id",
        [*key, start.event],
    )
    document = {
        "key": f"{key.source}/{key.call_id}",
        **state,
        "call": json.loads(encode_call(replace(call, corrected=()))),
        "versions": [{"at": at, "call": json.loads(decompress(data))} for at, data in versions],
        "events": list(events),
    }
    return json.dumps(document, ensure_ascii=False)


def taken_cursor(db: Database, source: str) -> str:
    """Return the cursor up to which a source of kind `archive` has been taken over; "" before the first page."""
    row = db.execute("SELECT cursor FROM taken_archives WHERE source = ?", [source]).fetchone()
    return str(row[0]) if row else ""


def take_over(db: Database, run_id: int, source: str, page: TakenPage, now: datetime, *, baseline: bool) -> dict[str, int]:
    """Store a page of another archive and the cursor after it; return the numbers of new, changed and unchanged calls.

    The caller holds the transaction: rows and cursor are stored together or not at all. A page that was stored before changes
    nothing. A person's corrections of this archive stay in force over what is taken.

    Raises:
        ValueError: A line is no call, or the page does not follow the last one.
    """
    if page.since not in ("", taken_cursor(db, source)):
        raise ValueError("the page does not follow the last one that was taken over")
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for line in page.lines:
        counts[_take(db, run_id, source, line, now, baseline=baseline)] += 1
    db.execute(
        "INSERT INTO taken_archives (source, cursor) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor",
        [source, page.until],
    )
    return counts


def _take(db: Database, run_id: int, source: str, line: dict[str, Any], now: datetime, *, baseline: bool) -> str:
    key = CallKey(source, str(line["key"]))
    call = _as_ours(line["call"], key)
    effective, data = apply_corrections(db, call), encode_call(call)
    state = {name: line[name] for name in _STATE}
    row = call_row(effective, now)
    if effective == call:
        row["status"] = state["status"]
    if state["closed_at"]:
        row |= {"status": "closed", "next_deadline": None}
    # The hash of the line marks a call that is not written anew while it stays the same: `runs._LAST_SEEN`.
    mark = hashlib.sha256(json.dumps([state, data]).encode()).hexdigest()[:32]
    values = {
        **row,
        **{name: state[name] for name in ("first_seen", "last_changed", "vanished_at", "closed_at")},
        "last_seen": state["last_changed"],
        "missed": 0,
        "data": data,
        "hash": call_hash(data),
        "raw_hash": mark,
    }
    stored = db.execute("SELECT raw_hash FROM calls WHERE source = ? AND call_id = ?", key).fetchone()
    if stored is None:
        insert_call(db, {**values, "baseline": int(baseline)})
    elif stored[0] != mark:
        update_call(db, *key, values)
    write_deadlines(db, effective)
    for at, version in _versions(line, key):
        _add_once(db, "versions", {"source": source, "call_id": key.call_id, "at": at, "hash": call_hash(version)}, {
            "run": run_id, "data": pack(version.encode()),
        })  # fmt: skip
    for event in line["events"]:
        named = {"source": source, "call_id": key.call_id, **{name: event[name] for name in ("at", "type", "old", "new")}}
        _add_once(db, "events", named, {"run": run_id, "baseline": int(baseline)})
    return "new" if stored is None else "unchanged" if stored[0] == mark else "changed"


def _versions(line: dict[str, Any], key: CallKey) -> Iterator[tuple[str, str]]:
    for version in line["versions"]:
        yield str(version["at"]), encode_call(_as_ours(version["call"], key))


def _as_ours(values: dict[str, Any], key: CallKey) -> Call:
    """Return another archive's call under its key here; every other field as it is."""
    return replace(decode_call(json.dumps(values)), source=key.source, call_id=key.call_id, corrected=())


def _add_once(db: Database, table: str, named: dict[str, Any], rest: dict[str, Any]) -> None:
    """Insert a row unless there is one with the same values of `named`."""
    where = " AND ".join(f"{name} IS :{name}" for name in named)
    values = named | rest
    db.execute(
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(f':{name}' for name in values)}"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {where})",
        values,
    )
