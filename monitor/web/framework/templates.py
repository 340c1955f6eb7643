"""Pages from templates: the environment, the formats of dates and numbers, the frame around each page, and error pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from datasette import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor import vocabulary
from monitor.digest.wording import HOME
from monitor.language.one_line import clean, shorten
from monitor.web.framework.addresses import address_in_language, page_address, safe_url
from monitor.web.framework.labels import FORMATS
from monitor.web.framework.request import Site, Visit

FOLDER = Path(__file__).parent.parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"
_NO_BREAK_SPACE = "\u00a0"
OWN_PAGE: Mapping[str, str] = MappingProxyType({"x-sida": "1"})
"""Header that tells the middleware our own answers from Datasette's."""

PROBLEMS = {
    400: ("Det gick inte att förstå", "Vi förstod inte det som skickades. Gå tillbaka, rätta och försök igen."),
    403: (
        "Det får du inte göra härifrån",
        "Logga in som samordnare och försök igen. Har sidan stått öppen länge: gå tillbaka, ladda om den och skicka på nytt.",
    ),
    404: ("Sidan finns inte", "Adressen leder ingenstans. Sök efter det du letar efter, eller börja på startsidan."),
    405: ("Det går inte så", "Adressen tar inte emot det som skickades."),
    410: ("Länken gäller inte längre", "Länkar i mejl gäller i ett år. Sök upp utlysningen i arkivet i stället."),
    413: ("Det blev för mycket", "Det som skickades är större än vad sidan tar emot."),
    414: ("Frågan är för lång", "Korta frågan och försök igen."),
    415: ("Det går inte så", "Sidan tar bara emot formulär."),
    429: ("Vänta en stund", "Det har varit för många försök. Vänta någon minut och försök igen."),
    500: ("Något gick fel", "Felet är noterat. Försök igen om en stund, eller hör av dig till samordnaren."),
    503: ("Arkivet är upptaget", "Det går inte att spara just nu. Försök igen om en liten stund."),
}
"""Title and text of the error page by HTTP status."""


def format_day(value: str | date | datetime | None, visit: Visit) -> str:
    """Return a day in the page's language, such as "3 december", with its year unless it is the present one; "" for no day."""
    day = _local_day(value)
    return visit.wording.short_day(day, visit.now) if day is not None else ""


def format_weekday(value: str | date | datetime | None, visit: Visit) -> str:
    """Return a day with its weekday; "" for no day."""
    day = _local_day(value)
    return visit.wording.day(day, visit.now) if day is not None else ""


def format_moment(value: str | datetime | None, visit: Visit) -> str:
    """Return a day and a time, such as "3 december kl. 17.00"; the day alone if there is no time."""
    moment = _parse_moment(value)
    if not isinstance(moment, datetime):
        return format_day(moment, visit)
    local = moment.astimezone(HOME)
    return f"{visit.wording.short_day(local.date(), visit.now)} {visit.wording.clock(local)}"


def format_days_left(value: str | date | datetime | None, visit: Visit) -> str:
    """Return the time until a day, such as "om 12 dagar"; "" for no day."""
    day = _local_day(value)
    return visit.wording.days_left(day, visit.now) if day is not None else ""


def _local_day(value: str | date | datetime | None) -> date | None:
    """Return the day of a value in Swedish time."""
    moment = _parse_moment(value)
    return moment.astimezone(HOME).date() if isinstance(moment, datetime) else moment


def _parse_moment(value: str | date | datetime | None) -> date | datetime | None:
    """Return an ISO 8601 text as a date, or as a datetime if it has a time; other values as they are."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    return datetime.fromisoformat(value) if len(value) > len("2026-12-03") else date.fromisoformat(value)


def format_number(value: float | None, visit: Visit) -> str:
    """Return a number with separated thousands and at most one decimal; "" for None."""
    if value is None:
        return ""
    return visit.wording.number(value, "#,##0" if float(value).is_integer() else "#,##0.0")


def format_count(count: int, singular: str, plural: str) -> str:
    """Return a number with its noun: "1 utlysning", "2 utlysningar"."""
    return f"{count:,}".replace(",", _NO_BREAK_SPACE) + f" {singular if count == 1 else plural}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(clean=clean, shorten=shorten, safe_url=safe_url)
    environment.globals.update(labels=vocabulary, FORMATS=FORMATS, one=format_count)
    return environment


@cache
def asset_address(name: str) -> str:
    """Return the address of a file in `static/`, which changes with its content so that browsers may cache it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/statik/{name}?v={digest}"


def frame(visit: Visit) -> dict[str, Any]:
    """Return the variables and functions that every template may use."""
    site = visit.site
    settings = site.config.path or Path.cwd() / "monitor.toml"
    return {
        "visit": visit,
        "site_name": "EU-bevakningen",
        "municipality": site.config.municipality.name,
        "contact": site.config.municipality.contact,
        "asset": asset_address,
        "language": visit.language,
        "coordinator": visit.actor.name if visit.actor else "",
        "member": site.config.shared_archive is not None,
        "rules_dir": site.config.rules_dir,
        "rules_wanted": settings.parent / "rules",
        "settings_file": settings,
        "raw": f"/{site.config.archive.stem}",
        "here": visit.path,
        "day": lambda value: format_day(value, visit),
        "weekday": lambda value: format_weekday(value, visit),
        "when": lambda value: format_moment(value, visit),
        "left": lambda value: format_days_left(value, visit),
        "number": lambda value: format_number(value, visit),
        "money": lambda amount, currency: visit.wording.money(amount, currency),
        "link": lambda path, **query: page_address(path, visit.language, **query),
        "source_name": site.source_name,
        "call_path": visit.call_path,
        "in_language": lambda language: address_in_language(visit.path, visit.arg_lists, language),
        "_": visit.say,
    }


def fragment(template: str, visit: Visit, **values: object) -> str:
    """Return the HTML of a template with the frame's variables and `values`."""
    return _environment().get_template(template).render({**frame(visit), **values})


def page(
    template: str, visit: Visit, /, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> Response:
    """Return the answer with a whole page."""
    return Response.html(fragment(template, visit, **values), status=status, headers={**OWN_PAGE, **(headers or {})})


def problem_page(visit: Visit, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Return the error page of a status in PROBLEMS; `detail` is a further sentence in Swedish."""
    title, text = (visit.say(part) for part in PROBLEMS[status])
    return page("problem.html", visit, status=status, headers=headers, title=title, text=text, code=status, detail=detail)


def bare_page(site: Site, status: int) -> str:
    """Return the HTML of the error page for a request that is refused before it becomes a `Visit`."""
    title, text = PROBLEMS[status]
    visit = Visit(site=site, method="GET", path="", now=site.clock().astimezone(site.config.zone))
    return fragment("problem.html", visit, title=title, text=text, code=status, detail="")


def redirect(path: str) -> Response:
    """Return the answer that leads to another page after a change (303, so that the browser fetches it with GET)."""
    return Response.redirect(path, status=303, headers=dict(OWN_PAGE))


def moved(path: str) -> Response:
    """Return the answer that leads from an earlier address of a page to its present one (301, RFC 9110, section 15.4.2)."""
    return Response.redirect(path, status=301, headers=dict(OWN_PAGE))


def download(content: str | bytes, content_type: str, name: str) -> Response:
    """Return the answer with a file to save under `name`."""
    headers = {"content-disposition": f'attachment; filename="{name}"', **OWN_PAGE}
    return Response(content, content_type=content_type, headers=headers)
