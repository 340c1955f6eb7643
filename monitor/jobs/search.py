"""Search of the archive with the names that the rules give programmes, and indexing of its texts."""

from __future__ import annotations

import hashlib
import json
import logging
import time
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor.archive import Archive
from monitor.archive.readings import store_readings
from monitor.archive.search.index import index_texts
from monitor.archive.search.query import Filters, SearchResult, search
from monitor.config import Config
from monitor.errors import describe_os_error
from monitor.files import write_atomically
from monitor.language.analyser import analyser
from monitor.language.concepts import Concept, Concepts
from monitor.language.widening import Names, SearchVocabulary, list_names
from monitor.paths import CONCEPTS, RULES

logger = logging.getLogger(__name__)


def index_archive(archive: Archive) -> int:
    """Analyse, index and read the calls that are new or changed since the last time, and return the number of indexed calls.

    A shared archive and a copy are left alone: the installation that reads the sources indexes them.
    """
    if archive.shared or archive.is_copy:
        return 0
    begun = time.monotonic()
    number = index_texts(archive.db, analyser())
    if number:
        logger.info("texts_indexed calls=%d seconds=%.1f", number, time.monotonic() - begun)
    begun = time.monotonic()
    if read := store_readings(archive.db):
        logger.info("calls_read calls=%d seconds=%.1f", read, time.monotonic() - begun)
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """Search as a person asks for it."""

    query: str
    filters: Filters = field(default_factory=Filters)
    exact: bool = False
    """True for the typed words alone, without synonyms and translations, names and corrections."""
    limit: int = 20


def search_archive(config: Config, archive: Archive, request: SearchRequest, now: datetime) -> SearchResult:
    """Return the calls that a request finds; an archive never indexed is indexed first."""
    filters = request.filters
    if not archive.db.execute("SELECT 1 FROM indexed LIMIT 1").fetchone():
        index_archive(archive)
    vocabulary = None if request.exact else read_vocabulary(config)
    # A programme is named in the filters, as "program:LIFE" or by its name; reading the names takes longer than the search.
    if vocabulary or filters.programme or ":" in request.query:
        filters = replace(filters, programmes=programme_aliases(config))
    return search(archive.db, request.query, now, filters, vocabulary=vocabulary, limit=request.limit)


def read_vocabulary(config: Config) -> SearchVocabulary:
    """Return all that a query is widened by: concepts and names of the rules, names of the sources.

    The rules are not checked here, which takes longer than a search: what a file has that cannot be read is left out. The
    result is kept in the data folder until a file changes.
    """
    files = [config.rules_dir / "programmes.toml", *sorted((config.rules_dir / "themes").glob("*.toml"))]
    # Rules of one's own from before there were concepts are searched with the shipped ones.
    files += sorted((config.rules_dir / CONCEPTS).glob("*.toml")) or sorted((RULES / CONCEPTS).glob("*.toml"))
    texts = [file.read_bytes() for file in files if file.is_file()]
    sources = [[source.id, [source.name, source.publisher]] for source in config.sources]
    key = hashlib.sha256(repr((_KEPT_FORM, sources, texts)).encode()).hexdigest()
    kept = config.data_dir / "search-vocabulary.json"
    try:
        data = json.loads(kept.read_text("utf-8"))
        fresh = data["key"] == key
    except (OSError, ValueError, KeyError, TypeError):
        fresh = False
    if not fresh:
        data = {"key": key, "sources": sources, **_read_rules(texts)}
        try:
            write_atomically(kept, json.dumps(data, ensure_ascii=False))
        except OSError as error:  # a reader without the right to write searches a little slower
            logger.debug("vocabulary_not_kept error=%s", describe_os_error(error))
    return SearchVocabulary(
        Concepts(
            Concept(id=id_, sv=tuple(sv), en=tuple(en), broader=broader, programme=tuple(programme))
            for id_, sv, en, broader, programme in data["concepts"]
        ),
        Names(list_names(data["programmes"], data["themes"], data["sources"])),
    )


_KEPT_FORM = 2
"""Form of the kept vocabulary; raised when it changes."""


def _read_rules(texts: Iterable[bytes]) -> dict[str, list[Any]]:
    """Return the programmes, themes and concepts of the texts of rule files, as they are kept."""
    found: dict[str, list[Any]] = {"programmes": [], "themes": [], "concepts": []}
    for text in texts:
        try:
            tables = tomllib.loads(text.decode("utf-8"))
        except ValueError:
            continue
        for row in _tables(tables, "programme"):
            names = [*_strings(row, "codes"), *_strings(row, "prefixes")]
            found["programmes"].append([row["id"], [str(row.get("name", "")), *names]])
        for row in _tables(tables, "concept"):
            broader = str(row.get("broader", ""))
            found["concepts"].append([row["id"], _strings(row, "sv"), _strings(row, "en"), broader, _strings(row, "programme")])
        for row in _tables({"theme": [tables.get("theme")]}, "theme"):
            found["themes"].append([row["id"], str(row.get("title", ""))])
    return found


def _tables(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table that have an id; a file that is being edited may hold anything."""
    rows = tables.get(name)
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)] if isinstance(rows, list) else []


def _strings(row: Mapping[str, Any], key: str) -> list[str]:
    values = row.get(key)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def programme_aliases(config: Config) -> dict[str, frozenset[str]]:
    """Return the id, codes and prefixes of each programme of the rules, by each of its names in small letters."""
    file = config.rules_dir / "programmes.toml"
    aliases: dict[str, frozenset[str]] = {}
    for id_, (name, *codes) in _read_rules([file.read_bytes()] if file.is_file() else [])["programmes"]:
        identifiers = frozenset((id_, *codes))
        for alias in (*identifiers, name):
            aliases[alias.casefold()] = identifiers
    return aliases
