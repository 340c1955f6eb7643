"""Stories in the archive: which record stands under which, and what a person decided about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import require_call
from monitor.calls import CallKey

# A call that closed long ago tells nobody anything; its story stays as it is.
_REMEMBERED = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """A call with what joining asks of it; `deadlines` are (instant, zone) as stored, `place` and `links` as published."""

    source: str
    call_id: str
    identifier: str
    kind: str
    title: str
    url: str
    summary: str
    body: str
    programme: str
    published: str | None
    first_seen: str
    alive: bool
    leads: bool
    facts: int
    place: tuple[str, ...]
    links: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]


def story_rows(db: Database, now: datetime) -> list[StoryRow]:
    """Every call that may still be told, with what joining asks of it."""
    deadlines: dict[CallKey, list[tuple[str, str]]] = {}
    for source, call_id, at, zone in db.execute("SELECT source, call_id, at, zone FROM deadlines ORDER BY number").fetchall():
        deadlines.setdefault(CallKey(source, call_id), []).append((at, zone))
    rows = db.execute(
        "SELECT source, call_id, identifier, kind, title, url, summary, substr(body, 1, 8000), programme, published, first_seen,"
        " vanished_at IS NULL AND closed_at IS NULL,"
        " EXISTS (SELECT 1 FROM calls f WHERE f.story <> '' AND f.story = calls.source || '/' || calls.call_id),"
        " (identifier <> '') + (body <> '') + (conditions <> '') + (budget_total IS NOT NULL) + (budget_project IS NOT NULL)"
        " + (programme <> '') + (opens IS NOT NULL) + (last_deadline IS NOT NULL),"
        " json_extract(data, '$.place', '$.links') FROM calls"
        " WHERE (last_seen >= ? OR (vanished_at IS NULL AND closed_at IS NULL AND missed = 0)) ORDER BY source, call_id",
        [stamp(now - _REMEMBERED)],
    ).fetchall()
    lists = [json.loads(row[14]) for row in rows]
    return [
        StoryRow(
            source=row[0],
            call_id=row[1],
            identifier=row[2],
            kind=row[3],
            title=row[4],
            url=row[5],
            summary=row[6],
            body=row[7],
            programme=row[8],
            published=row[9],
            first_seen=row[10],
            alive=bool(row[11]),
            leads=bool(row[12]),
            facts=row[13],
            place=tuple(place or ()),
            links=tuple(str(link.get("url", "")) for link in links or ()),
            deadlines=tuple(deadlines.get(CallKey(row[0], row[1]), ())),
        )
        for row, (place, links) in zip(rows, lists, strict=True)
    ]


def story_decisions(db: Database, decision: str) -> list[tuple[CallKey, CallKey]]:
    """The pairs that a person decided to keep "apart" or "together"."""
    rows = db.execute(
        "SELECT source, call_id, other_source, other_call_id FROM story_decisions WHERE decision = ? ORDER BY at", [decision]
    ).fetchall()
    return [(CallKey(row[0], row[1]), CallKey(row[2], row[3])) for row in rows]


def write_stories(db: Database, under: Mapping[CallKey, CallKey], keys: list[CallKey]) -> int:
    """Put each of `keys` under its lead, or on its own when it has none; how many changed."""
    stories = {key: "/".join(under[key]) if key in under else "" for key in keys}
    with db.atomic():
        cursor = db.executemany(
            "UPDATE calls SET story = ? WHERE source = ? AND call_id = ? AND story <> ?",
            [[story, *key, story] for key, story in stories.items()],
        )
    return cursor.rowcount


def lead_title(db: Database, source: str, call_id: str) -> str:
    """Return the title of the call that leads the story which a call is part of; "" when it leads itself."""
    row = db.execute(
        "SELECT lead.title FROM calls c JOIN calls lead ON c.story = lead.source || '/' || lead.call_id"
        " WHERE c.source = ? AND c.call_id = ? AND c.story <> ''",
        [source, call_id],
    ).fetchone()
    return str(row[0]) if row else ""


def decide_story(db: Database, one: CallKey, other: CallKey, decision: str, who: str, now: datetime) -> None:
    """Note that a person parts ("apart") or joins ("together") two records; it holds from the next joining on, until decided otherwise.

    ArchiveError when one of them is not in the archive.
    """
    for key in (one, other):
        require_call(db, *key)
    first, second = sorted((one, other))
    with db.atomic():
        db.table("story_decisions").upsert(
            {
                "source": first[0],
                "call_id": first[1],
                "other_source": second[0],
                "other_call_id": second[1],
                "decision": decision,
                "who": who,
                "at": stamp(now),
            },
            pk=("source", "call_id", "other_source", "other_call_id"),
        )
