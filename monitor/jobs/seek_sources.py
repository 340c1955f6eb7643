"""Nightly job: sources that give nothing any more are looked for on their sites; a person takes what was found."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from monitor.archive import Archive
from monitor.archive.codec import stamp
from monitor.archive.findings import RowFinding, store_finding
from monitor.jobs.check_sources import is_list_alone, is_same_row
from monitor.jobs.find_sources import SiteSearch
from monitor.jobs.health import lost_sources
from monitor.jobs.members import open_installation
from monitor.jobs.reading_process import ReadingProcess

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.sources import Source

_MAX_A_NIGHT = 3
_SECONDS = 90.0
_MAX_TITLES = 3


def seek_sources(config: Config, now: datetime) -> list[RowFinding]:
    """Look once for another row of each lost source, at most three a night, and store what was found; nothing is changed.

    Can run once per process: Twisted's reactor starts once.
    """
    with open_installation(config) as archive:
        lost = lost_sources(config, archive.db, now)[:_MAX_A_NIGHT]
    if not lost:
        return []
    found: list[RowFinding] = []
    readings = ReadingProcess(config, now)
    for source in lost:
        SiteSearch(readings, source.url, _SECONDS, partial(_note, found, source, now)).begin()
    readings.run()
    with open_installation(config) as archive:
        _store(archive, found)
    return found


def _store(archive: Archive, found: list[RowFinding]) -> None:
    with archive.db.atomic():
        for finding in found:
            store_finding(archive.db, finding)


def _note(found: list[RowFinding], source: Source, now: datetime, search: SiteSearch) -> None:
    rows = [row for row in search.outcome()["rows"] if row["items"] and _may_replace(row, source)]
    if not rows:
        found.append(RowFinding(source.id, stamp(now), source.url))
        return
    found.append(RowFinding(source.id, stamp(now), source.url, _keys(rows[0]["row"], source), _sample(rows[0])))


def _may_replace(found: dict[str, Any], source: Source) -> bool:
    """Return whether a found row may take the place of a source: it reads something else, and no list as a doubtful article."""
    row = found["row"]
    return not is_same_row(row, source) and (found["sure"] or not is_list_alone(row, source))


def _keys(row: dict[str, Any], source: Source) -> dict[str, Any]:
    keys = {"kind": row["kind"], "url": row["url"], "links": row.get("links", "")}
    browser = row.get("browser", False)
    return keys if browser == source.browser else {**keys, "browser": browser}


def _sample(found: dict[str, Any]) -> dict[str, Any]:
    titles = [item["title"] for item in found["check"]["items"][:_MAX_TITLES]]
    return {name: found[name] for name in ("items", "ahead", "newest", "sure", "doubts", "way")} | {"titles": titles}
