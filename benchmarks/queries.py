"""`python -m benchmarks.queries`: the right answers among the first ten hits of searches on the captured portal day 2026-05-28.

The queries and their right answers are in `tests/archive/queries.toml` and `tests/archive/queries_officers.toml`, which say who
wrote them and how.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.archives import shipped_rules
from benchmarks.generate import captured_pages
from monitor.archive import Archive, open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call
from monitor.collect.portal.rows import is_current, parse_row, richness, row_reference
from monitor.config import Config, load_config
from monitor.jobs.match import match_archive
from monitor.jobs.search import SearchRequest, index_archive, search_archive

QUERIES = Path(__file__).resolve().parent.parent / "tests/archive/queries.toml"
OFFICERS = QUERIES.with_name("queries_officers.toml")
NOW = datetime(2026, 5, 28, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
FIRST = 10
"""Number of hits among which right answers count."""
LEAST_SHARE = 0.8
"""Share of the right answers that the first hits of a group's queries must hold."""
_SOURCE = "funding-tenders"
_MOST_MISSED = 20
"""Number of missed identifiers that are listed of one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuery:
    """Query with the identifiers of the calls that answer it."""

    group: str
    text: str
    meant: str = ""
    """Spelling that a misspelt query stands for; "" for a query spelt as it should be."""
    none: bool = False
    """True where no call answers the query."""
    right: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    """Identifiers of calls of which readers may judge either way."""
    prefix: tuple[str, ...] = ()
    """Beginnings of identifiers; every call that has such an identifier is right."""
    maybe_prefix: tuple[str, ...] = ()
    """Beginnings of identifiers of calls that count as `maybe`; goes before `prefix`."""

    def judge(self, identifiers: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the right identifiers, of all that the archive has, and those of which readers may judge either way."""
        maybe = {*self.maybe, *(one for one in identifiers if one.startswith(self.maybe_prefix))}
        right = {*self.right, *(one for one in identifiers if one.startswith(self.prefix))} - maybe
        return frozenset(right), frozenset(maybe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hits of one query beside its right answers."""

    query: JudgedQuery
    hits: tuple[str, ...]
    """Identifiers of the first hits, best first, FIRST at most."""
    total: int
    """Number of all hits."""
    right: frozenset[str]
    maybe: frozenset[str] = frozenset()

    @property
    def wanted(self) -> int:
        """Return the number of right answers that the first hits can hold; 0 for a query that no call answers."""
        return min(FIRST, len(self.right))

    @property
    def found(self) -> int:
        """Return the number of right answers among the first hits.

        Where there are more than the first hits can hold, a reader who finds only doubtful ones beside right ones misses nothing:
        doubtful ones count as well.
        """
        counted = self.right | self.maybe if len(self.right) > FIRST else self.right
        return len(counted.intersection(self.hits))

    @property
    def missed(self) -> tuple[str, ...]:
        """Return the right identifiers that are not among the first hits, in order of identifier."""
        return tuple(sorted(self.right.difference(self.hits)))


@dataclass(frozen=True, slots=True)
class Score:
    """Right answers of a group of queries."""

    queries: int
    """Number of queries that a call answers."""
    found: int
    wanted: int
    mean: float
    """Mean, over the queries, of each query's share of right answers among the first hits."""
    empty: tuple[str, ...]
    """Queries that a call answers and that find nothing."""
    lost: tuple[str, ...]
    """Queries that a call answers and that show no right answer among the first hits; includes `empty`."""

    @property
    def share(self) -> float:
        """Return the share of all right answers that are among the first hits, from 0 to 1."""
        return self.found / self.wanted if self.wanted else 1.0


def load_queries(path: Path = QUERIES) -> list[JudgedQuery]:
    """Return the queries of a file in their order."""
    rows = tomllib.loads(path.read_text("utf-8"))["query"]
    return [
        JudgedQuery(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}) for row in rows
    ]


def captured_calls() -> list[Call]:
    """Return the living calls of the captured day, of several rows of one reference the richest; empty without captures."""
    rows: dict[str, dict] = {}
    for page in captured_pages(NOW.date().isoformat()):
        for row in json.loads(page)["results"]:
            reference = row_reference(row)
            if is_current(row, NOW.date()) and (reference not in rows or richness(row) > richness(rows[reference])):
                rows[reference] = row
    return [parse_row(row, _SOURCE) for row in rows.values()]


@contextmanager
def captured_archive(folder: Path) -> Iterator[tuple[Config, Archive]]:
    """Yield an installation in `folder` whose archive has the calls of the captured day, indexed and matched."""
    settings = folder / "monitor.toml"
    settings.write_text("", "utf-8")
    config = load_config(settings)
    source = config.source(_SOURCE)
    calls = tuple(captured_calls())
    run = SourceRun(
        source=source.id,
        name=source.name,
        publisher=source.publisher,
        kind=source.kind,
        url=source.url,
        language=source.language,
        started=NOW,
        finished=NOW,
        state="accepted",
        reason="",
        complete_list=True,
        seen=len(calls),
        calls=calls,
    )
    with open_archive(config.archive) as archive:
        store_run(archive.db, run, NOW)
        index_archive(archive)
        match_archive(archive, shipped_rules(), NOW)
        yield config, archive


def answer_queries(config: Config, archive: Archive, queries: Iterable[JudgedQuery]) -> list[Answer]:
    """Search the archive for each query, as the command and the page do."""
    identifiers = dict(archive.db.execute("SELECT call_id, identifier FROM calls").fetchall())
    answers = []
    for query in queries:
        result = search_archive(config, archive, SearchRequest(query=query.text, limit=FIRST), NOW)
        right, maybe = query.judge(identifiers.values())
        hits = tuple(identifiers[hit.call_id] for hit in result.hits)
        answers.append(Answer(query=query, hits=hits, total=result.total, right=right, maybe=maybe))
    return answers


def score_answers(answers: Iterable[Answer]) -> Score:
    """Return the score of the queries that a call answers; the others are left out."""
    asked = [answer for answer in answers if answer.wanted]
    return Score(
        queries=len(asked),
        found=sum(answer.found for answer in asked),
        wanted=sum(answer.wanted for answer in asked),
        mean=sum(answer.found / answer.wanted for answer in asked) / len(asked) if asked else 1.0,
        empty=tuple(answer.query.text for answer in asked if not answer.total),
        lost=tuple(answer.query.text for answer in asked if not answer.found),
    )


def as_table(answers: Sequence[Answer]) -> str:
    """Return the scores of the groups as text, a group a line."""
    lines = [f"{'group':<12} {'queries':>7} {'right':>9} {'share':>6} {'mean':>6} {'empty':>6} {'lost':>5}"]
    for group in dict.fromkeys(answer.query.group for answer in answers):
        score = score_answers(answer for answer in answers if answer.query.group == group)
        counts = f"{score.found}/{score.wanted}"
        lines.append(
            f"{group:<12} {score.queries:>7} {counts:>9} {score.share:>6.0%} {score.mean:>6.0%} {len(score.empty):>6}"
            f" {len(score.lost):>5}"
        )
    return "\n".join(lines)


def as_details(answers: Iterable[Answer]) -> str:
    """Return each query with the number of its hits, its right answers among the first and the identifiers it misses."""
    lines = []
    for answer in answers:
        lines.append(
            f"{answer.query.group:<12} {answer.found:>2}/{answer.wanted:<2} of {answer.total:>3} hits  {answer.query.text}"
        )
        if answer.found < answer.wanted:
            lines += [f"{'':<20} misses {identifier}" for identifier in answer.missed[:_MOST_MISSED]]
            if (more := len(answer.missed) - _MOST_MISSED) > 0:
                lines.append(f"{'':<20} misses {more} more")
        judged = answer.right | answer.maybe
        lines += [f"{'':<20} shows {place}. {one}" for place, one in enumerate(answer.hits, 1) if one not in judged]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores; exit code 1 when a group misses its bound, 2 without the captures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queries", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="swedish, misspelt, identifiers, english; default: all")
    parser.add_argument("--details", action="store_true", help="each query: right answers it misses, wrong calls it shows")
    options = parser.parse_args(arguments)
    queries = [*load_queries(), *load_queries(OFFICERS)]
    known = {query.group for query in queries}
    if unknown := set(options.groups) - known:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    if not captured_pages(NOW.date().isoformat()):
        print("the captures are not beside the project", file=sys.stderr)
        return 2
    asked = [query for query in queries if query.group in (options.groups or known)]
    with tempfile.TemporaryDirectory(prefix="queries-") as folder, captured_archive(Path(folder)) as (config, archive):
        answers = answer_queries(config, archive, asked)
    if options.details:
        print(as_details(answers))
    print(as_table(answers))
    scores = [score_answers(answer for answer in answers if answer.query.group == group) for group in known]
    kept = all(min(score.share, score.mean) >= LEAST_SHARE and not score.empty for score in scores)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
