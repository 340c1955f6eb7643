"""The follow-up page: yearly figures and charts of a department's answers and applications."""

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
DIMENSIONS = {
    "departments": "Förvaltning eller bolag",
    "areas": "Strategiskt område",
    "goals": "Strategins mål",
    "sdgs": "Globalt mål",
    "programmes": "Program",
    "sources": "Källa",
    "months": "Månad",
}
# Whoever was granted or refused has applied, and whoever applied was interested.
_REACHED = {
    "intresserad": ("interested",),
    "soker": ("interested", "applied"),
    "beviljad": ("interested", "applied", "granted"),
    "avslag": ("interested", "applied", "refused"),
    "avstar": (),
}

Tally = dict[str, dict[str, set[Any]]]


def follow_up(
    db: Database, rules: RuleSet, config: Config, begin: datetime | None, end: datetime | None, now: datetime
) -> dict[str, Any]:
    """The figures of a period as one document; without its ends, the year so far. A call counts once in each row that it serves."""
    begin = begin or datetime(now.year, 1, 1, tzinfo=config.zone)
    end = end or now + timedelta(seconds=1)
    ends = (stamp(begin), stamp(end))
    tallies: dict[str, Tally] = {name: defaultdict(lambda: defaultdict(set)) for name in DIMENSIONS}
    totals: dict[str, set[Any]] = defaultdict(set)
    themes: dict[CallKey, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for department, key, served in read_matched_themes(db):
        themes[key][department] = served
    found = {one.key: one for one in list_first_seen(db, *ends)}
    told = list_first_told(db, *ends)
    states = [(one, key, name) for one, key, state in list_states_reached(db, *ends) for name in _REACHED.get(state, ())]
    codes = read_call_codes(db, ({key for _, key, _ in told} | {key for _, key, _ in states}) - found.keys())
    codes |= {key: (one.identifier, one.programme) for key, one in found.items()}

    def count(name: str, key: CallKey, department: str, month: str) -> None:
        mine = themes.get(key, {})
        served = [theme for one, items in mine.items() if department in ("", one) for theme in items]
        rows = _rows(rules, key, codes.get(key, ("", "")), served)
        rows["departments"] = [department] if department else list(mine)
        rows["months"] = [month] if month else []
        thing = key if name == "found" else (department, key)
        totals[name].add(thing)
        for dimension, values in rows.items():
            for value in values:
                tallies[dimension][value][name].add(thing)

    for one in found.values():
        count("found", one.key, "", one.month)
    for department, key, month in told:
        count("told", key, department, month)
    for department, key, name in states:
        count(name, key, department, "")
    names = _names(rules, config)
    return {
        "from": begin.date().isoformat(),
        "to": (end - timedelta(seconds=1)).astimezone(config.zone).date().isoformat(),
        "total": {name: len(totals[name]) for name in COUNTS},
        **{name: _listed(tallies[name], names.get(name, {}), by_name=name == "months") for name in DIMENSIONS},
    }


def _rows(rules: RuleSet, key: CallKey, codes: tuple[str, str], themes: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    themes = list(themes)
    programme = rules.programme_of(Call(source=key[0], call_id=key[1], title="", url="", identifier=codes[0], programme=codes[1]))
    return {
        "areas": list(dict.fromkeys(area for theme in themes for area in theme["strategy"])),
        "goals": list(dict.fromkeys(goal for theme in themes for goal in theme["goals"])),
        "sdgs": list(dict.fromkeys(str(goal) for theme in themes for goal in theme["sdgs"])),
        "programmes": [programme.id] if programme else [],
        "sources": [key[0]],
    }


def _names(rules: RuleSet, config: Config) -> dict[str, dict[str, str]]:
    return {
        "departments": {one.id: one.name for one in rules.departments.values()},
        "areas": {one.id: one.name for one in rules.areas.area},
        "goals": {one.id: one.name for one in rules.areas.goal},
        "sdgs": {str(one.number): f"{one.number} {one.name}" for one in rules.areas.sdg},
        "programmes": {one.id: one.name for one in rules.programmes.values()},
        "sources": {one.id: one.name for one in config.sources},
    }


def _listed(tally: Tally, names: Mapping[str, str], *, by_name: bool) -> list[dict[str, Any]]:
    rows = [
        {"id": value, "name": names.get(value, value), **{name: len(counted[name]) for name in COUNTS}}
        for value, counted in tally.items()
    ]
    if by_name:
        return sorted(rows, key=lambda row: str(row["id"]))
    return sorted(rows, key=lambda row: (-row["told"], -row["found"], str(row["name"]).casefold()))


def chart_values(document: Mapping[str, Any], visit: Visit) -> list[dict[str, Any]]:
    """The charts of the page: what they show, and the SVG itself."""
    wanted = (
        ("departments", ("told", "interested", "applied", "granted")),
        ("areas", ("found", "told")),
        ("months", ("found", "told")),
    )
    names = {count: visit.say(word) for count, word in NAMES.items()}
    charts = []
    for name, asked in wanted:
        rows = [row for row in document[name] if any(row[count] for count in asked)][:16]
        counts = [count for count in asked if any(row[count] for row in rows)]
        if rows:
            charts.append(
                {
                    "title": DIMENSIONS[name],
                    "svg": bars(rows, counts, names, f"diagram-{name}", visit.say("flest")),
                    "counts": counts,
                }
            )
    return charts


def followup_page(visit: Visit) -> Response:
    """The follow-up of a period, to read and to print; `format=json` gives the figures alone."""
    begin, end = _day(visit.args.get("fran", ""), visit), _day(visit.args.get("till", ""), visit)
    if end is not None:
        end += timedelta(days=1)
    document = follow_up(visit.site.archive.db, visit.site.rules, visit.site.config, begin, end, visit.now)
    if visit.args.get("format") == "json":
        return download(json.dumps(document, ensure_ascii=False, indent=2), "application/json; charset=utf-8", "uppfoljning.json")
    return page(
        "followup.html",
        visit,
        report=document,
        charts=chart_values(document, visit),
        dimensions=DIMENSIONS,
        names=NAMES,
        counts=COUNTS,
    )


def report_file(site: Site, document: Mapping[str, Any], now: datetime) -> str:
    """The same as a file that needs nothing beside it."""
    visit = Visit(site=site, method="GET", path="", now=now)
    css = Markup((STATIC / "site.css").read_text("utf-8"))  # noqa: S704 - our own style sheet
    values = {
        "report": document,
        "charts": chart_values(document, visit),
        "dimensions": DIMENSIONS,
        "names": NAMES,
        "counts": COUNTS,
    }
    return fragment("followup-file.html", visit, css=css, **values)


def _day(text: str, visit: Visit) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), visit.site.config.zone)
    except ValueError:
        return None


ROUTES = (Route(r"^/uppfoljning$", followup_page),)


_BAR, _NAME, _GAP = 14, 20, 14
_LONGEST = 88  # per cent of the width; the rest is for the bar's number
_CLASSES = ("bar", "bar2", "bar3", "bar4")


def bars(rows: Sequence[Mapping[str, Any]], counts: Sequence[str], names: Mapping[str, str], name: str, most_of: str) -> Markup:
    """Horizontal bars, one per row and count, the row's name above them so that none is cut and a phone has room.

    Lengths are per cent of the page's width, so that the letters keep their size on a phone.

    The table beside the chart holds the same figures; the chart names its gist, where `most_of` leads to the row with most.
    """
    most = max((int(row[count]) for row in rows for count in counts), default=0) or 1
    shown = [[count for count in counts if row[count]] for row in rows]
    height = sum(_NAME + len(drawn) * _BAR + _GAP for drawn in shown)
    gist = "; ".join(
        f"{row['name']}: " + ", ".join(f"{names[count].lower()} {row[count]}" for count in counts) for row in rows[:8]
    )
    parts = [
        f'<svg class="chart wide-chart" width="100%" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{escape(", ".join(names[count] for count in counts))}, {escape(most_of)}: {escape(rows[0]["name"])}</title>',
        f'<desc id="{name}-d">{escape(gist)}</desc>',
    ]
    top = 0
    for row, drawn in zip(rows, shown, strict=True):
        parts.append(f'<text x="0" y="{top + 14}">{escape(row["name"])}</text>')
        for number, count in enumerate(drawn):
            value, at = int(row[count]), top + _NAME + number * _BAR
            width = max(round(_LONGEST * value / most, 1), 0.3)
            colour = _CLASSES[counts.index(count) % 4]
            parts.append(f'<rect class="{colour}" x="0" y="{at}" width="{width}%" height="{_BAR - 3}"/>')
            parts.append(f'<text x="{width}%" dx="6" y="{at + _BAR - 4}">{value}</text>')
        top += _NAME + len(drawn) * _BAR + _GAP
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped above
