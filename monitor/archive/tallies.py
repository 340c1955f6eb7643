"""Rows for the follow-up: what was found, told and taken further between two moments, with what it was about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.archive.database import Database

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A call that was first seen in the period."""

    key: Key
    identifier: str
    programme: str
    month: str


def found_calls(db: Database, begin: str, end: str) -> Iterator[Found]:
    """Every call, and nothing but calls, first seen from `begin` until before `end` (moments as stored)."""
    rows = db.execute(
        "SELECT source, call_id, identifier, programme, substr(first_seen, 1, 7) FROM calls"
        " WHERE kind = 'call' AND story = '' AND first_seen >= ? AND first_seen < ?",
        [begin, end],
    )
    for source, call_id, identifier, programme, month in rows:
        yield Found((source, call_id), identifier, programme, month)


def told_calls(db: Database, begin: str, end: str) -> list[tuple[str, Key, str]]:
    """Department, call and month of the first telling in the period."""
    rows = db.execute(
        "SELECT i.department, i.source, i.call_id, substr(min(i.told), 1, 7) FROM digest_items i"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id WHERE c.kind = 'call' AND i.told >= ? AND i.told < ?"
        " GROUP BY i.department, i.source, i.call_id",
        [begin, end],
    ).fetchall()
    return [(row[0], (row[1], row[2]), row[3]) for row in rows]


def states_reached(db: Database, begin: str, end: str) -> list[tuple[str, Key, str]]:
    """Department, call and every state it reached in the period, each once."""
    rows = db.execute(
        "SELECT DISTINCT department, source, call_id, state FROM followup WHERE at >= ? AND at < ?", [begin, end]
    ).fetchall()
    return [(row[0], (row[1], row[2]), row[3]) for row in rows]


def call_codes(db: Database, keys: set[Key]) -> dict[Key, tuple[str, str]]:
    """Identifier and programme of calls."""
    found = {}
    for key in keys:
        row = db.execute("SELECT identifier, programme FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = (row[0], row[1])
    return found


def matched_themes(db: Database) -> Iterator[tuple[str, Key, list[dict[str, Any]]]]:
    """Department, call and themes of every match."""
    parsed: dict[str, list[dict[str, Any]]] = {}
    for department, source, call_id, text in db.execute("SELECT department, source, call_id, themes FROM matches"):
        themes = parsed.get(text)
        if themes is None:
            themes = parsed[text] = json.loads(text)
        yield department, (source, call_id), themes
