"""The follow-up page: figures and text of a period, with charts, to read, to print and to take home as Word, Excel or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from datasette import Response
from markupsafe import Markup, escape

from monitor.archive.connection import Database
from monitor.awards.installation import municipal_history
from monitor.awards.municipal import compare_municipalities, group_projects
from monitor.config import Config
from monitor.matching.compiled import RuleSet
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import STATIC, download, fragment, page, problem_page
from monitor.web.report.facts import read_facts, read_period
from monitor.web.report.tables import COUNTS, DIMENSIONS, FIGURES, NAMES, make_document
from monitor.web.report.text import (
    FUNDED_COLUMNS,
    FUNDED_HEADING,
    PROJECT_COLUMNS,
    ReportWords,
    figure_cell,
    funded_cells,
    has_comparison,
    project_cells,
    write_text,
)
from monitor.web.views.corrections import read_moment

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
_FILE_TYPES = {
    "json": "application/json; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media type of each form in which the follow-up is handed out, by the suffix of its file."""
_YEARS = (2000, 2200)
"""First and last year of a period that is asked for."""
_NO_DAY = "Vi förstod inte datumet. Skriv till exempel 2027-02-01."


def compute_follow_up(
    db: Database, rules: RuleSet, config: Config, begin: datetime | None, end: datetime | None, now: datetime
) -> dict[str, Any]:
    """Return the figures of a period as one JSON document (`report.tables.make_document`).

    Args:
        db: The archive.
        rules: The rules in force, for names and for the programme of a call.
        config: The settings, for names of sources, the time zone and the rates of currencies.
        begin: The first moment of the period; None for the beginning of the year.
        end: The first moment after the period; None for `now`.
        now: The present time.
    """
    history = municipal_history(config, db)
    funded = group_projects(history.projects.get(history.home, ()))
    return make_document(read_facts(db, config, read_period(begin, end, now, config)), rules, config, funded)


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
        most_of: The word in the title that leads to the name of the row with the most, such as "flest".
    """
    longest = max((int(row[count]) for row in rows for count in counts), default=0) or 1
    drawn = [[count for count in counts if row[count]] for row in rows]
    height = sum(_NAME_HEIGHT + len(row_counts) * _BAR_HEIGHT + _ROW_GAP for row_counts in drawn)
    most = max(rows, key=lambda row: sum(int(row[count]) for count in counts))
    title = f"{', '.join(names[count] for count in counts)}, {most_of}: {most['name']}"
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


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """Period as it was asked for. A day that was not understood counts as none."""

    begin: datetime | None
    """First moment; None for the beginning of the year."""
    end: datetime | None
    """First moment after the period; None for now."""
    typed: Mapping[str, str]
    """Texts of the two fields, `fran` and `till`."""
    problems: Mapping[str, str]
    """Swedish sentences by the field that they are about."""


def read_asked_period(visit: Visit) -> AskedPeriod:
    """Return the period of the page's two fields, with what is wrong about them."""
    typed = {name: visit.args.get(name, "").strip() for name in ("fran", "till")}
    days = {name: _read_day(text, visit) for name, text in typed.items()}
    problems = {name: _NO_DAY for name, text in typed.items() if text and days[name] is None}
    begin, end = days["fran"], days["till"]
    if begin is not None and end is not None and end < begin:
        problems["till"] = "Den här dagen är före den första. Välj en senare."
        # The figures below are those of the page without a period, not of none.
        begin = end = None
    return AskedPeriod(begin, end + timedelta(days=1) if end is not None else None, typed, problems)


def followup_page(visit: Visit) -> Response:
    """Show the follow-up of a period, to read and to print; `format=json` answers with the figures alone."""
    asked = read_asked_period(visit)
    if visit.args.get("format") == "json":
        return _answer_file(asked, "json", visit)
    kept = visit.site.kept(f"follow-up {asked.begin} {asked.end}", lambda: _compute(asked, visit.site))
    document = kept.facts
    fields = {"fran": document["from"], "till": document["to"]} | {name: asked.typed[name] for name in asked.problems}
    values = {**_report_values(document, visit), **_own_history(visit)}
    counted = kept.made if kept.is_old else None
    return page("followup.html", visit, fields=fields, problems=asked.problems, counted_at=counted, **values)


def _own_history(visit: Visit) -> dict[str, Any]:
    """Return the municipality's sure projects by programme and year, and the comparison with its neighbours."""
    history = municipal_history(visit.site.config, visit.site.archive.db)
    return {
        "groups": group_projects(history.projects.get(history.home, ())),
        "neighbours": compare_municipalities(history.projects, history.home) if history.imports else None,
    }


def followup_file(visit: Visit) -> Response:
    """Answer with the follow-up of a period as a file: Word, Excel or JSON."""
    if visit.path_vars["form"] not in _FILE_TYPES:
        raise NotFound
    return _answer_file(read_asked_period(visit), visit.path_vars["form"], visit)


def _answer_file(asked: AskedPeriod, form: str, visit: Visit) -> Response:
    """Answer with a file; a file of another period than the one asked for would be taken for it."""
    if asked.problems:
        return problem_page(visit, 400)
    # Not the kept figures of the page: a file goes on to others, who cannot see that they are being counted anew.
    return _file(_compute(asked, visit.site), form, visit)


def _compute(asked: AskedPeriod, site: Site) -> dict[str, Any]:
    return compute_follow_up(site.archive.db, site.rules, site.config, asked.begin, asked.end, site.now())


def _file(document: Mapping[str, Any], form: str, visit: Visit) -> Response:
    return download(report_file(document, form, visit), _FILE_TYPES[form], f"uppfoljning.{form}")


def report_file(document: Mapping[str, Any], form: str, visit: Visit) -> bytes:
    """Return a follow-up document as the bytes of a file: `form` is json, docx or xlsx."""
    if form == "json":
        return json.dumps(document, ensure_ascii=False, indent=2).encode()
    # Both libraries take a tenth of a second to load, which no other page should wait for.
    from monitor.web.report.excel import as_excel_report
    from monitor.web.report.word import as_word

    words = ReportWords(visit.wording, visit.now)
    title = words.say("Uppföljning av EU-bevakningen i {name}", name=visit.site.config.municipality.name)
    make = as_word if form == "docx" else as_excel_report
    return make(document, write_text(document, words), title, words)


def render_report(site: Site, document: Mapping[str, Any], now: datetime, form: str = "html") -> bytes:
    """Return a follow-up document as a file that needs no other file: `form` is html, json, docx or xlsx."""
    visit = Visit(site=site, method="GET", path="", now=now)
    if form != "html":
        return report_file(document, form, visit)
    css = Markup((STATIC / "site.css").read_text("utf-8"))  # noqa: S704 - our own style sheet
    return fragment("followup-file.html", visit, css=css, **_report_values(document, visit)).encode()


def _report_values(document: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    words = ReportWords(visit.wording, visit.now)
    return {
        "report": document,
        "paragraphs": write_text(document, words),
        "compared": has_comparison(document),
        "charts": list_charts(document, visit),
        "dimensions": DIMENSIONS,
        "names": NAMES,
        "counts": COUNTS,
        "figures": FIGURES,
        "cell": lambda row, figure: figure_cell(row, figure, document, words),
        "funded_heading": FUNDED_HEADING,
        "funded_columns": FUNDED_COLUMNS,
        "funded_cells": lambda group: funded_cells(group, words),
        "project_columns": PROJECT_COLUMNS,
        "project_cells": lambda project: project_cells(project, words),
    }


def _read_day(text: str, visit: Visit) -> datetime | None:
    """Return the beginning of a typed day, None for any other text."""
    try:
        day, _ = read_moment(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), visit.site.config.zone) if _YEARS[0] <= day.year <= _YEARS[1] else None


ROUTES = (Route(r"^/uppfoljning$", followup_page), Route(r"^/uppfoljning\.(?P<form>[a-z]{4})$", followup_file))
