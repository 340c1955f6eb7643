"""Items that were read and left out as nothing for this house: kept with the reason, listed, and taken back by a person.

A person's decision stands above the program's: `taken_back` keeps an item as a call whatever later readings make of it, `put_back`
keeps it out. Where neither is set the program's own judgement stands, and an item that becomes a call by itself leaves the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.archive.calls import add_event, add_version, apply_corrections, insert_call, update_call, write_deadlines
from monitor.archive.changes import CallChange
from monitor.archive.codec import call_hash, call_row, decode_call, encode_call, stamp
from monitor.archive.connection import Database
from monitor.calls import Call
from monitor.errors import ArchiveError
from monitor.vocabulary import ChangeType

MAX_UNDECIDED_ROWS = 500
"""Number of undecided rows kept per source; rows seen longest ago are removed first."""

BY_HAND = "lämnad utanför för hand"
"""The reason of an item that the program itself would have passed on."""

_COLUMNS = "source, call_id, url, title, reason, first_seen, last_seen, taken_back, put_back"


@dataclass(frozen=True, slots=True)
class LeftOutItem:
    """An item that one reading left out: the reason in Swedish, and the item as the call that it would be."""

    reason: str
    call: Call


@dataclass(frozen=True, slots=True)
class LeftOutDecision:
    """A person's decision about an item: to `keep` it as a call, or to leave it out; `item` is the item as last read."""

    keep: bool
    item: Call


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One row of the table without its data; moments as stored. `taken_back` and `put_back` are None where nobody decided so."""

    source: str
    call_id: str
    url: str
    title: str
    reason: str
    first_seen: str
    last_seen: str
    taken_back: str | None
    put_back: str | None


def list_left_out(db: Database, source: str = "") -> list[LeftOut]:
    """Return what was left out, of one source or of all, the newest first; items that a person took back are among them."""
    where, values = ("WHERE source = ?", [source]) if source else ("", [])
    rows = db.execute(f"SELECT {_COLUMNS} FROM left_out {where} ORDER BY first_seen DESC, source, call_id", values)
    return [LeftOut(*row) for row in rows]


def find_left_out(db: Database, text: str, source: str = "") -> list[LeftOut]:
    """Return the rows that `text` names: `source/call_id`, a key, or an address; of one source where it is given."""
    named, _, key = text.partition("/")
    return [
        row for row in list_left_out(db, source) if text in (row.call_id, row.url) or (row.source, row.call_id) == (named, key)
    ]


def read_decisions(db: Database, source: str) -> dict[str, LeftOutDecision]:
    """Return what people decided of the source's items, by key."""
    rows = db.execute(
        "SELECT call_id, put_back, data FROM left_out WHERE source = ? AND (taken_back IS NOT NULL OR put_back IS NOT NULL)",
        [source],
    ).fetchall()
    return {key: LeftOutDecision(not put_back, decode_call(data)) for key, put_back, data in rows}


def apply_decisions(
    decisions: Mapping[str, LeftOutDecision], calls: Mapping[str, Call], left_out: Mapping[str, LeftOutItem]
) -> tuple[dict[str, Call], dict[str, LeftOutItem]]:
    """Return what a reading of one source gave, calls and items left out by key, with people's decisions carried out."""
    passed, aside = dict(calls), {key: item for key, item in left_out.items() if key not in calls}
    for key, decision in decisions.items():
        if not decision.keep and key in passed:
            aside[key] = LeftOutItem(BY_HAND, passed.pop(key))
        elif decision.keep and key in aside:
            passed[key] = aside.pop(key).call
        elif decision.keep and key in passed:
            passed[key] = _kept(passed[key], decision.item)
    return passed, aside


def store_left_out(db: Database, source: str, calls: Mapping[str, Call], aside: Mapping[str, LeftOutItem], now: datetime) -> None:
    """Write what a reading left out, after `apply_decisions`. The caller holds the transaction.

    An item that the archive has as a call is not written, unless a person left it out: what has been passed on stays a call.
    """
    moment = stamp(now)
    known = dict(db.execute("SELECT call_id, coalesce(taken_back, put_back) FROM left_out WHERE source = ?", [source]))
    stored = {row[0] for row in db.execute("SELECT call_id FROM calls WHERE source = ?", [source])} if aside else set()
    for key in known.keys() & calls.keys():
        if known[key] is None:
            db.execute("DELETE FROM left_out WHERE source = ? AND call_id = ?", [source, key])
        else:
            db.execute(
                "UPDATE left_out SET last_seen = ?, data = ? WHERE source = ? AND call_id = ?",
                [moment, encode_call(calls[key]), source, key],
            )
    for key, item in aside.items():
        if key in known or key not in stored:
            _write(db, source, key, item, moment)
    db.execute(
        "DELETE FROM left_out WHERE source = ? AND taken_back IS NULL AND put_back IS NULL AND call_id NOT IN (SELECT call_id FROM left_out"
        " WHERE source = ? AND taken_back IS NULL AND put_back IS NULL ORDER BY last_seen DESC, first_seen DESC, call_id LIMIT ?)",
        [source, source, MAX_UNDECIDED_ROWS],
    )


def take_back(db: Database, source: str, call_id: str, now: datetime) -> Call:
    """Make an item that was left out a call at once, and keep it one. Returns the call.

    Its event is "new", or "revived" when the archive had it as a call before. Raises ArchiveError when it was not left out.
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
        _make_call(db, call, row[0], now)
    return call


def put_back(db: Database, source: str, call_id: str, now: datetime) -> Call:
    """Leave a call out by hand: an item that was taken back is again what the program judged it to be. Returns the item.

    The call is marked as vanished and kept. Raises ArchiveError when the archive has neither a call nor an item of that key.
    """
    moment = stamp(now)
    key = (source, call_id)
    with db.atomic():
        row = db.execute("SELECT data, reason FROM left_out WHERE source = ? AND call_id = ?", key).fetchone()
        if row is None:
            row = db.execute("SELECT data, '' FROM calls WHERE source = ? AND call_id = ?", key).fetchone()
            if row is None:
                raise ArchiveError("/".join(key), "finns inte i arkivet")
            _write(db, source, call_id, LeftOutItem(BY_HAND, decode_call(row[0])), moment)
        # An undone decision leaves the program free to judge; what it would pass on itself stays out by decision only.
        by_hand = row[1] in ("", BY_HAND)
        db.execute(
            "UPDATE left_out SET taken_back = NULL, put_back = ? WHERE source = ? AND call_id = ?",
            [moment if by_hand else None, source, call_id],
        )
        alive = db.execute("SELECT 1 FROM calls WHERE source = ? AND call_id = ? AND vanished_at IS NULL", key).fetchone()
        if alive:
            update_call(db, *key, {"vanished_at": moment})
            add_event(db, _last_run(db, source), key, CallChange(ChangeType.VANISHED, None, moment), now, baseline=False)
    return decode_call(row[0])


def _write(db: Database, source: str, key: str, item: LeftOutItem, moment: str) -> None:
    db.execute(
        "INSERT INTO left_out (source, call_id, url, title, reason, data, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source, call_id) DO UPDATE SET url = excluded.url, title = excluded.title, reason = excluded.reason,"
        " data = excluded.data, last_seen = excluded.last_seen",
        [source, key, item.call.url, item.call.title, item.reason, encode_call(item.call), moment, moment],
    )


def _kept(read: Call, before: Call) -> Call:
    """The item as a person wants it, where a reading makes it something else: what only calls have stays as it was read before."""
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


def _make_call(db: Database, call: Call, data: str, now: datetime) -> None:
    key = call.key
    run = _last_run(db, call.source)
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


def _last_run(db: Database, source: str) -> int:
    """The newest run of the source, to which what a person changes is counted; every row of the archive comes from one."""
    return int(db.execute("SELECT max(id) FROM runs WHERE source = ?", [source]).fetchone()[0])
