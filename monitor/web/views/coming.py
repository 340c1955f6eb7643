"""The page of coming calls: what work programmes plan within eighteen months, and what earlier years make likely beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from datasette import Response

from monitor.archive.call_documents import PROGRAMMES, documents_of
from monitor.awards.families import code_year
from monitor.awards.planned import PlannedCall, forecast_beside, list_planned, planned_ahead, without_planned
from monitor.awards.promises import Promise, list_promises, promises_ahead
from monitor.awards.wording import planned_line, season_line
from monitor.documents.kept import title_of
from monitor.web.framework.addresses import document_path
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import fragment, page


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingRound:
    """Call that no publisher has announced yet, as a list of pages shows it."""

    title: str
    english: bool
    line: str
    page: str = ""
    """Path of the page of the work programme; empty for a forecast."""
    quote: str = ""
    """Words of the work programme."""
    concerns: str = ""
    """Names of the departments that it is likely to concern."""
    source: str = ""
    """Name and version of the work programme."""


def coming_rounds(visit: Visit, department: str) -> list[ComingRound]:
    """Return what a department may expect: planned calls first, then forecasts of rounds that no programme plans."""
    db, today = visit.site.archive.db, visit.now.date()
    promises, planned = list_promises(db), list_planned(db)
    rounds = [_planned(one, promises, visit) for one in planned_ahead(planned, today, department)]
    likely = without_planned(promises_ahead(promises, department, today), planned)
    return rounds + [_forecast(one, visit) for one in likely]


def _planned(one: PlannedCall, promises: Iterable[Promise], visit: Visit, *, whole: bool = False) -> ComingRound:
    """Return a planned call; with `whole`, with the words of its programme and the departments that it is likely to concern."""
    beside = forecast_beside(one, promises)
    return ComingRound(
        title=one.title,
        english=True,
        line=f"{planned_line(one, beside.forecast if beside else None, visit.language, today=visit.now.date())}.",
        page=document_path(one.document, one.page),
        quote=one.quote if whole else "",
        concerns=visit.wording.join(name for _, name in _departments(visit, [one])) if whole else "",
        source=", ".join(part for part in (one.document_title, one.version) if part),
    )


def _forecast(promise: Promise, visit: Visit) -> ComingRound:
    forecast = promise.forecast
    return ComingRound(
        title=forecast.title,
        english=code_year(forecast.latest_code) is not None,
        line=season_line(forecast, visit.language, today=visit.now.date()),
    )


def coming_page(visit: Visit) -> Response:
    """Show every planned call within eighteen months by its programme, and which departments it is likely to concern."""
    db, today = visit.site.archive.db, visit.now.date()
    promises = list_promises(db)
    ahead = sorted(planned_ahead(list_planned(db), today), key=lambda one: one.programme)
    programmes = [
        (_programme_name(visit, code), [_planned(one, promises, visit, whole=True) for one in group])
        for code, group in groupby(ahead, key=lambda one: one.programme)
    ]
    return page("coming.html", visit, programmes=programmes, departments=_departments(visit, ahead))


def _programme_name(visit: Visit, code: str) -> str:
    """Return the name of the programme whose identifiers begin with a code; the code for one that the rules do not know."""
    programmes = visit.site.rules.programmes.values()
    return next((one.name for one in programmes if code in one.prefixes), code)


def _departments(visit: Visit, ahead: Iterable[PlannedCall]) -> list[tuple[str, str]]:
    """Return id and name of the departments that planned calls are likely to concern."""
    named = {id_ for one in ahead for id_ in one.departments}
    return [(one.id, one.name) for one in visit.site.rules.departments.values() if one.id in named]


def programme_list(visit: Visit) -> str:
    """Return the HTML of the installation's own work programmes, each with what was read in it or why nothing was."""
    db = visit.site.archive.db
    planned = Counter(one.document for one in list_planned(db))
    rows = [
        {
            **row,
            "name": title_of(row),
            "address": document_path(row["hash"], 1) if row["hash"] and row["pages"] else "",
            "reason": f"filen {row['problem']}" if row["problem"] else row["fetch_problem"],
            "planned": planned[row["hash"] or ""],
        }
        for row in documents_of(db, PROGRAMMES)
    ]
    return fragment("settings-programmes.html", visit, rows=rows)


ROUTES = (Route(r"^/kommande$", coming_page),)
