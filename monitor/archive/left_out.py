"""Items that a reading left out as not relevant: stored with the reason, listed, and made calls by a person.

A person's decision overrides the program's: `taken_back` keeps an item as a call whatever later readings make of it, `put_back`
keeps it out. Where neither is set the program decides, and an item that becomes a call by itself is deleted from the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.archive.calls import add_event, add_version, apply_corrections, insert_call, newest_run, update_call, write_deadlines
from monitor.archive.changes import CallChange
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, stamp
from monitor.archive.connection import Database
from monitor.calls import Call, CallKey
from monitor.errors import ArchiveError
from monitor.vocabulary import ChangeType

MAX_UNDECIDED_ROWS = 500
"""Rows without a person's decision that are kept per source; the rows seen longest ago are deleted first."""

BY_HAND = "lämnad utanför för hand"
"""Reason of an item that only a person left out."""

IS_LEFT_OUT = "EXISTS (SELECT 1 FROM left_out o WHERE o.source = c.source AND o.call_id = c.call_id AND o.taken_back IS NULL)"
"""SQL: the call `c` is left out, by a person or, after a person took it back and left it again, by the program."""

_COLUMNS = "source, call_id, url, title, reason, first_seen, last_seen, taken_back, put_back"


@dataclass(frozen=True, slots=True)
class LeftOutItem:
    """Item that a reading left out: the reason in Swedish, and the item as the call that it would be."""

    reason: str
    call: Call


@dataclass(frozen=True, slots=True)
class LeftOutDecision:
    """Decision of a person about an item."""

    keep: bool
    """True to keep the item as a call, False to leave it out."""
    item: Call
    """Item as last read."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Row of the table `left_out` without its data; times as stored."""

    source: str
    call_id: str
    url: str
    title: str
    reason: str
    first_seen: str
    last_seen: str
    taken_back: str | None
    """Time at which a person made the item a call, or None."""
    put_back: str | None
    """Time at which a person left the item out, or None."""

    @property
    def key(self) -> CallKey:
        """Return the key that the item has, or would have, as a call."""
        return CallKey(self.source, self.call_id)


def list_left_out(db: Database, source: str = "") -> list[LeftOut]:
    """Return the items left out by one source, "" for all, newest first; items that a person took back are included."""
    where, values = ("WHERE source = ?", [source]) if source else ("", [])
    rows = db.execute(f"SELECT {_COLUMNS} FROM left_out {where} ORDER BY first_seen DESC, source, call_id", values)
    return [LeftOut(*row) for row in rows]


def is_left_out(db: Database, key: CallKey) -> bool:
    """Return True for a call that a person left out."""
    row = db.execute(f"SELECT {IS_LEFT_OUT} FROM calls c WHERE c.source = ? AND c.call_id = ?", key).fetchone()
    return bool(row and row[0])


def find_left_out(db: Database, text: str, source: str = "") -> list[LeftOut]:
    """Return the rows that `text` names by `source/call_id`, call_id or address; of one source where it is given."""
    named, _, key = text.partition("/")
    return [
        row for row in list_left_out(db, source) if text in (row.call_id, row.url) or (row.source, row.call_id) == (named, key)
    ]


def read_decisions(db: Database, source: str) -> dict[str, LeftOutDecision]:
    """Return people's decisions about the source's items, by call_id."""
    rows = db.execute(
        "SELECT call_id, put_back, data FROM left_out WHERE source = ? AND (taken_back IS NOT NULL OR put_back IS NOT NULL)",
        [source],
    ).fetchall()
    return {key: LeftOutDecision(not put_back, decode_call(data)) for key, put_back, data in rows}


def apply_decisions(
    decisions: Mapping[str, LeftOutDecision], calls: Mapping[str, Call], left_out: Mapping[str, LeftOutItem]
) -> tuple[dict[str, Call], dict[str, LeftOutItem]]:
    """Return the calls and the left-out items of one reading of a source, by call_id, with people's decisions applied."""
    kept_calls = dict(calls)
    items = {call_id: item for call_id, item in left_out.items() if call_id not in calls}
    for call_id, decision in decisions.items():
        if not decision.keep and call_id in kept_calls:
            items[call_id] = LeftOutItem(BY_HAND, kept_calls.pop(call_id))
        elif decision.keep and call_id in items:
            kept_calls[call_id] = items.pop(call_id).call
        elif decision.keep and call_id in kept_calls:
            kept_calls[call_id] = _with_call_fields(kept_calls[call_id], decision.item)
    return kept_calls, items


def store_left_out(db: Database, source: str, calls: Mapping[str, Call], items: Mapping[str, LeftOutItem], now: datetime) -> None:
    """Store the items that a reading left out, after `apply_decisions`. The caller holds the transaction.

    An item that the archive has as a call is not stored, unless a person left it out: a stored call stays a call.
    """
    moment = stamp(now)
    decided = dict(db.execute("SELECT call_id, coalesce(taken_back, put_back) FROM left_out WHERE source = ?", [source]))
    stored = {row[0] for row in db.execute("SELECT call_id FROM calls WHERE source = ?", [source])} if items else set()
    for call_id in decided.keys() & calls.keys():
        if decided[call_id] is None:
            db.execute("DELETE FROM left_out WHERE source = ? AND call_id = ?", [source, call_id])
        else:
            db.execute(
                "UPDATE left_out SET last_seen = ?, data = ? WHERE source = ? AND call_id = ?",
                [moment, encode_call(calls[call_id]), source, call_id],
            )
    for call_id, item in items.items():
        if call_id in decided or call_id not in stored:
            _write_item(db, CallKey(source, call_id), item, moment)
    db.execute(
        "DELETE FROM left_out WHERE source = ? AND taken_back IS NULL AND put_back IS NULL"
        " AND call_id NOT IN (SELECT call_id FROM left_out WHERE source = ? AND taken_back IS NULL AND put_back IS NULL"
        " ORDER BY last_seen DESC, first_seen DESC, call_id LIMIT ?)",
        [source, source, MAX_UNDECIDED_ROWS],
    )


def take_back(db: Database, source: str, call_id: str, now: datetime) -> Call:
    """Make a left-out item a call, in spite of later readings, and return the call.

    Its change is "new", or "revived" when the archive had it as a call before.

    Raises:
        ArchiveError: No such item was left out.
    """
    with db.atomic():
        row = db.execute("SELECT data FROM left_out WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
        if row is None:
            raise ArchiveError(f"{source}/{call_id}", "finns inte bland det som lämnats utanför")
        call = decode_call(row[0])
        db.execute(
            "UPDATE left_out SET taken_back = coalesce(taken_back, ?), put_back = NULL WHERE source = ? AND call_id = ?",
            [stamp(now), source, call_id],
        )
        _store_as_call(db, call, row[0], now)
    return call


def put_back(db: Database, source: str, call_id: str, now: datetime) -> Call:
    """Leave a call out and return it. For an item that was taken back, the program's own decision counts again.

    The call is marked as vanished and kept.

    Raises:
        ArchiveError: The archive has neither a call nor an item with that key.
    """
    moment = stamp(now)
    key = CallKey(source, call_id)
    with db.atomic():
        row = db.execute("SELECT data, reason FROM left_out WHERE source = ? AND call_id = ?", key).fetchone()
        if row is None:
            row = db.execute("SELECT data, '' FROM calls WHERE source = ? AND call_id = ?", key).fetchone()
            if row is None:
                raise ArchiveError("/".join(key), "finns inte i arkivet")
            _write_item(db, key, LeftOutItem(BY_HAND, decode_call(row[0])), moment)
        # Taking back a decision lets the program decide; an item that the program would keep stays out by decision only.
        by_hand = row[1] in ("", BY_HAND)
        db.execute(
            "UPDATE left_out SET taken_back = NULL, put_back = ? WHERE source = ? AND call_id = ?",
            [moment if by_hand else None, source, call_id],
        )
        is_current = db.execute("SELECT 1 FROM calls WHERE source = ? AND call_id = ? AND vanished_at IS NULL", key).fetchone()
        if is_current:
            update_call(db, *key, {"vanished_at": moment})
            add_event(db, newest_run(db, source), key, CallChange(ChangeType.VANISHED, None, moment), now, baseline=False)
    return decode_call(row[0])


def _write_item(db: Database, key: CallKey, item: LeftOutItem, moment: str) -> None:
    db.execute(
        "INSERT INTO left_out (source, call_id, url, title, reason, data, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source, call_id) DO UPDATE SET url = excluded.url, title = excluded.title, reason = excluded.reason,"
        " data = excluded.data, last_seen = excluded.last_seen",
        [*key, item.call.url, item.call.title, item.reason, encode_call(item.call), moment, moment],
    )


def _with_call_fields(read: Call, before: Call) -> Call:
    """Return the item with the kind and the call-only fields of its earlier reading, where a later one gives another kind."""
    if read.kind is before.kind:
        return read
    return replace(
        read,
        kind=before.kind,
        deadlines=before.deadlines,
        deadline_model=before.deadline_model,
        opens=before.opens,
        budget=before.budget,
    )


def _store_as_call(db: Database, call: Call, data: str, now: datetime) -> None:
    key = call.key
    run = newest_run(db, call.source)
    row = db.execute("SELECT coalesce(closed_at, vanished_at) FROM calls WHERE source = ? AND call_id = ?", key).fetchone()
    if row is not None and row[0] is None:
        return
    effective = apply_corrections(db, call)
    digest = call_hash(data)
    values = {**call_row(effective, now), "last_seen": stamp(now), "missed": 0, "vanished_at": None, "closed_at": None}
    values |= {"data": data, "hash": digest, "raw_hash": "", "last_changed": stamp(now)}
    if row is None:
        insert_call(db, {**values, "first_seen": stamp(now), "baseline": 0})
        event = CallChange(ChangeType.NEW, None, call.title)
    else:
        update_call(db, *key, values)
        event = CallChange(ChangeType.REVIVED, row[0], None)
    write_deadlines(db, effective)
    add_version(db, run, call, data, digest, now)
    add_event(db, run, key, event, now, baseline=False)
