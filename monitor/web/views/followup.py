"""The follow-up page: figures of a period by department, strategy, programme, source and month, with charts.

Data structure: a call counts as found, told, interested, applied, granted or refused (COUNTS). For each dimension (DIMENSIONS)
and each of its values, `_Groups` holds the sets of calls that count. They are sets since a call counts once in a row however
many of its themes serve the row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from datasette import Response
from markupsafe import Markup, escape

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.statistics import list_first_seen, list_first_told, list_states_reached, read_call_codes, read_matched_themes
from monitor.calls import Call, CallKey
from monitor.config import Config
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import FollowState
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import STATIC, download, fragment, page

COUNTS = ("found", "told", "interested", "applied", "granted", "refused")
NAMES = {
    "found": "Hittade",
    "told": "Berättade",
    "interested": "Intresserade",
    "applied": "Sökta",
    "granted": "Beviljade",
    "refused": "Avslag",
}
"""Heading of each count."""
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
_COUNTS_OF_STATE: Mapping[str, tuple[str, ...]] = {
    FollowState.INTERESTED: ("interested",),
    FollowState.APPLIES: ("interested", "applied"),
    FollowState.GRANTED: ("interested", "applied", "granted"),
    FollowState.REFUSED: ("interested", "applied", "refused"),
    FollowState.DECLINED: (),
}
"""Counts in which a department's call counts by the furthest state that it reached."""

_CHARTS = (
    ("departments", ("told", "interested", "applied", "granted")),
    ("areas", ("found", "told")),
    ("months", ("found", "told")),
)
"""Dimension and counts of each chart."""
_MAX_CHART_ROWS = 16
_MAX_DESCRIBED_ROWS = 8
"""Rows that the text alternative of a chart names."""
# Heights in pixels: of a bar, of the name above a row's bars, and of the space between rows.
_BAR_HEIGHT, _NAME_HEIGHT, _ROW_GAP = 14, 20, 14
_MAX_BAR_PERCENT = 88
"""Length of the longest bar, per cent of the width; the rest is for the bar's number."""
_BAR_CLASSES = ("bar", "bar2", "bar3", "bar4")

_Groups = dict[str, dict[str, set[Any]]]
"""Set of counted calls by the value of a dimension and the name of the count."""


class _FollowUp:
    """Counter of the calls of one period."""

    def __init__(self, db: Database, rules: RuleSet) -> None:
        self._rules = rules
        self._themes: dict[CallKey, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
        for department, key, served in read_matched_themes(db):
            self._themes[key][department] = served
        self.codes: dict[CallKey, tuple[str, str]] = {}
        """Identifier and programme code of each call that counts."""
        self.groups: dict[str, _Groups] = {name: defaultdict(lambda: defaultdict(set)) for name in DIMENSIONS}
        self.totals: dict[str, set[Any]] = defaultdict(set)

    def add(self, count: str, key: CallKey, department: str = "", month: str = "") -> None:
        """Count a call, for one department or, as found, for all that it matches."""
        themes_by_department = self._themes.get(key, {})
        served = [theme for name, themes in themes_by_department.items() if department in ("", name) for theme in themes]
        values = _dimension_values(self._rules, key, self.codes.get(key, ("", "")), served)
        values["departments"] = [department] if department else list(themes_by_department)
        values["months"] = [month] if month else []
        counted = key if count == "found" else (department, key)
        self.totals[count].add(counted)
        for dimension, names in values.items():
            for name in names:
                self.groups[dimension][name][count].add(counted)


def compute_follow_up(
    db: Database, rules: RuleSet, config: Config, begin: datetime | None, end: datetime | None, now: datetime
) -> dict[str, Any]:
    """Return the figures of a period as one JSON document.

    Args:
        db: The archive.
        rules: The rules in force, for names and for the programme of a call.
        config: The settings, for names of sources and the time zone.
        begin: The first moment of the period; None for the beginning of the year.
        end: The first moment after the period; None for `now`.
        now: The present time.

    Returns:
        `from` and `to` (days), `total` (each of COUNTS), and for each of DIMENSIONS a list of rows: `id`, `name`, each of COUNTS.
    """
    begin = begin or datetime(now.year, 1, 1, tzinfo=config.zone)
    end = end or now + timedelta(seconds=1)
    period = (stamp(begin), stamp(end))
    found = {call.key: call for call in list_first_seen(db, *period)}
    told = list_first_told(db, *period)
    states = [
        (department, key, count)
        for department, key, state in list_states_reached(db, *period)
        for count in _COUNTS_OF_STATE.get(state, ())
    ]
    counter = _FollowUp(db, rules)
    counter.codes = read_call_codes(db, ({key for _, key, _ in told} | {key for _, key, _ in states}) - found.keys())
    counter.codes |= {key: (call.identifier, call.programme) for key, call in found.items()}
    for call in found.values():
        counter.add("found", call.key, month=call.month)
    for department, key, month in told:
        counter.add("told", key, department, month)
    for department, key, count in states:
        counter.add(count, key, department)
    names = _value_names(rules, config)
    return {
        "from": begin.date().isoformat(),
        "to": (end - timedelta(seconds=1)).astimezone(config.zone).date().isoformat(),
        "total": {count: len(counter.totals[count]) for count in COUNTS},
        **{name: _rows(counter.groups[name], names.get(name, {}), by_id=name == "months") for name in DIMENSIONS},
    }


def _dimension_values(
    rules: RuleSet, key: CallKey, codes: tuple[str, str], themes: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return the values of a call in each dimension but department and month; `themes` are those that count for it."""
    themes = list(themes)
    programme = rules.programme_of(Call(source=key[0], call_id=key[1], title="", url="", identifier=codes[0], programme=codes[1]))
    return {
        "areas": list(dict.fromkeys(area for theme in themes for area in theme["strategy"])),
        "goals": list(dict.fromkeys(goal for theme in themes for goal in theme["goals"])),
        "sdgs": list(dict.fromkeys(str(goal) for theme in themes for goal in theme["sdgs"])),
        "programmes": [programme.id] if programme else [],
        "sources": [key[0]],
    }


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


def _rows(groups: _Groups, names: Mapping[str, str], *, by_id: bool) -> list[dict[str, Any]]:
    """Return a row per value, in the order of their ids or the most told first."""
    rows = [
        {"id": value, "name": names.get(value, value), **{count: len(counted[count]) for count in COUNTS}}
        for value, counted in groups.items()
    ]
    if by_id:
        return sorted(rows, key=lambda row: str(row["id"]))
    return sorted(rows, key=lambda row: (-row["told"], -row["found"], str(row["name"]).casefold()))


def list_charts(document: Mapping[str, Any], visit: Visit) -> list[dict[str, Any]]:
    """Return the charts of a follow-up document that have any bar: title, counts (for the legend) and SVG."""
    names = {count: visit.say(name) for count, name in NAMES.items()}
    charts = []
    for dimension, wanted in _CHARTS:
        rows = [row for row in document[dimension] if any(row[count] for count in wanted)][:_MAX_CHART_ROWS]
        counts = [count for count in wanted if any(row[count] for row in rows)]
        if rows:
            svg = draw_bars(rows, counts, names, f"diagram-{dimension}", visit.say("flest"))
            charts.append({"title": DIMENSIONS[dimension], "svg": svg, "counts": counts})
    return charts


def draw_bars(
    rows: Sequence[Mapping[str, Any]], counts: Sequence[str], names: Mapping[str, str], element_id: str, most_of: str
) -> Markup:
    """Return an SVG with horizontal bars, one per row and count, below the name of their row.

    Lengths are per cent of the width and names have lines of their own, so that letters keep their size and fit on a phone. The
    page has the same figures as a table; the text alternative gives the gist.

    Args:
        rows: At least one row with `name` and a number per count.
        counts: The counts to draw; one without a bar in a row takes no space there.
        names: The name of each count.
        element_id: The prefix of the ids in the SVG, unique in the page.
        most_of: The word that leads to the first row's name in the title, such as "flest".
    """
    longest = max((int(row[count]) for row in rows for count in counts), default=0) or 1
    drawn = [[count for count in counts if row[count]] for row in rows]
    height = sum(_NAME_HEIGHT + len(row_counts) * _BAR_HEIGHT + _ROW_GAP for row_counts in drawn)
    title = f"{', '.join(names[count] for count in counts)}, {most_of}: {rows[0]['name']}"
    description = "; ".join(
        f"{row['name']}: " + ", ".join(f"{names[count].lower()} {row[count]}" for count in counts)
        for row in rows[:_MAX_DESCRIBED_ROWS]
    )
    parts = [
        f'<svg class="chart wide-chart" width="100%" height="{height}" role="img"'
        f' aria-labelledby="{element_id}-t {element_id}-d">',
        f'<title id="{element_id}-t">{escape(title)}</title>',
        f'<desc id="{element_id}-d">{escape(description)}</desc>',
    ]
    top = 0
    for row, row_counts in zip(rows, drawn, strict=True):
        parts.append(f'<text x="0" y="{top + 14}">{escape(row["name"])}</text>')
        for number, count in enumerate(row_counts):
            value, at = int(row[count]), top + _NAME_HEIGHT + number * _BAR_HEIGHT
            width = max(round(_MAX_BAR_PERCENT * value / longest, 1), 0.3)
            css_class = _BAR_CLASSES[counts.index(count) % len(_BAR_CLASSES)]
            parts.append(f'<rect class="{css_class}" x="0" y="{at}" width="{width}%" height="{_BAR_HEIGHT - 3}"/>')
            parts.append(f'<text x="{width}%" dx="6" y="{at + _BAR_HEIGHT - 4}">{value}</text>')
        top += _NAME_HEIGHT + len(row_counts) * _BAR_HEIGHT + _ROW_GAP
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped above


def followup_page(visit: Visit) -> Response:
    """Show the follow-up of a period, to read and to print; `format=json` answers with the figures alone."""
    begin, end = _read_day(visit.args.get("fran", ""), visit), _read_day(visit.args.get("till", ""), visit)
    if end is not None:
        end += timedelta(days=1)
    document = compute_follow_up(visit.site.archive.db, visit.site.rules, visit.site.config, begin, end, visit.now)
    if visit.args.get("format") == "json":
        return download(json.dumps(document, ensure_ascii=False, indent=2), "application/json; charset=utf-8", "uppfoljning.json")
    return page("followup.html", visit, **_report_values(document, visit))


def render_report(site: Site, document: Mapping[str, Any], now: datetime) -> str:
    """Return a follow-up document as an HTML file that needs no other file."""
    visit = Visit(site=site, method="GET", path="", now=now)
    css = Markup((STATIC / "site.css").read_text("utf-8"))  # noqa: S704 - our own style sheet
    return fragment("followup-file.html", visit, css=css, **_report_values(document, visit))


def _report_values(document: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    return {
        "report": document,
        "charts": list_charts(document, visit),
        "dimensions": DIMENSIONS,
        "names": NAMES,
        "counts": COUNTS,
    }


def _read_day(text: str, visit: Visit) -> datetime | None:
    """Return the beginning of an ISO day, None for any other text."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), visit.site.config.zone)
    except ValueError:
        return None


ROUTES = (Route(r"^/uppfoljning$", followup_page),)
