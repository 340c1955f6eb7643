"""Stories: records of the same call joined under the one that leads, and a person's decisions to part or join two records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import require_call
from monitor.calls import CallKey

# The story of a call that closed long ago is no longer changed: nobody is told of it.
_LAST_SEEN_WITHIN = timedelta(days=400)


def led_by(row: str, lead: str) -> str:
    """Return the SQL condition that `row`, an alias of `calls`, belongs to the story of `lead`, an alias with a call's key."""
    return f"{row}.story = {lead}.source || '/' || {lead}.call_id AND {row}.story <> ''"


def leads_story(call: str) -> str:
    """Return the SQL condition that `call`, an alias of `calls`, leads a story with other records."""
    return f"EXISTS (SELECT 1 FROM calls part WHERE {led_by('part', call)})"


STORY_KEY = f"CASE WHEN c.story = '' AND {leads_story('c')} THEN c.source || '/' || c.call_id ELSE c.story END"
"""SQL of the key `source/call_id` of the lead of the story that `calls c` is part of, the lead included; '' without a story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """Call with the facts by which `monitor.matching.stories` joins records."""

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
    """True for a call that has neither closed nor vanished."""
    leads: bool
    """True for a call that leads a story now."""
    facts: int
    """Number of facts that the record states, of identifier, texts, amounts, programme and dates."""
    place: tuple[str, ...]
    """Areas as published."""
    links: tuple[str, ...]
    """Addresses of the links as published."""
    deadlines: tuple[tuple[str, str], ...]
    """(instant, zone) as stored, in the order of the source."""


def story_rows(db: Database, now: datetime) -> list[StoryRow]:
    """Return every call that may still be told, in the order of their keys."""
    deadlines: dict[CallKey, list[tuple[str, str]]] = {}
    for source, call_id, at, zone in db.execute("SELECT source, call_id, at, zone FROM deadlines ORDER BY number").fetchall():
        deadlines.setdefault(CallKey(source, call_id), []).append((at, zone))
    rows = db.execute(
        "SELECT source, call_id, identifier, kind, title, url, summary, substr(body, 1, 8000), programme, published, first_seen,"
        " vanished_at IS NULL AND closed_at IS NULL,"
        f" {leads_story('calls')},"
        " (identifier <> '') + (body <> '') + (conditions <> '') + (budget_total IS NOT NULL) + (budget_project IS NOT NULL)"
        " + (programme <> '') + (opens IS NOT NULL) + (last_deadline IS NOT NULL),"
        " json_extract(data, '$.place', '$.links') FROM calls"
        " WHERE (last_seen >= ? OR (vanished_at IS NULL AND closed_at IS NULL AND missed = 0)) ORDER BY source, call_id",
        [stamp(now - _LAST_SEEN_WITHIN)],
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
    """Return the pairs that a person decided to keep "apart" or "together", the earliest decision first."""
    rows = db.execute(
        "SELECT source, call_id, other_source, other_call_id FROM story_decisions WHERE decision = ? ORDER BY at", [decision]
    ).fetchall()
    return [(CallKey(row[0], row[1]), CallKey(row[2], row[3])) for row in rows]


def write_stories(db: Database, under: Mapping[CallKey, CallKey], keys: list[CallKey]) -> int:
    """Store the lead of each of `keys`, none where `under` has none; return how many calls changed."""
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
        f"SELECT lead.title FROM calls c JOIN calls lead ON {led_by('c', 'lead')} WHERE c.source = ? AND c.call_id = ?",
        [source, call_id],
    ).fetchone()
    return str(row[0]) if row else ""


def decide_story(db: Database, call: CallKey, other: CallKey, decision: str, who: str, now: datetime) -> None:
    """Store that a person parts ("apart") or joins ("together") two records; it counts from the next joining on.

    Raises:
        ArchiveError: One of the calls is not in the archive.
    """
    for key in (call, other):
        require_call(db, *key)
    first, second = sorted((call, other))
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
