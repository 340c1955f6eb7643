"""What the rule lab asks of the archive besides calls: other themes that reach them, when they were found, the last mails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlite_utils import Database

from monitor.archive.codec import decode_call
from monitor.archive.corrections import corrected
from monitor.archive.texts import match_expression
from monitor.calls import ZONES, Call
from monitor.language.terms import parse_term

Key = tuple[str, str]


def touched_calls(db: Database, words: Iterable[str]) -> Iterator[tuple[Call, dict[str, str]]]:
    """Every call in which at least one of the words stands, with its lemma texts."""
    asked = " OR ".join(match_expression(parse_term(word)) for word in sorted(words))
    if not asked:
        return
    touched = {tuple(row) for row in db.execute("SELECT DISTINCT source, call_id FROM corrections")}
    rows = db.execute(
        f"SELECT c.source, c.call_id, c.data, {', '.join(f't.{zone}' for zone in ZONES)} FROM search"
        " JOIN texts t ON t.id = search.rowid JOIN calls c ON c.source = t.source AND c.call_id = t.call_id WHERE search MATCH ?",
        [asked],
    )
    for source, call_id, data, *texts in rows:
        call = decode_call(data)
        yield corrected(db, call) if (source, call_id) in touched else call, dict(zip(ZONES, texts, strict=True))


def other_themes(db: Database, departments: Iterable[str], theme: str) -> dict[tuple[str, Key], bool]:
    """The calls that another theme sends to one of the departments already."""
    found: dict[tuple[str, Key], bool] = {}
    for department in departments:
        rows = db.execute(
            "SELECT source, call_id FROM matches WHERE department = ? AND EXISTS"
            " (SELECT 1 FROM json_each(themes) t WHERE t.value ->> 'id' <> ?)",
            [department, theme],
        )
        found.update({(department, (row[0], row[1])): True for row in rows})
    return found


def first_seen_days(db: Database, keys: Iterable[Key]) -> dict[Key, str]:
    """The day on which each call was found."""
    found = {}
    for key in keys:
        row = db.execute("SELECT substr(first_seen, 1, 10) FROM calls WHERE source = ? AND call_id = ?", list(key)).fetchone()
        if row:
            found[key] = row[0]
    return found


def digest_days(db: Database, department: str, limit: int) -> list[dict[str, Any]]:
    """The department's last mails with the keys of what they told, the newest first."""
    digests = list(
        db.query(
            "SELECT id, week, created, items FROM digests WHERE department = ? AND kind IN ('weekly', 'welcome', 'quiet')"
            " ORDER BY created DESC LIMIT ?",
            [department, limit],
        )
    )
    for digest in digests:
        rows = db.execute("SELECT DISTINCT source, call_id FROM digest_items WHERE digest = ?", [digest["id"]])
        digest["keys"] = {(row[0], row[1]) for row in rows}
    return digests
