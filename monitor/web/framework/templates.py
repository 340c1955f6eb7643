"""Turning values into pages: the templates, how they write dates and numbers, the frame around each page, and error pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from datasette import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor import vocabulary
from monitor.calls import is_web_address
from monitor.digest.wording import HOME
from monitor.language.one_line import clean, shorten
from monitor.web.framework.labels import FORMATS
from monitor.web.framework.request import Site, Visit

FOLDER = Path(__file__).parent.parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"
_NO_BREAK = "\u00a0"

SHIPPED = "Reglerna är de som följer med programmet och kan inte ändras. Sidan Regler säger hur kommunen får egna."
PROBLEMS = {
    400: ("Det gick inte att förstå", "Webbläsaren skickade något som inte går att läsa. Gå tillbaka och försök igen."),
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


def day(value: str | date | datetime | None, visit: Visit) -> str:
    """A day in words: 3 december, with its year where that is not the present one."""
    found = _moment(value)
    if found is None:
        return ""
    return visit.wording.short_day(found.astimezone(HOME).date() if isinstance(found, datetime) else found, visit.now)


def weekday(value: str | date | datetime | None, visit: Visit) -> str:
    """A day with its weekday."""
    found = _moment(value)
    if found is None:
        return ""
    return visit.wording.day(found.astimezone(HOME).date() if isinstance(found, datetime) else found, visit.now)


def when(value: str | datetime | None, visit: Visit) -> str:
    """A day and a time: 3 december kl. 17.00."""
    found = _moment(value)
    if not isinstance(found, datetime):
        return day(found, visit)
    at = found.astimezone(HOME)
    return f"{visit.wording.short_day(at.date(), visit.now)} {visit.wording.clock(at)}"


def left(value: str | date | datetime | None, visit: Visit) -> str:
    """How long it is to a day: om 12 dagar."""
    found = _moment(value)
    if found is None:
        return ""
    return visit.wording.days_left(found.astimezone(HOME).date() if isinstance(found, datetime) else found, visit.now)


def _moment(value: str | date | datetime | None) -> date | datetime | None:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)


def number(value: float | None, visit: Visit) -> str:
    """A number with its thousands apart."""
    if value is None:
        return ""
    return visit.wording.number(value, "#,##0" if float(value).is_integer() else "#,##0.0")


def address(path: str, visit: Visit | None = None, /, **query: object) -> str:
    """An address on this site; the page's language goes along."""
    values = {name: value for name, value in query.items() if value not in (None, "")}
    if visit is not None and visit.language == "en":
        values.setdefault("lang", "en")
    return f"{path}?{urlencode(values, doseq=True)}" if values else path


def call_path(source: str, call_id: str) -> str:
    """The address of a call's page."""
    return f"/utlysning/{quote(source, safe='')}/{quote(call_id, safe='')}"


def safe_url(url: str) -> str:
    """Return a publisher's address if it is a plain web address, else "": a feed may hold `javascript:` or somebody's password."""
    text = url.strip()
    return text if is_web_address(text) and not any(char.isspace() or char < " " for char in text) else ""


def one(count: int, single: str, several: str) -> str:
    """The count with its noun: 1 utlysning, 2 utlysningar."""
    return f"{count:,}".replace(",", _NO_BREAK) + f" {single if count == 1 else several}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(clean=clean, shorten=shorten, safe_url=safe_url)
    environment.globals.update(labels=vocabulary, FORMATS=FORMATS, call_path=call_path, one=one)
    return environment


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/statik/{name}?v={digest}"


def frame(visit: Visit) -> dict[str, Any]:
    """What every page's frame shows and every template may use."""
    site = visit.site
    settings = site.config.path or Path.cwd() / "monitor.toml"
    return {
        "visit": visit,
        "site_name": "EU-bevakningen",
        "municipality": site.config.municipality.name,
        "contact": site.config.municipality.contact,
        "asset": asset,
        "language": visit.language,
        "coordinator": visit.actor.name if visit.actor else "",
        "member": site.config.shared_archive is not None,
        "rules_dir": site.config.rules_dir,
        "rules_wanted": settings.parent / "rules",
        "settings_file": settings,
        "raw": f"/{site.config.archive.stem}",
        "here": visit.path,
        "day": lambda value: day(value, visit),
        "weekday": lambda value: weekday(value, visit),
        "when": lambda value: when(value, visit),
        "left": lambda value: left(value, visit),
        "number": lambda value: number(value, visit),
        "money": lambda amount, currency: visit.wording.money(amount, currency),
        "link": lambda path, **query: address(path, visit, **query),
        "source_name": site.source_name,
        "in_language": lambda language: address(visit.path, **{**visit.many, "lang": language}),
        "_": visit.say,
    }


def fragment(template: str, visit: Visit, **values: object) -> str:
    """A template filled in."""
    return _environment().get_template(template).render({**frame(visit), **values})


def page(
    template: str, visit: Visit, /, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> Response:
    """A whole page."""
    return Response.html(fragment(template, visit, **values), status=status, headers={"x-sida": "1", **(headers or {})})


def problem_page(visit: Visit, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A page that says what is wrong in plain words."""
    title, text = (visit.say(part) for part in PROBLEMS[status])
    return page("problem.html", visit, status=status, headers=headers, title=title, text=text, code=status, detail=detail)


def bare_page(site: Site, status: int) -> str:
    """The same for a request that is refused unread."""
    title, text = PROBLEMS[status]
    visit = Visit(site=site, method="GET", path="", now=site.clock().astimezone(site.config.zone))
    return fragment("problem.html", visit, title=title, text=text, code=status, detail="")


def redirect(path: str) -> Response:
    """On to a page of ours after something was done."""
    return Response.redirect(path, status=303, headers={"x-sida": "1"})


def download(content: str | bytes, kind: str, name: str) -> Response:
    """A file to keep."""
    return Response(content, content_type=kind, headers={"content-disposition": f'attachment; filename="{name}"', "x-sida": "1"})


def local_path(text: str, otherwise: str = "/") -> str:
    """An address on this site to go on to; anything else is not followed."""
    fine = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text and text.isprintable()
    return text if fine else otherwise
