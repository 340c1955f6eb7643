"""Figures of the follow-up as one document: totals, rows by department, area, goal, programme, source and month, projects. Pure.

Data structure: a call counts as found, told, interested, applied, granted or refused (COUNTS), and what was applied for or
granted has amounts (AMOUNTS), in kronor. `_Figures` holds, for each dimension (DIMENSIONS) and each of its values, the set of
calls of each count, since a call counts once in a row however many of its themes serve the row, and the sum of each amount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from monitor.archive.projects import FollowedProject, Project
from monitor.awards.municipal import FundedGroup
from monitor.calls import CallKey
from monitor.config import Config
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import FollowState
from monitor.web.report.facts import PeriodFacts, ReportFacts
from monitor.web.report.progress import Progress, progress_of
from monitor.web.search_index import programme_id

COUNTS = ("found", "told", "interested", "applied", "granted", "refused")
AMOUNTS = ("applied_amount", "granted_amount", "own_amount")
"""Sums in kronor: applied for, granted, and the municipality's part of the granted projects."""
NAMES = {
    "found": "Hittade",
    "told": "Utskickade",
    "interested": "Intresserade",
    "applied": "Sökta",
    "granted": "Beviljade",
    "refused": "Avslag",
    "applied_amount": "Sökt, kronor",
    "granted_amount": "Beviljat, kronor",
    "own_amount": "Egen del, kronor",
}
"""Heading of each count and sum."""
DIMENSIONS = {
    "departments": "Förvaltning eller bolag",
    "areas": "Strategiskt område",
    "goals": "Strategins mål",
    "sdgs": "Globalt mål",
    "programmes": "Program",
    "sources": "Källa",
    "months": "Månad",
}
"""Heading of each dimension."""
FIGURES = (*COUNTS, *AMOUNTS)
KRONOR = "SEK"
_AMOUNTS_OF_COUNT: Mapping[str, tuple[str, ...]] = {
    "applied": ("applied_amount",),
    "granted": ("granted_amount", "own_amount"),
}
"""Sums to which a project adds when it counts as applied or as granted."""


_NO_THEMES: Mapping[str, Sequence[Mapping[str, Any]]] = {}


class _Figures:
    """Counter of the calls and amounts of one period."""

    def __init__(self, facts: ReportFacts, rules: RuleSet) -> None:
        self._facts = facts
        self._rules = rules
        self.sets: dict[str, dict[str, dict[str, set[Any]]]] = {
            name: defaultdict(lambda: defaultdict(set)) for name in DIMENSIONS
        }
        self.sums: dict[str, dict[str, dict[str, int]]] = {name: defaultdict(lambda: defaultdict(int)) for name in DIMENSIONS}
        self.total_sets: dict[str, set[Any]] = defaultdict(set)
        self.total_sums: dict[str, int] = defaultdict(int)

    def add(self, count: str, key: CallKey, department: str = "", month: str = "") -> None:
        """Count a call, for one department or, as found, for all that it matches."""
        counted = key if count == "found" else (department, key)
        self.total_sets[count].add(counted)
        for dimension, value in self._places(key, department, month):
            self.sets[dimension][value][count].add(counted)

    def add_amount(self, name: str, amount: int, key: CallKey, department: str, month: str) -> None:
        """Add an amount in kronor to the sums of all rows that the project counts in."""
        self.total_sums[name] += amount
        for dimension, value in self._places(key, department, month):
            self.sums[dimension][value][name] += amount

    def total(self) -> dict[str, int]:
        """Return each figure of the whole period, and the number of different calls that anybody was told of."""
        told_calls = {key for _, key in self.total_sets["told"]}
        return {**_values(self.total_sets, self.total_sums), "told_calls": len(told_calls)}

    def row(self, dimension: str, value: str) -> dict[str, int]:
        """Return each figure of a value of a dimension."""
        return _values(self.sets[dimension].get(value, {}), self.sums[dimension].get(value, {}))

    def _places(self, key: CallKey, department: str, month: str) -> Iterator[tuple[str, str]]:
        """Yield dimension and value of each row that a call counts in."""
        by_department = self._facts.themes.get(key, _NO_THEMES)
        identifier, code = self._facts.codes.get(key, ("", ""))
        programme = programme_id(self._rules, code, identifier)
        if programme:
            yield "programmes", programme
        yield "sources", key.source
        if month:
            yield "months", month
        if department:
            yield "departments", department
        if not by_department:
            return
        themes = [theme for name, served in by_department.items() if department in ("", name) for theme in served]
        values: dict[str, Iterable[str]] = {
            "departments": () if department else by_department,
            "areas": (area for theme in themes for area in theme.get("strategy", ())),
            "goals": (goal for theme in themes for goal in theme.get("goals", ())),
            "sdgs": (str(goal) for theme in themes for goal in theme.get("sdgs", ())),
        }
        for dimension, found in values.items():
            for value in dict.fromkeys(found):
                yield dimension, value


def _values(sets: Mapping[str, set[Any]], sums: Mapping[str, int]) -> dict[str, int]:
    return {
        **{count: len(sets.get(count, ())) for count in COUNTS},
        **{name: sums.get(name, 0) for name in AMOUNTS},
    }


def make_document(facts: ReportFacts, rules: RuleSet, config: Config, funded: Sequence[FundedGroup] = ()) -> dict[str, Any]:
    """Return the figures of a period as one JSON document.

    Returns:
        `from` and `to` (days); `total` (each of FIGURES, and `told_calls`); for each of DIMENSIONS a list of rows: `id`, `name`,
        each of FIGURES, and `previous`, the figures of the year before; `previous`: `from`, `to` and `total` of the year before;
        `amounts`: the sums as they were entered, by currency, and the rates with which they were made kronor; `projects`: those
        that were applied for or decided in the period; `running`: those from before that have not ended; `funded`: the
        municipality's projects in publishers' lists by programme and year, whatever the period.
    """
    now, before = (_count(facts, one, rules, config) for one in (facts.current, facts.before))
    names = _value_names(rules, config)
    period = facts.current.period
    states = [(followed, progress_of(followed, period.last, config.zone)) for followed in facts.followed]
    in_period = [(followed, progress) for followed, progress in states if _moved(progress, period.first)]
    running = [pair for pair in states if pair not in in_period and _is_running(*pair, period.first)]
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "total": now.total(),
        **{name: _rows(name, now, before, names.get(name, {})) for name in DIMENSIONS},
        "previous": {
            "from": facts.before.period.first.isoformat(),
            "to": facts.before.period.last.isoformat(),
            "total": before.total(),
        },
        "amounts": _amounts(in_period, period.first, config),
        "projects": [_project(pair, rules, names) for pair in in_period],
        "running": [_project(pair, rules, names) for pair in running],
        "funded": [
            {
                "programme": group.programme,
                "year": group.year,
                "projects": group.projects,
                "shares": dict(group.shares),
                "unknown": group.unknown,
                "places": list(group.places),
            }
            for group in funded
        ],
    }


def _count(facts: ReportFacts, period: PeriodFacts, rules: RuleSet, config: Config) -> _Figures:
    figures = _Figures(facts, rules)
    for key, month in period.found:
        figures.add("found", key, month=month)
    for department, key, month in period.told:
        figures.add("told", key, department, month)
    for followed in facts.followed:
        progress = progress_of(followed, period.period.last, config.zone)
        for count, day in progress.counts(period.period.first).items():
            month = day.isoformat()[:7]
            figures.add(count, followed.key, followed.department, month)
            for name in _AMOUNTS_OF_COUNT.get(count, ()):
                amount = in_kronor(followed.project, name, config.money.rates)
                if amount:
                    figures.add_amount(name, amount, followed.key, followed.department, month)
    return figures


def in_kronor(project: Project | None, name: str, rates: Mapping[str, float]) -> int | None:
    """Return an amount of a project (one of AMOUNTS) in kronor; None where it was not entered or its currency has no rate."""
    amount = getattr(project, name) if project is not None else None
    if project is None or amount is None:
        return None
    if project.currency == KRONOR:
        return int(amount)
    rate = rates.get(project.currency)
    return None if rate is None else round(amount * rate)


def _moved(progress: Progress, begin: date) -> bool:
    """Return whether the project was applied for or decided on or after `begin`."""
    return bool(progress.counts(begin).keys() & {"applied", "granted", "refused"})


def _is_running(followed: FollowedProject, progress: Progress, begin: date) -> bool:
    """Return whether a project from before `begin` waits for a decision or has not ended by then."""
    if progress.state == FollowState.APPLIES:
        return True
    ends = followed.project.ends if followed.project else None
    return progress.state == FollowState.GRANTED and (ends is None or ends >= begin)


def _amounts(projects: Sequence[tuple[FollowedProject, Progress]], begin: date, config: Config) -> dict[str, Any]:
    """Return the sums of the period by currency as they were entered, with the rates."""
    sums: dict[str, dict[str, int]] = {name: defaultdict(int) for name in AMOUNTS}
    for followed, progress in projects:
        for count in progress.counts(begin):
            for name in _AMOUNTS_OF_COUNT.get(count, ()):
                amount = getattr(followed.project, name) if followed.project else None
                if followed.project and amount:
                    sums[name][followed.project.currency] += amount
    used = {currency for by_currency in sums.values() for currency in by_currency} - {KRONOR}
    rates = {currency: config.money.rates[currency] for currency in sorted(used) if currency in config.money.rates}
    return {
        "currency": KRONOR,
        "entered": {name: dict(by_currency) for name, by_currency in sums.items()},
        "rates": rates,
        "rates_day": config.money.day if rates else None,
        "without_rate": sorted(used - rates.keys()),
    }


def _project(pair: tuple[FollowedProject, Progress], rules: RuleSet, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    followed, progress = pair
    project = followed.project or Project(department=followed.department, source=followed.source, call_id=followed.call_id)
    programme = programme_id(rules, followed.programme, followed.identifier)
    decided = progress.granted or progress.refused
    return {
        "department": followed.department,
        "department_name": names["departments"].get(followed.department, followed.department),
        "source": followed.source,
        "call_id": followed.call_id,
        "title": followed.title,
        "call_title": followed.call_title,
        "programme": programme or None,
        "programme_name": names["programmes"].get(programme) or followed.programme or None,
        "state": progress.state,
        "applied_on": _iso(project.applied_on or progress.applied),
        "decided_on": _iso(decided),
        "starts": _iso(project.starts),
        "ends": _iso(project.ends),
        "currency": project.currency,
        **{name: getattr(project, name) for name in AMOUNTS},
        "reports": [{"day": report.day.isoformat(), "label": report.label, "done": report.done} for report in project.reports],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _value_names(rules: RuleSet, config: Config) -> dict[str, dict[str, str]]:
    """Return the name of each value by its id, for each dimension that has names."""
    return {
        "departments": {department.id: department.name for department in rules.departments.values()},
        "areas": {area.id: area.name for area in rules.areas.area},
        "goals": {goal.id: goal.name for goal in rules.areas.goal},
        "sdgs": {str(goal.number): f"{goal.number} {goal.name}" for goal in rules.areas.sdg},
        "programmes": {programme.id: programme.name for programme in rules.programmes.values()},
        "sources": {source.id: source.name for source in config.sources},
    }


def _rows(dimension: str, now: _Figures, before: _Figures, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row per value, months in their order, else the most told first. A month is compared with that a year before."""
    months = dimension == "months"
    earlier = {(_shifted(value, 1) if months else value): value for value in before.sets[dimension]}
    rows = [
        {
            "id": value,
            "name": names.get(value, value),
            **now.row(dimension, value),
            "previous": before.row(dimension, earlier.get(value, "")),
        }
        for value in {*now.sets[dimension], *earlier}
    ]
    if months:
        return sorted(rows, key=lambda row: str(row["id"]))
    return sorted(rows, key=lambda row: (-row["told"], -row["found"], -row["previous"]["told"], str(row["name"]).casefold()))


def _shifted(month: str, years: int) -> str:
    """Return the same month of another year: 2026-05 for 2025-05 and 1."""
    return f"{int(month[:4]) + years:04d}{month[4:]}"
