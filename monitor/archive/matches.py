"""Matches: the calls to be matched, the stored matches, the rule versions that made them, and departments and themes of calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic_core import to_json

from monitor.archive.calls import CALL_STATE, apply_corrections, list_corrected_keys
from monitor.archive.codec import decode_call, stamp
from monitor.archive.connection import Database
from monitor.archive.readings import decode_reading, reader_version
from monitor.archive.unmatched import NewUnmatched, replace_unmatched
from monitor.calls import ZONES, Call, CallKey
from monitor.language.call_reading import CallReading

_COLUMNS = ("relevance", "fit", "level", "themes", "evidence", "fit_card", "rule_version")
_MAX_SINGLE_QUERIES = 500
"""Number of calls above which all matches are read at once instead of one query per call."""

_CHUNK = 200
"""Calls that one statement reads: enough that its cost does not count, few enough to be held in memory."""
_ANALYSED = (
    f"SELECT c.source, c.call_id, c.data, i.id IS NOT NULL, r.reading, {', '.join(f't.{zone}' for zone in ZONES)}"
    " FROM json_each(?) wanted"
    " CROSS JOIN calls c ON c.source = json_extract(wanted.value, '$[0]') AND c.call_id = json_extract(wanted.value, '$[1]')"
    f" LEFT JOIN indexed i ON i.source = c.source AND i.call_id = c.call_id AND i.hash = {CALL_STATE}"
    " LEFT JOIN texts t ON t.id = i.id"
    " LEFT JOIN readings r ON r.source = c.source AND r.call_id = c.call_id AND r.reader = ?"
    f" AND r.state = {CALL_STATE}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMatch:
    """Match to be stored; `themes`, `evidence` and `fit_card` are stored as JSON."""

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
    """Yield every call as last read with corrections applied, in the order of their keys; of a story, its lead alone."""
    return (call for call, _, _ in read_analysed_calls(db))


def read_analysed_calls(db: Database) -> Iterator[tuple[Call, dict[str, str] | None, CallReading | None]]:
    """Yield every call as `read_calls` does, with the lemma texts of its zones and its reading.

    Either is None for a call that was not analysed, or has changed since. No statement stays open between two calls.
    """
    keys = db.execute("SELECT source, call_id FROM calls WHERE story = '' ORDER BY source, call_id").fetchall()
    corrected = list_corrected_keys(db)
    for first in range(0, len(keys), _CHUNK):
        rows = db.execute(_ANALYSED, [json.dumps(keys[first : first + _CHUNK]), reader_version()]).fetchall()
        rows.sort(key=itemgetter(0, 1))  # sorting in SQL would copy the texts
        for source, call_id, data, is_indexed, reading, *texts in rows:
            call = decode_call(data)
            yield (
                apply_corrections(db, call) if (source, call_id) in corrected else call,
                dict(zip(ZONES, texts, strict=True)) if is_indexed else None,
                decode_reading(reading) if reading is not None else None,
            )


def store_matches(
    db: Database,
    rows: Iterable[NewMatch],
    rule_version: str,
    files: Mapping[str, str],
    now: datetime,
    *,
    program: str = "",
    unmatched: Iterable[NewUnmatched] = (),
) -> int:
    """Replace all stored matches by `rows`, in one transaction, and return their number. Kept matches keep their first time.

    `files` are the texts of the rule files by path, `rule_version` their hash, `program` the version of the program that
    checked them, `unmatched` the calls to apply for without a match.
    """
    with db.atomic():
        since = {
            tuple(row[:3]): row[3] for row in db.execute("SELECT source, call_id, department, matched_at FROM matches").fetchall()
        }
        db.execute("DELETE FROM matches")
        replace_unmatched(db, unmatched)
        number = 0
        for row in rows:
            key = (row.source, row.call_id, row.department)
            values = [_column_value(getattr(row, column)) for column in _COLUMNS]
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


def shadow_matches(db: Database, department: str, rows: Iterable[NewMatch], less: Iterable[CallKey], now: datetime) -> None:
    """Let this connection alone see a department's matches with some more and some less; the file stays as it is.

    A temporary table hides the one of its name (https://www.sqlite.org/lang_naming.html). It has this department's rows only.
    """
    present = db.execute("SELECT * FROM matches WHERE department = ?", [department]).fetchall()
    names = [column[1] for column in db.execute("PRAGMA table_info(matches)")]
    db.execute("DROP VIEW IF EXISTS temp.matches")
    db.execute(f"CREATE TEMP TABLE matches ({', '.join(names)}, PRIMARY KEY (source, call_id, department))")
    for values in present:
        db.execute(f"INSERT INTO temp.matches VALUES ({', '.join('?' * len(names))})", list(values))
    for key in less:
        db.execute("DELETE FROM temp.matches WHERE source = ? AND call_id = ?", list(key))
    for row in rows:
        own = [_column_value(getattr(row, column)) for column in _COLUMNS]
        db.execute(
            f"INSERT OR REPLACE INTO temp.matches (source, call_id, department, {', '.join(_COLUMNS)}, matched_at)"
            f" VALUES ({', '.join('?' * (len(_COLUMNS) + 4))})",
            [row.source, row.call_id, department, *own, stamp(now)],
        )


def _column_value(value: Any) -> Any:
    return to_json(value).decode() if isinstance(value, list | dict) else value


def rule_files(db: Database, rule_version: str) -> dict[str, str] | None:
    """Return the texts of the rule files of a version by path; None for an unknown version."""
    row = db.execute("SELECT files FROM rule_versions WHERE hash = ?", [rule_version]).fetchone()
    return json.loads(row[0]) if row else None


def last_rule_files(db: Database) -> dict[str, str] | None:
    """Return the texts of the rule files that matched last by path; None before the first match."""
    last = last_rule_version(db)
    return last[1] if last else None


def last_rule_version(db: Database) -> tuple[str, dict[str, str]] | None:
    """Return the version of the rules that matched last and the texts of their files; None before the first match."""
    row = db.execute("SELECT rule_version FROM matches LIMIT 1").fetchone()
    row = row or db.execute("SELECT hash FROM rule_versions ORDER BY first_used DESC LIMIT 1").fetchone()
    files = rule_files(db, row[0]) if row else None
    return (row[0], files) if files is not None else None


def checked_files(db: Database, program: str) -> dict[str, str]:
    """Return the texts of the rule files that matched last, if this version of the program checked them; else none."""
    last = last_rule_version(db)
    if last is None:
        return {}
    row = db.execute("SELECT program FROM rule_versions WHERE hash = ?", [last[0]]).fetchone()
    return last[1] if row[0] == program else {}


def vanished_at(db: Database, source: str, call_id: str) -> datetime | None:
    """Return when the call vanished from its source; None for a call that has not, or an unknown one."""
    row = db.execute("SELECT vanished_at FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()
    return datetime.fromisoformat(row[0]) if row and row[0] else None


def themes_of(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, list[str]]:
    """Return the ids of the themes that each call is matched by, those of the most relevant department first, each once."""
    if len(keys) > _MAX_SINGLE_QUERIES:
        wanted = set(keys)
        rows = db.execute("SELECT source, call_id, themes FROM matches ORDER BY relevance DESC").fetchall()
        matched = [(CallKey(source, call_id), text) for source, call_id, text in rows if (source, call_id) in wanted]
    else:
        matched = [
            (key, row[0])
            for key in keys
            for row in db.execute(
                "SELECT themes FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC", list(key)
            )
        ]
    themes: dict[CallKey, dict[str, None]] = {}
    for key, text in matched:
        themes.setdefault(key, {}).update(dict.fromkeys(theme["id"] for theme in json.loads(text)))
    return {key: list(found) for key, found in themes.items()}


def departments_of(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, list[str]]:
    """Return the departments that each call is matched with, the most relevant first."""
    if len(keys) > _MAX_SINGLE_QUERIES:
        wanted = set(keys)
        rows = db.execute("SELECT source, call_id, department FROM matches ORDER BY relevance DESC")
        departments: dict[CallKey, list[str]] = {}
        for source, call_id, department in rows:
            if (source, call_id) in wanted:
                departments.setdefault(CallKey(source, call_id), []).append(department)
        return departments
    return {
        key: [
            row[0]
            for row in db.execute(
                "SELECT department FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC", list(key)
            )
        ]
        for key in keys
    }


def theme_titles_of(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, list[str]]:
    """Return the titles of the themes by which each call is matched, those of the most relevant match first."""
    found = {}
    for key in keys:
        rows = db.execute("SELECT themes FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC", list(key))
        titles = [theme["title"] for (themes,) in rows for theme in json.loads(themes)]
        if titles:
            found[key] = list(dict.fromkeys(titles))
    return found


def matched_answers(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, tuple[str, bool]]:
    """Return the answer to whether a municipality may apply, and whether it is a guess, of those calls that are matched."""
    answers = {}
    for key in keys:
        row = db.execute("SELECT fit_card FROM matches WHERE source = ? AND call_id = ? LIMIT 1", list(key)).fetchone()
        if row:
            card = json.loads(row[0])
            answers[key] = (card.get("municipality", ""), card.get("guessed", False))
    return answers


class DecisiveWord(NamedTuple):
    """Word that gave a match most of its points."""

    theme: str
    """Id of the theme."""
    signal: str
    """Id of the signal."""
    found: str
    """The word as the call has it."""


def decisive_words(db: Database, matches: Iterable[tuple[str, CallKey]]) -> dict[tuple[str, CallKey], DecisiveWord]:
    """Return the decisive word of each match of a department and a call; matches that are no more are left out."""
    words = {}
    for department, key in matches:
        row = db.execute(
            "SELECT evidence FROM matches WHERE department = ? AND source = ? AND call_id = ?", [department, *key]
        ).fetchone()
        hits = [item for item in json.loads(row[0]) if item["points"] > 0 and not item.get("generic")] if row else []
        if hits:
            best = max(hits, key=lambda item: float(item["points"]))
            words[department, key] = DecisiveWord(best["theme"], best["signal"], best["found"])
    return words


def matched_keys(db: Database, department: str) -> set[CallKey]:
    """Return the keys of every call that is matched with a department."""
    return {
        CallKey(row[0], row[1]) for row in db.execute("SELECT source, call_id FROM matches WHERE department = ?", [department])
    }


def publisher_urls(db: Database, keys: Sequence[CallKey]) -> dict[CallKey, str]:
    """Return the address of each call at its publisher; "" for an unknown call."""
    urls = {}
    for key in keys:
        row = db.execute("SELECT url FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        urls[key] = row[0] if row else ""
    return urls


def calls_of_other_themes(db: Database, departments: Iterable[str], themes: Iterable[str]) -> set[tuple[str, CallKey]]:
    """Return (department, call) of each match of these departments by a theme that is not one of `themes`."""
    edited = json.dumps(list(themes))
    pairs: set[tuple[str, CallKey]] = set()
    for department in departments:
        rows = db.execute(
            "SELECT source, call_id FROM matches WHERE department = ? AND EXISTS"
            " (SELECT 1 FROM json_each(themes) t WHERE t.value ->> 'id' NOT IN (SELECT value FROM json_each(?)))",
            [department, edited],
        )
        pairs.update((department, CallKey(row[0], row[1])) for row in rows)
    return pairs


@dataclass(frozen=True, slots=True)
class StoredTheme:
    """Theme that sends a call to a department, as it was matched last."""

    department: str
    id: str
    points: float
    words: frozenset[tuple[str, str]]
    """(signal, term) of each hit that speaks for the theme; generic terms are left out."""


def list_stored_themes(db: Database, key: CallKey) -> list[StoredTheme]:
    """Return the themes that send a call to each department."""
    found = []
    rows = db.execute("SELECT department, themes, evidence FROM matches WHERE source = ? AND call_id = ?", list(key))
    for department, themes, evidence in rows:
        hits = [hit for hit in json.loads(evidence) if hit["points"] > 0 and not hit["generic"]]
        for theme in json.loads(themes):
            words = frozenset((hit["signal"], hit["word"]) for hit in hits if hit["theme"] == theme["id"])
            found.append(StoredTheme(department, theme["id"], theme["points"], words))
    return found


def first_seen_days(db: Database, keys: Iterable[CallKey]) -> dict[CallKey, str]:
    """Return the day (ISO 8601, UTC) on which each call was first seen; unknown calls are left out."""
    days = {}
    for key in keys:
        row = db.execute("SELECT substr(first_seen, 1, 10) FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            days[key] = row[0]
    return days
