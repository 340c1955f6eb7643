"""Search of the archive with the names that the rules give programmes, and indexing of its texts."""

from __future__ import annotations

import logging
import time
import tomllib
from dataclasses import replace
from datetime import datetime

from monitor.archive import Archive
from monitor.archive.readings import store_readings
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import Filters, SearchResult, search
from monitor.config import Config
from monitor.language.analyser import analyser

logger = logging.getLogger(__name__)


def index_archive(archive: Archive) -> int:
    """Analyse, index and read the calls that are new or changed since the last time, and return the number of indexed calls.

    A shared archive is left alone: the installation that reads the sources indexes it.
    """
    if archive.shared:
        return 0
    begun = time.monotonic()
    number = index_texts(archive.db, analyser())
    if number:
        logger.info("texts_indexed calls=%d seconds=%.1f", number, time.monotonic() - begun)
    begun = time.monotonic()
    if read := store_readings(archive.db):
        logger.info("calls_read calls=%d seconds=%.1f", read, time.monotonic() - begun)
    return number


def search_archive(
    config: Config, archive: Archive, query: str, now: datetime, filters: Filters | None = None, *, limit: int = 20
) -> SearchResult:
    """Return the calls that a query finds, within the filters, `limit` at most; an archive never indexed is indexed first."""
    filters = filters or Filters()
    if not archive.db.execute("SELECT 1 FROM indexed LIMIT 1").fetchone():
        index_archive(archive)
    # A programme is named in the filters or as "program:LIFE"; reading the names takes longer than the search.
    if filters.programme or ":" in query:
        filters = replace(filters, programmes=programme_aliases(config))
    return search(archive.db, query, now, filters, limit=limit)


def programme_aliases(config: Config) -> dict[str, frozenset[str]]:
    """Return the id, codes and prefixes of each programme of the rules, by each of its names in small letters."""
    file = config.rules_dir / "programmes.toml"
    rows = tomllib.loads(file.read_text("utf-8")).get("programme", []) if file.is_file() else []
    aliases: dict[str, frozenset[str]] = {}
    for row in rows:
        identifiers = frozenset((row["id"], *row.get("codes", ()), *row.get("prefixes", ())))
        for name in (*identifiers, row.get("name", "")):
            aliases[name.casefold()] = identifiers
    return aliases
