"""Stories: records of several publishers about the same call, joined after each reading."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.archive.stories import StoryRow, story_decisions, story_rows, write_stories
from monitor.calls import CallKey
from monitor.collect.feeds import entry_key
from monitor.collect.programmes import find_identifiers
from monitor.matching.stories import Record, join_records
from monitor.vocabulary import Kind

if TYPE_CHECKING:
    from monitor.archive.connection import Database


def join_stories(db: Database, now: datetime) -> int:
    """Join records that are one story and part the others, by people's decisions first; return the number of changed records."""
    rows = story_rows(db, now)
    records = [_record(row) for row in rows]
    under = join_records(records, apart=story_decisions(db, "apart"), together=story_decisions(db, "together"))
    return write_stories(db, under, [record.key for record in records])


def _record(row: StoryRow) -> Record:
    named = row.identifier or f"{row.title}\n{row.summary}\n{row.body}"
    names = {name.casefold() for name in find_identifiers(named)} | ({row.identifier.casefold()} if row.identifier else set())
    if not row.identifier:
        names |= {
            name.casefold() for link in row.links for name in find_identifiers(urlsplit(link).path.upper().replace("/", " "))
        }
    return Record(
        key=CallKey(row.source, row.call_id),
        title=row.title,
        kind=Kind(row.kind),
        url=entry_key("", row.url, ""),
        identifier=row.identifier,
        names=frozenset(names),
        links=frozenset(entry_key("", link, "") for link in row.links),
        days=frozenset(datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date() for at, zone in row.deadlines),
        published=datetime.fromisoformat(row.published).date() if row.published else None,
        place=frozenset(row.place),
        programme=row.programme,
        text=f"{row.summary}\n{row.body}",
        alive=row.alive,
        facts=row.facts,
        leads=row.leads,
        first_seen=row.first_seen,
    )
