"""Keeping of planned calls: work programmes are read, their calls joined to the rounds that come, judged, and told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from typing import Any

from monitor.archive import Archive
from monitor.archive.call_documents import read_pages
from monitor.archive.connection import Database
from monitor.archive.planned import list_programmes, store_programme
from monitor.archive.promises import departments_by_code
from monitor.awards.families import code_year
from monitor.awards.installation import load_seasons
from monitor.awards.planned import PlannedCall, list_planned, planned_name, save_planned, update_planned
from monitor.awards.wording import planned_line, planned_outcome
from monitor.config import Config
from monitor.documents.child import run_limited
from monitor.documents.model import DocumentPage, FileFormat, UnreadableDocumentError, place_words
from monitor.documents.planned_times import PlannedTime
from monitor.documents.programmes import ProgrammeEntry, programmes_version, read_programme
from monitor.jobs.seasons import departments_by_title
from monitor.matching.compiled import RuleSet

logger = logging.getLogger(__name__)


def keep_planned(config: Config, archive: Archive, rules: Callable[[], RuleSet], now: datetime) -> int:
    """Read new work programmes, join their calls to the rounds that came, and judge; return how many calls are new or changed.

    `rules` gives the rules of the installation, which are loaded when there is a planned call.
    """
    db, today = archive.db, now.astimezone(config.zone).date()
    known = list_planned(db)
    fresh = list(_planned_now(db, today))
    if not fresh and not known:
        return 0
    seasons = load_seasons(config, db)
    by_code, in_force = departments_by_code(db), rules()

    def departments(planned: PlannedCall) -> Collection[str]:
        codes = [one.code for family in planned.families for one in seasons.rounds(family)]
        found = set().union(*(by_code.get(code, ()) for code in codes))
        return found or departments_by_title(in_force, planned.identifier or planned.name, planned.title, planned.programme)

    changed, dropped = update_planned(fresh, known, seasons, departments, today)
    save_planned(db, changed, dropped)
    return len(changed)


def _planned_now(db: Database, today: date) -> Iterator[PlannedCall]:
    """Yield the calls that the work programmes plan now; those that have not been read by this code are read."""
    reader = programmes_version()
    for document in list_programmes(db, reader):
        digest, text = document["hash"], document["entries"]
        pages = {page["number"]: page["label"] for page in read_pages(db, digest)}
        if text is None:
            text = _read(db, digest)
            store_programme(db, digest, reader, text)
        for row in json.loads(text):
            place = place_words(FileFormat(document["format"]), row["page"], pages.get(row["page"], ""))
            yield _planned(row, digest, place, today)


def _read(db: Database, digest: str) -> str:
    """Return the calls that a document plans as JSON, read in a child process; none when it takes too long."""
    pages = tuple(DocumentPage(**page) for page in read_pages(db, digest))
    try:
        entries = run_limited(read_programme, pages)
    except UnreadableDocumentError as error:
        logger.warning("programme_unread document=%s reason=%s", digest, error)
        entries = ()
    return json.dumps([_entry_json(one) for one in entries], ensure_ascii=False)


def _entry_json(entry: ProgrammeEntry) -> dict[str, Any]:
    def days(time: PlannedTime | None) -> list[str] | None:
        return [time.first.isoformat(), time.last.isoformat()] if time else None

    return {
        "identifier": entry.identifier,
        "title": entry.title,
        "programme": entry.programme,
        "action": entry.action,
        "amount": entry.amount,
        "opens": days(entry.opens),
        "closes": days(entry.closes),
        "page": entry.page,
        "quote": entry.quote,
    }


def _planned(row: dict[str, Any], digest: str, place: str, today: date) -> PlannedCall:
    def days(name: str) -> tuple[date, date] | None:
        return (date.fromisoformat(row[name][0]), date.fromisoformat(row[name][1])) if row[name] else None

    opens, closes = days("opens"), days("closes")
    first = opens or closes or (today,)
    year = code_year(row["identifier"]) or first[0].year
    return PlannedCall(
        name=planned_name(row["identifier"], row["programme"], row["title"], year),
        identifier=row["identifier"],
        title=row["title"],
        programme=row["programme"],
        year=year,
        action=row["action"],
        amount=row["amount"],
        opens=opens,
        closes=closes,
        document=digest,
        page=row["page"],
        place=place,
        quote=row["quote"],
        made=today,
    )


def planned_json(one: PlannedCall, today: date | None = None) -> dict[str, Any]:
    """Return a planned call as a value for `season --json`."""
    return {
        "identifier": one.identifier,
        "title": one.title,
        "programme": one.programme,
        "action": one.action,
        "amount": one.amount,
        "opens": list(one.opens) if one.opens else None,
        "closes": list(one.closes) if one.closes else None,
        "document": one.document,
        "document_title": one.document_title,
        "version": one.version,
        "page": one.page,
        "place": one.place,
        "quote": one.quote,
        "departments": list(one.departments),
        "code": one.code,
        "opened": one.opened,
        "verdict": one.verdict.value if one.verdict else None,
        "line": planned_outcome(one) if one.code or one.verdict else planned_line(one, today=today),
    }
