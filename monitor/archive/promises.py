"""Forecasts of rounds of calls as they were first made, with the round that came and the judgement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypedDict

from monitor.archive.connection import Database
from monitor.vocabulary import Kind, Level


class PromiseRow(TypedDict):
    """Row of `season_promises`; days are ISO 8601, and `opened` and `judged` None until they are known."""

    family: str
    year: int
    title: str
    programme: str
    latest_code: str
    month: str
    earliest: str
    latest: str
    years: list[int]
    dated: int
    basis: str
    departments: list[str]
    made: str
    code: str
    opened: str | None
    verdict: str
    judged: str | None


_COLUMNS = tuple(PromiseRow.__annotations__)
_LISTS = ("years", "departments")


def store_promise(db: Database, row: PromiseRow) -> None:
    """Store a promise, in place of the one of the same family and year."""
    values: Mapping[str, Any] = row
    db.execute(
        f"INSERT OR REPLACE INTO season_promises ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
        [json.dumps(values[name], ensure_ascii=False) if name in _LISTS else values[name] for name in _COLUMNS],
    )


def read_promises(db: Database, family: str = "") -> list[PromiseRow]:
    """Return every promise, or those of a family, the soonest month first."""
    rows = db.query_as(
        PromiseRow,
        f"SELECT {', '.join(_COLUMNS)} FROM season_promises WHERE :family IN ('', family) ORDER BY month, latest_code",
        {"family": family},
    )
    for row in rows:
        for name in _LISTS:
            row[name] = json.loads(str(row[name]))  # type: ignore[literal-required]
    return rows


def departments_by_code(db: Database) -> dict[str, set[str]]:
    """Return the departments that the calls of each code are matched with, closed calls as well, weak matches left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, department in db.execute(
        "SELECT c.identifier, m.department FROM matches m JOIN calls c ON c.source = m.source AND c.call_id = m.call_id"
        " WHERE c.identifier != '' AND c.kind = ? AND m.level != ?",
        [Kind.CALL.value, Level.WEAK.value],
    ):
        found[code].add(department)
    return found
