"""Searching the archive with the names that the rules give programmes, and keeping its texts right."""

from __future__ import annotations

import logging
import time
import tomllib
from datetime import datetime

from monitor.archive import Archive
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import Filters, SearchResult, search
from monitor.config import Config
from monitor.language.analyser import analyser

logger = logging.getLogger(__name__)


def index_archive(archive: Archive) -> int:
    """Analyse and index what the archive has got since the last time; says how many calls. A shared one is its owner's to index."""
    if archive.shared:
        return 0
    begun = time.monotonic()
    number = index_texts(archive.db, analyser())
    if number:
        logger.info("texts_indexed calls=%d seconds=%.1f", number, time.monotonic() - begun)
    return number


def search_archive(
    config: Config,
    archive: Archive,
    query: str,
    now: datetime,
    *,
    kind: str = "",
    programme: str = "",
    department: str = "",
    status: str = "",
    limit: int = 20,
) -> SearchResult:
    """What a query finds; an archive that was never indexed is indexed first."""
    if not archive.db.execute("SELECT 1 FROM indexed LIMIT 1").fetchone():
        index_archive(archive)
    # Names of programmes are asked for as a choice or as "program:LIFE"; reading them takes longer than the search.
    programmes = programme_aliases(config) if programme or ":" in query else {}
    filters = Filters(kind=kind, programme=programme, department=department, status=status, programmes=programmes)
    return search(archive.db, query, now, filters, limit=limit)


def programme_aliases(config: Config) -> dict[str, frozenset[str]]:
    """What a programme's id, name, codes and prefixes stand for: all of them together, by each in small letters."""
    file = config.rules_dir / "programmes.toml"
    rows = tomllib.loads(file.read_text("utf-8")).get("programme", []) if file.is_file() else []
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        meant = frozenset((row["id"], *row.get("codes", ()), *row.get("prefixes", ())))
        for name in (*meant, row.get("name", "")):
            found[name.casefold()] = meant
    return found
