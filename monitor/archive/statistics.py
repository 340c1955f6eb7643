"""Counts and lists of events between two times, for status, the weekly note, the demo and the follow-up. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from monitor.archive.codec import stamp
from monitor.archive.connection import Database, sql_values
from monitor.calls import CallKey
from monitor.vocabulary import ACCEPTED_RUNS, UNACCEPTED_RUNS


def count_calls(db: Database, now: datetime) -> dict[str, int]:
    """Return the number of current items by status at `now`, and as `total` the number of all calls in the archive."""
    counts = db.execute(
        "SELECT count(*), count(*) FILTER (WHERE status = 'open' AND passed IS NOT 1) AS open,"
        " count(*) FILTER (WHERE status = 'forthcoming' AND passed IS NOT 1) AS forthcoming"
        " FROM (SELECT status, last_deadline < ? AS passed FROM calls WHERE vanished_at IS NULL AND story = '')",
        [stamp(now)],
    )
    current, opened, forthcoming = counts.fetchone()
    total = db.execute("SELECT count(*) FROM calls").fetchone()[0]
    return {"open": opened, "forthcoming": forthcoming, "closed": current - opened - forthcoming, "total": total}


class SourceRow(TypedDict):
    """Source that has been read, with its health and the number of current items of its last run; times as stored."""

    id: str
    name: str
    state: str
    reason: str
    health: str
    health_text: str
    health_since: str | None
    last_run: str | None
    last_accepted: str | None
    current: int | None


def list_sources(db: Database) -> list[SourceRow]:
    """Return every source that has been read, with its health and its last run, by id."""
    return db.query_as(
        SourceRow,
        "SELECT s.id, s.name, s.state, s.reason, s.health, s.health_text, s.health_since, s.last_run, s.last_accepted,"
        " (SELECT current FROM runs r WHERE r.source = s.id ORDER BY id DESC LIMIT 1) AS current FROM sources s ORDER BY s.id",
    )


def count_states(db: Database, table: str) -> dict[str, int]:
    """Return the number of rows of `digests` or `outbox` in each state.

    Raises:
        ValueError: Another table is named.
    """
    if table not in ("digests", "outbox"):
        raise ValueError(f"{table!r} has no states")
    return dict(db.execute(f"SELECT state, count(*) FROM {table} GROUP BY state ORDER BY state").fetchall())


class RuleVersion(TypedDict, total=False):
    """Version of the rules and the time of its first use as stored; empty where there is none."""

    hash: str
    first_used: str


def matching_rule_version(db: Database) -> RuleVersion:
    """Return the rule version that matched last; empty before the first match."""
    rows = db.query_as(
        RuleVersion,
        "SELECT hash, first_used FROM rule_versions"
        " ORDER BY hash = (SELECT rule_version FROM matches LIMIT 1) DESC, first_used DESC LIMIT 1",
    )
    return rows[0] if rows else {}


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """Change of a call, with the call's present name. `old` and `new` are as stored in `events`."""

    type: str
    source: str
    call_id: str
    identifier: str
    title: str
    old: str
    new: str


def list_changes(db: Database, after: datetime, until: datetime) -> Iterator[RecordedChange]:
    """Yield every change after `after` and up to `until` in the order it was stored, without those of a source's baseline."""
    rows = db.query(
        "SELECT e.type, e.source, e.call_id, c.identifier, c.title, coalesce(e.old, '') AS old, coalesce(e.new, '') AS new "
        "FROM events e JOIN calls c ON c.source = e.source AND c.call_id = e.call_id "
        "WHERE e.baseline = 0 AND e.at > :after AND e.at <= :until ORDER BY e.id",
        {"after": stamp(after), "until": stamp(until)},
    )
    for row in rows:
        yield RecordedChange(**row)


def list_first_seen(db: Database, begin: str, end: str) -> Iterator[tuple[CallKey, str, str, str]]:
    """Yield key, identifier, programme and time of the first sight of every item of kind call first seen in a period.

    `begin` belongs to the period, `end` does not; times are as stored.
    """
    rows = db.execute(
        "SELECT source, call_id, identifier, programme, first_seen FROM calls"
        " WHERE kind = 'call' AND story = '' AND first_seen >= ? AND first_seen < ?",
        [begin, end],
    )
    for source, call_id, *facts in rows:
        yield CallKey(source, call_id), *facts


def list_first_told(db: Database, begin: str, end: str) -> list[tuple[str, CallKey, str]]:
    """Return department, call and time as stored of each first telling of a call to a department in the period.

    A call of which the department was told before the period is left out, however often it was reminded of it since.
    """
    rows = db.execute(
        "SELECT i.department, i.source, i.call_id, min(i.told) FROM digest_items i"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id WHERE c.kind = 'call' AND i.told < ?"
        " GROUP BY i.department, i.source, i.call_id HAVING min(i.told) >= ?",
        [end, begin],
    ).fetchall()
    return [(row[0], CallKey(row[1], row[2]), row[3]) for row in rows]


def read_call_codes(db: Database, keys: set[CallKey]) -> dict[CallKey, tuple[str, str]]:
    """Return identifier and programme of each call; unknown calls are left out."""
    codes = {}
    for key in keys:
        row = db.execute("SELECT identifier, programme FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            codes[key] = (row[0], row[1])
    return codes


def read_matched_themes(db: Database) -> Iterator[tuple[str, CallKey, list[dict[str, Any]]]]:
    """Yield department, call and themes of every match."""
    parsed: dict[str, list[dict[str, Any]]] = {}
    for department, source, call_id, text in db.execute("SELECT department, source, call_id, themes FROM matches"):
        themes = parsed.get(text)
        if themes is None:
            themes = parsed[text] = json.loads(text)
        yield department, CallKey(source, call_id), themes


class SourceTrouble(TypedDict):
    """Source in trouble, with the trouble as a Swedish text."""

    id: str
    name: str
    text: str


def list_new_troubles(db: Database, since: datetime) -> list[SourceTrouble]:
    """Return id, name and text of the sources whose trouble began after a time, by id."""
    return db.query_as(
        SourceTrouble,
        "SELECT id, name, health_text AS text FROM sources WHERE health <> '' AND health_since > ? ORDER BY id",
        [stamp(since)],
    )


def list_recovered_sources(db: Database, since: datetime) -> list[str]:
    """Return the names of the healthy sources with an accepted run after a time whose run before was not accepted."""
    rows = db.execute(
        "SELECT DISTINCT s.name FROM runs r JOIN sources s ON s.id = r.source"
        f" WHERE r.finished > ? AND r.state IN {sql_values(ACCEPTED_RUNS)}"
        f" AND s.health = '' AND s.state IN {sql_values(ACCEPTED_RUNS)}"
        " AND (SELECT p.state FROM runs p WHERE p.source = r.source AND p.id < r.id ORDER BY p.id DESC LIMIT 1)"
        f" IN {sql_values(UNACCEPTED_RUNS)} ORDER BY s.name",
        [stamp(since)],
    )
    return [row[0] for row in rows]


def count_unread_answers(db: Database) -> dict[str, int]:
    """Return the number of answers of each kind that the coordinator has not read."""
    return dict(db.execute("SELECT answer, count(*) FROM feedback WHERE handled_at IS NULL GROUP BY answer").fetchall())


def list_new_programmes(db: Database, since: datetime) -> list[tuple[str, str, str]]:
    """Return the programmes that no call had before a time, each with title and identifier of one of its calls."""
    rows = db.execute(
        "SELECT programme, min(title), identifier FROM calls WHERE programme <> '' GROUP BY programme"
        " HAVING min(first_seen) > ? ORDER BY programme",
        [stamp(since)],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_call_titles(db: Database, begin: datetime | None, end: datetime) -> list[str]:
    """Return the titles of calls first seen from `begin`, None for the first, until before `end`."""
    rows = db.execute(
        "SELECT title FROM calls WHERE kind = 'call' AND first_seen >= ? AND first_seen < ?",
        [stamp(begin) if begin else "", stamp(end)],
    )
    return [row[0] for row in rows]
