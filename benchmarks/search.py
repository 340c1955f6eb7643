"""Row: a search with all facets counted, beside a plain full-text query, Datasette's own table search and lemon24/reader's."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.archives import filled_archive
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, percentile
from monitor.archive import Archive
from monitor.archive.search.facets import FacetIndex, rank_tiers
from monitor.archive.search.query import is_plain
from monitor.archive.search.tiers import find_tiers, shown_terms, widen_query
from monitor.config import load_config
from monitor.jobs.search import read_vocabulary
from monitor.language.queries import parse_query
from monitor.language.widening import Named, SearchVocabulary

QUERIES = (
    "climate",
    "climate adaptation",
    "energy",
    "young people",
    "water quality",
    "innovat*",
    "research -health",
    "waste",
    "culture",
    "school teacher",
)
WIDENED = "ours, widened by concepts and names"
PLAIN, DATASETTE, READER = "plain FTS5 query", "Datasette's table search", "reader's search"
# Search reads short texts faster than long ones; a tenth of the captures' length keeps making the archive within minutes.
LENGTH = 500
PARTS = {"p50": 0.5, "p95": 0.95}
Search = Callable[[str], object]
Times = dict[str, list[float]]


def measure(inputs: Inputs, quick: bool, *, full: bool = False) -> list[Line]:
    """Measure the rows `search`, at each size, and how they grow from one to the next."""
    times: dict[int, Times] = {}
    for size in (20, 60) if quick else (10_000, 100_000, 1_000_000) if full else (10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            times[size] = _at_size(inputs, Path(folder), size, 1 if quick else 5)
    beside = [line for size, found in times.items() for line in _beside_peers(size, found)]
    return beside + [line for few, many in pairwise(times) for line in _growth(few, many, times)]


def _at_size(inputs: Inputs, folder: Path, size: int, runs: int) -> Times:
    """Return the seconds that each search took, for each query of each run."""
    with filled_archive(folder / "archive.db", inputs.maker.calls(size, length=LENGTH)) as archive:
        searches = {"ours": page_search(archive), WIDENED: page_search(archive, _vocabulary()), PLAIN: _plain(archive)}
        texts = (
            archive.db.execute("SELECT source || '/' || call_id, title, body FROM calls").fetchall()
            if find_spec("datasette") or find_spec("reader")
            else []
        )
        searches[DATASETTE] = _datasette(folder / "table.db", texts)
        if find_spec("reader") and size <= 10_000:
            searches[READER] = _reader(folder / "reader.db", texts)
        times: Times = {name: [] for name in searches}
        for _ in range(runs):
            for query in QUERIES:
                for name, search in searches.items():
                    begun = time.perf_counter()
                    search(query)
                    times[name].append(time.perf_counter() - begun)
    return times


def _beside_peers(size: int, times: Times) -> list[Line]:
    lines = []
    for name, part in PARTS.items():
        own = percentile(times["ours"], part) * 1000
        for peer in (PLAIN, DATASETTE, READER):
            theirs = percentile(times[peer], part) * 1000 if peer in times else None
            lines.append(
                Line(
                    row="search",
                    what=f"{name} at {size} calls, facets counted",
                    unit="milliseconds",
                    value=own,
                    better="less",
                    peer=peer,
                    peer_value=theirs,
                    bound=2.0 if (peer, name) == (PLAIN, "p95") and size >= 100_000 else None,
                )
            )
    widened = Line(
        row="search",
        what=f"p95 at {size} calls, widened by concepts and names, facets counted",
        unit="milliseconds",
        value=percentile(times[WIDENED], 0.95) * 1000,
        better="less",
        peer=PLAIN,
        peer_value=percentile(times[PLAIN], 0.95) * 1000,
        bound=3.0 if size >= 100_000 else None,
    )
    return [*(line for line in lines if line.peer != READER or size <= 10_000), widened]


def _growth(few: int, many: int, times: Mapping[int, Times]) -> list[Line]:
    """Return the growth of time over the growth of calls; below one, time grows more slowly."""

    def grown(name: str, part: float) -> float:
        return percentile(times[many][name], part) / percentile(times[few][name], part) * few / many

    return [
        Line(
            row="search",
            what=f"{name} from {few} to {many} calls",
            unit="x linear",
            value=grown("ours", part),
            better="less",
            bound=1.0,
            note=f"{PLAIN} {grown(PLAIN, part):.2f}",
        )
        for name, part in PARTS.items()
    ]


def page_search(archive: Archive, vocabulary: SearchVocabulary | None = None) -> Search:
    """Search as the page does for words that were not searched before; without a vocabulary for the typed words alone."""
    index = FacetIndex(archive.db, NOW, lambda key, programme, identifier: programme)
    facets = {Named.PROGRAMME: "programme", Named.THEME: "theme", Named.PUBLISHER: "source"}

    def search(query: str) -> object:
        parsed = parse_query(query)
        assert is_plain(parsed), f"{query!r} asks for more than words"
        wide = widen_query(archive.db, parsed, vocabulary)
        tiers = find_tiers(archive.db, wide, lambda target: index.ids_with(facets[target.kind], target.id))
        found = rank_tiers(archive.db, index, tiers)
        page = index.page(found.bits, found.order(archive.db, found.bits), 0, 20)
        return index.counts(found.bits, {}), page, shown_terms(archive.db, wide)

    return search


def _vocabulary() -> SearchVocabulary:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = Path(folder) / "monitor.toml"
        settings.write_text("", "utf-8")
        return read_vocabulary(load_config(settings))


def _plain(archive: Archive) -> Search:
    """Search the same table for the same words in order of relevance, without facets and status."""

    def search(query: str) -> object:
        asked = _as_fts(query)
        return archive.db.execute("SELECT rowid FROM search WHERE search MATCH ? ORDER BY bm25(search)", [asked]).fetchall()

    return search


def _as_fts(query: str) -> str:
    wanted = [word if word.endswith("*") else f'"{word}"' for word in query.split() if not word.startswith("-")]
    unwanted = [f'"{word[1:]}"' for word in query.split() if word.startswith("-")]
    return " NOT ".join([f"({' AND '.join(wanted)})", *unwanted])


def _datasette(path: Path, texts: list[Any]) -> Search:
    """Search with the queries of Datasette's table page with `_search`: the rows of one page and their number, no facet."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE calls (key TEXT, title TEXT, body TEXT)")
    connection.executemany("INSERT INTO calls VALUES (?, ?, ?)", texts)
    connection.execute("CREATE VIRTUAL TABLE calls_fts USING fts5 (title, body, content = 'calls')")
    connection.execute("INSERT INTO calls_fts (calls_fts) VALUES ('rebuild')")
    where = "rowid IN (SELECT rowid FROM calls_fts WHERE calls_fts MATCH :search)"

    def search(query: str) -> object:
        values = {"search": _as_fts(query)}
        rows = connection.execute(f"SELECT rowid, * FROM calls WHERE {where} ORDER BY rowid LIMIT 101", values).fetchall()
        return rows, connection.execute(f"SELECT count(*) FROM calls WHERE {where}", values).fetchone()

    return search


def _reader(path: Path, texts: list[Any]) -> Search:
    from itertools import islice

    from reader import make_reader

    reader: Any = make_reader(str(path), search_enabled=True)
    reader.add_feed("https://example.org/feed", allow_invalid_url=True)
    for key, title, body in texts:
        reader.add_entry({"feed_url": "https://example.org/feed", "id": key, "title": title, "content": [{"value": body}]})
    reader.update_search()

    def search(query: str) -> object:
        return list(islice(reader.search_entries(_as_fts(query)), 20)), reader.search_entry_counts(_as_fts(query))

    return search
