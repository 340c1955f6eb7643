"""Finding a call by what a person has at hand, and reading back all that the archive knows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from monitor.archive.database import Database
from monitor.errors import ArchiveError

Key = tuple[str, str]


def find_calls(db: Database, text: str) -> list[Key]:
    """The keys of the calls that `text` names: `source/call_id`, a call_id, an identifier without regard to case, or an address.

    Empty for none. Several when an identifier is shared, living ones first.
    """
    for where, values in _ways(text.strip()):
        rows = db.execute(
            f"SELECT source, call_id FROM calls WHERE {where} ORDER BY status = 'closed', story <> '', first_seen DESC", values
        ).fetchall()
        if rows:
            return [(source, call_id) for source, call_id in rows]
    return []


def find_call(db: Database, text: str) -> Key:
    """The one call that `text` names. Raises ArchiveError when there is none, or when several living ones share the name."""
    keys = find_calls(db, text)
    if not keys:
        raise ArchiveError(text, "finns inte i arkivet. Sök med: monitor search")
    return keys[0] if len(keys) == 1 else _foremost(db, text, keys)


def demand_call(db: Database, source: str, call_id: str) -> None:
    """Raises ArchiveError for a call that is not in the archive."""
    if not db.execute("SELECT 1 FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone():
        raise ArchiveError(f"{source}/{call_id}", "finns inte i arkivet")


def _foremost(db: Database, text: str, keys: list[Key]) -> Key:
    """Of several with one name: the call before news of it, and the lead of a story before its other records."""
    rows = [db.execute("SELECT story, kind FROM calls WHERE source = ? AND call_id = ?", key).fetchone() for key in keys]
    leads = [key for key, (story, _) in zip(keys, rows, strict=True) if not story]
    calls = [key for key, (story, kind) in zip(keys, rows, strict=True) if not story and kind == "call"]
    for narrowed in (leads, calls):
        if len(narrowed) == 1:
            return narrowed[0]
    several = ", ".join("/".join(key) for key in keys)
    raise ArchiveError(text, f"är flera utlysningar: {several}. Ange en av dem")


def _ways(text: str) -> Iterator[tuple[str, list[str]]]:
    source, _, call_id = text.partition("/")
    yield "source = ? AND call_id = ?", [source, call_id]
    yield "call_id = ?", [text]
    yield "identifier = ? COLLATE NOCASE", [text]
    yield "url = ?", [text]


def call_facts(db: Database, key: Key) -> dict[str, Any]:
    """All that the archive knows of a call, as one document: the call, deadlines, versions, events, matches and who was told."""
    row = _rows(db, "SELECT * FROM calls WHERE source = ? AND call_id = ?", key)[0]
    if row["raw_hash"] and not (row["missed"] or row["vanished_at"] or row["closed_at"]):
        # A row that is as it was is not written: its call was seen when its source was.
        seen = db.execute("SELECT last_accepted FROM sources WHERE id = ?", [row["source"]]).fetchone()
        row["last_seen"] = max(row["last_seen"], seen[0] or "") if seen else row["last_seen"]
    del row["data"], row["hash"], row["raw_hash"]
    return {
        **row,
        "deadlines": _rows(
            db, "SELECT at, precision, zone, stage, text FROM deadlines WHERE source = ? AND call_id = ? ORDER BY number", key
        ),
        "versions": _rows(db, "SELECT id, at, run FROM versions WHERE source = ? AND call_id = ? ORDER BY id", key),
        "events": _rows(db, "SELECT at, type, old, new FROM events WHERE source = ? AND call_id = ? ORDER BY id", key),
        "matches": [
            {**match, "themes": json.loads(match["themes"])}
            for match in _rows(
                db,
                "SELECT department, level, relevance, fit, themes, rule_version FROM matches WHERE source = ? AND call_id = ? ORDER BY relevance DESC",
                key,
            )
        ],
        "told": _rows(
            db,
            "SELECT department, digest, section, fact, told AS at FROM digest_items WHERE source = ? AND call_id = ? ORDER BY told, department",
            key,
        ),
        "corrections": _rows(db, "SELECT field, value, who, at FROM corrections WHERE source = ? AND call_id = ?", key),
        "stories": _rows(
            db,
            "SELECT source, call_id, title, url FROM calls WHERE story <> '' AND story = ?"
            " UNION ALL SELECT source, call_id, title, url FROM calls WHERE source = ? AND call_id = ?",
            ("/".join(key), row["story"].partition("/")[0], row["story"].partition("/")[2]),
        ),
    }


def _rows(db: Database, sql: str, values: Any) -> list[dict[str, Any]]:
    return list(db.query(sql, list(values)))
