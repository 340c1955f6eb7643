"""Content of the sample publishers: loaded from `samples/`, with days relative to the day of the demo."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

_FOLDER = Path(__file__).resolve().parent / "samples"
FIRST_READING = -7
SECOND_READING = 0
"""Days of the two readings of the demo, counted from today."""
READINGS = (FIRST_READING, SECOND_READING)

_PLACEHOLDER = re.compile(r"\{(sv|en|iso|num)([+-]\d+)\}")


@cache
def _months(language: str) -> tuple[str, ...]:
    """Return the names of the months."""
    from babel.dates import get_month_names

    return tuple(get_month_names("wide", locale=language).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAction:
    """Type of action and its model grant agreement (MGA), as the portal names them."""

    code: str
    name: str
    mga_id: int
    mga_code: str
    mga_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProgramme:
    """Programme of sample calls: the facts that they share."""

    name: str
    code: str
    action: SampleAction | None
    who: str = ""
    money: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCall:
    """Call as the portal lists it. Days are offsets from the second reading."""

    id: str
    title: str
    programme: SampleProgramme
    opens: int
    deadlines: tuple[int, ...]
    action: SampleAction | None
    number: int
    kind: str = "topic"
    """topic, cascade, prospect (external action), or one of two kinds of old rows: archived, leaked."""
    parent: str = ""
    parent_title: str = ""
    reference: str = ""
    model: str = "single-stage"
    hour: str = ""
    appears: int = -10_000
    """Day from which the portal lists the call, until its last deadline."""
    budget: int = 0
    per_project: tuple[int, int] = (0, 0)
    """Least and largest grant in euro; 0 where not stated."""
    grants: int = 0
    siblings: tuple[str, ...] = ()
    sibling_budgets: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    outcome: str = ""
    objective: str = ""
    scope: str = ""
    who: str = ""
    money: str = ""
    news: tuple[tuple[int, str], ...] = ()
    """Notes that the portal publishes on the call: day and text."""
    own_title: str = ""
    acronym: str = ""
    page: int = 0
    bare: bool = False
    """True for a row without metadata, whose fields are at the top level."""
    before: dict[str, Any] = field(default_factory=dict)
    """Fields that had other values before the second reading."""

    @property
    def is_current(self) -> bool:
        """Return False for rows of the archived index, which a reader must leave out."""
        return self.kind not in ("archived", "leaked")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    """Item of a feed or article of a site."""

    title: str
    link: str
    """Path of the article."""
    text: str
    """Paragraphs between blank lines, and headings that begin with `##`; may hold days (`place_dates`)."""
    published: int
    """Day, as an offset from the second reading."""
    summary: str
    """Short text; may hold days (`place_dates`)."""
    before: dict[str, Any] = field(default_factory=dict)
    """Fields that had other values before the second reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePublisher:
    """Sample feed or site: how it is served, and how the demo's settings describe it as a source."""

    id: str
    name: str
    kind: str
    form: str
    path: str
    items: tuple[SampleItem, ...]
    description: str = ""
    encoding: str = "utf-8"
    language: str = "sv"
    publishes: tuple[str, ...] = ("call",)
    links: str = ""


@cache
def load_calls() -> tuple[SampleCall, ...]:
    """Return every sample call of the portal, rows of the archived index included."""
    programmes = {name: _programme(name, row) for name, row in _read("programmes.toml").items()}
    rows = [row for name in ("calls-people.toml", "calls-places.toml") for row in _read(name)["call"]]
    return tuple(_call(row, programmes) for row in rows)


@cache
def load_publishers() -> tuple[SamplePublisher, ...]:
    """Return every sample feed and site."""
    return tuple(
        SamplePublisher(**_tuples({**row, "items": tuple(SampleItem(**item) for item in row["items"])}))
        for row in _read("publishers.toml")["publisher"]
    )


def calls_at(calls: Iterable[SampleCall], today: date, reading: int) -> tuple[SampleCall, ...]:
    """Return the calls that the portal lists on the day `reading`, as they were then."""
    then = (_state_at(call, reading) for call in calls)
    return tuple(call for call in then if call.appears <= reading and (_is_listed(call, today, reading) or not call.is_current))


def items_at(publisher: SamplePublisher, reading: int) -> tuple[SampleItem, ...]:
    """Return the items that the publisher had published by the day `reading`, newest first."""
    shown = [_state_at(item, reading) for item in publisher.items if item.published <= reading]
    return tuple(sorted(shown, key=lambda item: -item.published))


def day(today: date, offset: int) -> date:
    """Return the day `offset` days from `today`; of a weekend the Monday after, as publishers avoid weekends."""
    moment = today + timedelta(days=offset)
    return moment + timedelta(days=max(0, 7 - moment.weekday()) if moment.weekday() > 4 else 0)


def place_dates(text: str, today: date) -> str:
    """Replace `{sv+30}` (15 juni 2026), `{en+30}` (15 June 2026), `{iso+30}` and `{num+30}` (15/6 2026) by the days.

    >>> place_dates("senast den {sv+1}", date(2026, 6, 1))
    'senast den 2 juni 2026'
    """
    return _PLACEHOLDER.sub(lambda found: _written(found[1], day(today, int(found[2]))), text)


def _is_listed(call: SampleCall, today: date, reading: int) -> bool:
    return day(today, max(call.deadlines)) >= today + timedelta(days=reading)


def _written(form: str, moment: date) -> str:
    if form == "iso":
        return moment.isoformat()
    if form == "num":
        return f"{moment.day}/{moment.month} {moment.year}"
    return f"{moment.day} {_months(form)[moment.month - 1]} {moment.year}"


_Changing = TypeVar("_Changing", SampleCall, SampleItem)


def _state_at(sample: _Changing, reading: int) -> _Changing:
    old = _tuples(sample.before) if reading < SECOND_READING else {}
    if isinstance(sample, SampleCall):
        old["news"] = tuple(entry for entry in sample.news if entry[0] <= reading)
    return replace(sample, before={}, **old)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _programme(name: str, row: dict[str, Any]) -> SampleProgramme:
    return SampleProgramme(name=name, **{**row, "action": _action(row.get("action"))})


def _action(row: list[Any] | None) -> SampleAction | None:
    if row is None:
        return None
    code, name, mga_id, mga_code, mga_name = row
    return SampleAction(code=code, name=name, mga_id=mga_id, mga_code=mga_code, mga_name=mga_name)


def _call(row: dict[str, Any], programmes: dict[str, SampleProgramme]) -> SampleCall:
    programme = programmes[row["programme"]]
    given = _tuples(row)
    return SampleCall(
        **{
            **given,
            "programme": programme,
            "action": _action(row.get("action")) or programme.action,
            "number": row.get("number") or _make_number(row["id"]),
            "parent": row.get("parent", row["id"]),
            "parent_title": row.get("parent_title", row["title"]),
            "who": row.get("who", programme.who),
            "money": row.get("money", programme.money),
        }
    )


def _make_number(identifier: str) -> int:
    """Return a stable number for a topic whose own is not known, above every number that the portal has used."""
    return 90_000_000 + sum(ord(letter) * (place + 1) ** 2 for place, letter in enumerate(identifier))


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return dict(_pairs(row))


def _pairs(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        yield key, tuple(tuple(v) if isinstance(v, list) else v for v in value) if isinstance(value, list) else value
