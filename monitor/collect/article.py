"""An article or feed entry turned into a Call: kind, deadlines, amounts and place worked out from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from monitor.calls import Budget, Call, DeadlineModel, Kind, Link, Section
from monitor.collect.events import Happening, page_happenings
from monitor.collect.links import outside_links
from monitor.collect.noise import join_labels, steady_text
from monitor.collect.programmes import find_identifiers
from monitor.collect.text import plain_line, plain_text, title_text
from monitor.language import analyser
from monitor.language.budget import find_budget
from monitor.language.dates import FoundDate, Role, find_dates
from monitor.language.deadlines import FoundDeadlines, earliest_published, find_deadlines
from monitor.language.kinds import guess_kind
from monitor.language.places import find_place
from monitor.sources import Source

_SUMMARY_LENGTH = 400
# An article is not longer; what lies beyond is a list or an attack, and only costs time.
_LOOKED_AT = 30_000
_LANGUAGES = ("sv", "en", "da", "nb", "fi")
_LATEST = re.compile(r"\b(?:senast|före|innan|anmäl\w*|register\w*|by|before|until)\b[^.\n]*$", re.IGNORECASE)
# Only what the page's head and its time elements say: a search through the text would take a deadline, or today's date, for the day of publication.
_DATES = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}


@dataclass(frozen=True, slots=True)
class Article:
    """What a page is about: its title, its own text without menus and footers, and when it says it was published."""

    title: str
    text: str
    description: str
    published: datetime | None
    links: tuple[Link, ...] = ()
    happening: Happening | None = None


class Described(NamedTuple):
    """The Call of an item, or None for one that is nothing to pass on; `reason` is, in Swedish, what told so."""

    call: Call | None
    reason: str


def read_article(markup: str, url: str, zone: ZoneInfo) -> Article | None:
    """The article of a page, found without selectors; None when the page holds none. Metadata from JSON-LD and Open Graph."""
    # Here, since it takes longer to load than a run of a source without pages needs to start.
    import trafilatura
    from trafilatura.settings import Document

    found = trafilatura.bare_extraction(
        markup,
        url=url,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        as_dict=False,
        date_extraction_params=dict(_DATES),
    )
    if not isinstance(found, Document) or not (found.text or "").strip():
        return None
    happenings = page_happenings(markup, url, zone)
    return Article(
        title=_without_site(title_text(found.title or ""), plain_line(found.sitename or "")),
        text=plain_text(found.text or ""),
        description=plain_text(found.description or ""),
        published=_day(found.date, zone),
        links=outside_links(markup, url),
        happening=happenings[0] if len(happenings) == 1 else None,
    )


def describe_item(
    *,
    source: Source,
    call_id: str,
    url: str,
    title: str,
    text: str,
    published: datetime | None,
    now: datetime,
    description: str = "",
    keywords: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
    happening: Happening | None = None,
) -> Described:
    """The Call of one item of a feed or page. What its words do not say is left empty and named in `unread`.

    A year that is not written is counted from the day of publication; where that is not known, from the day of reading.
    """
    title = plain_line(title)
    whole = _whole_text(title, description, text)
    language = source.language or _language(f"{title}\n{whole}")
    kind, reason = guess_kind(title, whole, source.publishes[0], language, url=url)
    if happening is not None and kind is not Kind.CALL:
        kind, reason = Kind.EVENT, "sidan beskriver ett evenemang"
    if kind is None:
        return Described(None, reason)
    zone = ZoneInfo(source.time_zone)
    if published is not None and published > now:
        published = None
    since = _since(url, whole, published, now, zone)
    # Nothing tells when it was written: a year that has to be counted is a guess then.
    read = published is None and since == now.astimezone(zone).date()
    call = Call(
        source=source.id,
        call_id=call_id,
        title=title,
        url=url,
        kind=kind,
        identifier=_identifier(title, whole),
        language=language,
        programme=source.programme,
        published=published,
        place=_place(kind, whole, url, title) or ((source.place,) if source.place else ()),
        keywords=keywords,
        links=links,
        **_worded(title, description, text),
        **_dated(kind, whole, since, language, source.time_zone, happening, read=read),
    )
    return Described(call, reason)


def describe_event(*, source: Source, call_id: str, url: str, happening: Happening) -> Call:
    """The Call of an event that a calendar states: nothing is worked out."""
    words = _worded(happening.title, "", happening.text)
    return Call(
        source=source.id,
        call_id=call_id,
        title=happening.title,
        url=url,
        kind=Kind.EVENT,
        language=source.language or _language(f"{happening.title}\n{happening.text}"),
        programme=source.programme,
        place=(source.place,) if source.place else (),
        starts=happening.starts,
        ends=happening.ends,
        location=happening.location,
        **words,
    )


def first_sentences(text: str) -> str:
    """The beginning of a text, up to about 400 characters, ended at a sentence."""
    start = " ".join(text.split())
    if len(start) <= _SUMMARY_LENGTH:
        return start
    cut = max(start.rfind(end, 0, _SUMMARY_LENGTH) for end in (". ", "! ", "? "))
    if cut > _SUMMARY_LENGTH // 4:
        return start[: cut + 1]
    return start[:_SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"


def _worded(title: str, description: str, text: str) -> dict[str, Any]:
    body = steady_text(text.removeprefix(title).lstrip("\n") if text.startswith(f"{title}\n") else text)
    summary = steady_text(plain_text(description)) or first_sentences(body)
    return {"summary": summary, "sections": (Section(title="", text=body),) if body and body != summary else ()}


def _whole_text(title: str, description: str, text: str) -> str:
    """All that was read, for working things out: more than what is kept."""
    start = "" if description and text.startswith(description[:60]) else plain_text(description)
    return join_labels(f"{start}\n\n{text}".strip()[:_LOOKED_AT]) or title


def _since(url: str, text: str, published: datetime | None, now: datetime, zone: ZoneInfo) -> date:
    if published is not None:
        return published.astimezone(zone).date()
    today = now.astimezone(zone).date()
    written = earliest_published(url, text)
    return written if written is not None and written <= today else today


def _dated(
    kind: Kind, text: str, since: date, language: str, zone: str, happening: Happening | None, *, read: bool
) -> dict[str, Any]:
    """Deadlines and money of a call, time and place of an event, the last day to answer a consultation, and what was looked for in vain."""
    if kind is Kind.EVENT:
        starts, ends, location = _occasion(happening, text, since, language, zone, read=read)
        return {"starts": starts, "ends": ends, "location": location, "unread": () if starts else ("starts",)}
    if kind is Kind.NEWS:
        return {}
    found = find_deadlines(text, reference=since, language=language, zone=zone, read=read)
    if kind is Kind.POLICY:
        model = DeadlineModel.SINGLE if len(found.answers) == 1 else DeadlineModel.CUT_OFFS
        return {"deadlines": found.answers, "deadline_model": model} if found.answers else {}
    if kind is Kind.PARTNER_SEARCH and not found.deadlines and found.answers:
        # "Svara senast den 12 juni": who seeks a partner waits for answers, not for applications.
        model = DeadlineModel.SINGLE if len(found.answers) == 1 else DeadlineModel.CUT_OFFS
        found = replace(found, deadlines=found.answers, model=model)
    budget = find_budget(text, language)
    unread = [name for name, missing in (("deadlines", _undated(found)), ("budget", budget == Budget())) if missing]
    return {
        "deadlines": found.deadlines,
        "deadline_model": found.model,
        "opens": found.opens,
        "budget": budget,
        "unread": tuple(unread),
    }


def _undated(found: FoundDeadlines) -> bool:
    return not found.deadlines and found.model is DeadlineModel.UNKNOWN


def _occasion(
    happening: Happening | None, text: str, since: date, language: str, zone: str, *, read: bool
) -> tuple[datetime | None, datetime | None, str]:
    """When and where an event is: as the page marks it up, else the one day that its text names."""
    if happening is not None:
        return happening.starts, happening.ends, happening.location
    days: dict[date, FoundDate] = {}
    for item in find_dates(text, reference=since, language=language, zone=zone, read=read):
        latest = _LATEST.search(text[max(item.start - 40, 0) : item.start])  # the day to register by
        if item.role is Role.OTHER and item.date is not None and item.date >= since and not latest:
            days.setdefault(item.date, item)
    if len(days) != 1:
        return None, None, ""
    day, item = next(iter(days.items()))
    clock = datetime.min.time() if item.time is None else item.time
    ends = None if item.time else datetime.combine(day, datetime.max.time().replace(microsecond=0), ZoneInfo(item.zone))
    return datetime.combine(item.date_from or day, clock, ZoneInfo(item.zone)), ends, ""


def _place(kind: Kind, text: str, url: str, title: str) -> tuple[str, ...]:
    """What limits those who may apply; where a thing happened or will happen limits nobody."""
    return find_place(text[: _LOOKED_AT // 5], url, title) if kind is Kind.CALL else find_place("", url)


def _identifier(title: str, text: str) -> str:
    """The portal's identifier when the item is about one call alone; a survey of several has none."""
    found = find_identifiers(title) or find_identifiers(text)
    return found[0] if len(found) == 1 else ""


def _language(text: str) -> str:
    told = analyser().language(text[:20_000])
    return told if told in _LANGUAGES else ""


def _without_site(title: str, site: str) -> str:
    """The title without the name of the site, which publishing systems put behind it."""
    for dash in (" - ", " – ", " | ", " » ") if site else ():
        title = title.removesuffix(f"{dash}{site}")
    return title


def _day(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError:
        return None
