"""Matches: read the calls to be matched, store the matches of all calls at once, and list departments and themes of a call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.archive.calls import apply_corrections, list_corrected_keys
from monitor.archive.codec import decode_call, stamp
from monitor.archive.connection import Database
from monitor.calls import Call, CallKey

_COLUMNS = ("relevance", "fit", "level", "themes", "evidence", "fit_card", "rule_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMatch:
    """A match ready to be stored; `themes`, `evidence` and `fit_card` are what their JSON columns will hold."""

    source: str
    call_id: str
    department: str
    relevance: int
    fit: int
    level: str
    themes: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    fit_card: dict[str, Any]
    rule_version: str


def read_calls(db: Database) -> Iterator[Call]:
    """Every call of the archive as last read, corrections laid over it; of a story, its lead alone."""
    keys = db.execute("SELECT source, call_id FROM calls WHERE story = '' ORDER BY source, call_id").fetchall()
    touched = list_corrected_keys(db)
    for source, call_id in keys:
        row = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
        call = decode_call(row[0])
        yield apply_corrections(db, call) if (source, call_id) in touched else call


def store_matches(
    db: Database, rows: Iterable[NewMatch], rule_version: str, files: Mapping[str, str], now: datetime, *, program: str = ""
) -> int:
    """Put `rows` in place of every stored match, in one transaction. A match that stays keeps the moment it was first made.

    `program` is the program that found the rules sound.
    """
    with db.atomic():
        since = {
            tuple(row[:3]): row[3] for row in db.execute("SELECT source, call_id, department, matched_at FROM matches").fetchall()
        }
        db.execute("DELETE FROM matches")
        number = 0
        for row in rows:
            key = (row.source, row.call_id, row.department)
            values = [_stored(getattr(row, column)) for column in _COLUMNS]
            db.execute(
                f"INSERT INTO matches (source, call_id, department, {', '.join(_COLUMNS)}, matched_at)"
                f" VALUES ({', '.join('?' * (len(_COLUMNS) + 4))})",
                [*key, *values, since.get(key, stamp(now))],
            )
            number += 1
        db.execute(
            "INSERT INTO rule_versions (hash, first_used, files, program) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (hash) DO UPDATE SET files = excluded.files, program = excluded.program",
            [rule_version, stamp(now), json.dumps(dict(files), ensure_ascii=False), program],
        )
    return number


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def rule_files(db: Database, rule_version: str) -> dict[str, str] | None:
    """The texts of the rule files of a version that was once in force; None for an unknown one."""
    row = db.execute("SELECT files FROM rule_versions WHERE hash = ?", [rule_version]).fetchone()
    return json.loads(row[0]) if row else None


def last_rule_files(db: Database) -> dict[str, str] | None:
    """The texts of the rule files that matched last; None before the first match."""
    found = last_rule_version(db)
    return found[1] if found else None


def last_rule_version(db: Database) -> tuple[str, dict[str, str]] | None:
    """The version of the rules that matched last, and the texts of their files; None before the first match."""
    row = db.execute("SELECT rule_version FROM matches LIMIT 1").fetchone()
    row = row or db.execute("SELECT hash FROM rule_versions ORDER BY first_used DESC LIMIT 1").fetchone()
    files = rule_files(db, row[0]) if row else None
    return (row[0], files) if files is not None else None


def checked_files(db: Database, program: str) -> dict[str, str]:
    """The texts of the rule files that matched last, where this program checked them; else none."""
    found = last_rule_version(db)
    if found is None:
        return {}
    row = db.execute("SELECT program FROM rule_versions WHERE hash = ?", [found[0]]).fetchone()
    return found[1] if row[0] == program else {}


def vanished_at(db: Database, source: str, call_id: str) -> datetime | None:
    """When the call vanished from its source, or None."""
    row = db.execute("SELECT vanished_at FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    return datetime.fromisoformat(row[0]) if row and row[0] else None


def departments_of(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, list[str]]:
    """The departments that each call is matched with, the most relevant first."""
    if len(keys) > 500:
        wanted = set(keys)
        rows = db.execute("SELECT source, call_id, department FROM matches ORDER BY relevance DESC")
        found: dict[CallKey, list[str]] = {}
        for source, call_id, department in rows:
            if (source, call_id) in wanted:
                found.setdefault(CallKey(source, call_id), []).append(department)
        return found
    return {
        key: [
            row[0]
            for row in db.execute(
                "SELECT department FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC", list(key)
            )
        ]
        for key in keys
    }


def matched_keys(db: Database, department: str) -> set[CallKey]:
    """Every call that the rules in force send to a department."""
    return {
        CallKey(row[0], row[1]) for row in db.execute("SELECT source, call_id FROM matches WHERE department = ?", [department])
    }


def publisher_urls(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, str]:
    """Where each call lies at its publisher."""
    found = {}
    for key in keys:
        row = db.execute("SELECT url FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        found[key] = row[0] if row else ""
    return found


def calls_of_other_themes(db: Database, departments: Iterable[str], theme: str) -> dict[tuple[str, CallKey], bool]:
    """The calls that another theme sends to one of the departments already."""
    found: dict[tuple[str, CallKey], bool] = {}
    for department in departments:
        rows = db.execute(
            "SELECT source, call_id FROM matches WHERE department = ? AND EXISTS"
            " (SELECT 1 FROM json_each(themes) t WHERE t.value ->> 'id' <> ?)",
            [department, theme],
        )
        found.update({(department, CallKey(row[0], row[1])): True for row in rows})
    return found


def first_seen_days(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, str]:
    """The day on which each call was found."""
    found = {}
    for key in keys:
        row = db.execute("SELECT substr(first_seen, 1, 10) FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = row[0]
    return found
