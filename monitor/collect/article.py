"""An article or feed entry turned into a Call: kind, deadlines, amounts and place worked out from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from monitor.calls import Budget, Call, DeadlineModel, Link, Section
from monitor.collect.events import Happening, happenings_of
from monitor.collect.links import links_out
from monitor.collect.markup import bounded, parse_page
from monitor.collect.noise import drop_banners, join_labels, rows_of_tables, steady_text, without_banner
from monitor.collect.programmes import find_identifiers
from monitor.collect.published import page_published
from monitor.collect.text import TITLE_LENGTH, plain_line, plain_text, title_text, whole_characters
from monitor.collect.titles import headings, headline, site_names, without_site
from monitor.language import analyser
from monitor.language.budget import find_budget
from monitor.language.dates import FoundDate, Role, find_dates
from monitor.language.deadlines import FoundDeadlines, earliest_published, find_deadlines
from monitor.language.kinds import guess_kind
from monitor.language.places import find_place
from monitor.sources import Source
from monitor.vocabulary import Kind

_SUMMARY_LENGTH = 400
# An article is not longer; what lies beyond is a list or an attack, and only costs time.
_LOOKED_AT = 30_000
_LANGUAGES = ("sv", "en", "da", "nb", "fi")
_LATEST = re.compile(
    r"\b(?:senast|före|innan|by|before|until|senest|inden|innen|før|fram til|till och med|t\.?o\.?m|gäller (?:till|t)|closes?|opens?|stänger|åbner|åpner|lukker|stenger|from (?:the )?$|fra (?:den )?$|från (?:den )?$|"
    r"anmäl\w*|register\w*|registration|tilmeld\w*|påmeld\w*|early bird|tidigt pris|boka\w*|booke\w*|bestill\w*|frist\w*|deadline\w*)\b[^.\n]*$",
    re.IGNORECASE,
)
# What is read of an article's page, and kept of its text: the longest are a tenth of this.
_PAGE_LENGTH, _PAGE_TAGS, _LONGEST_TEXT = 1_000_000, 15_000, 200_000
# Clocks differ, and systems write local time as UTC: a publication a little ahead is of today, one further ahead is none.
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Article:
    """A page's title, its own text without menus and footers, and when it says it was published."""

    title: str
    text: str
    description: str
    published: datetime | None
    day_unreadable: bool = False
    """True where the page states a day of publication that could not be read."""
    links: tuple[Link, ...] = ()
    happening: Happening | None = None
    cut: bool = False
    """True where the page was larger than what is read, so that its end is missing."""


class Described(NamedTuple):
    """The Call of an item, or None for one that is nothing to pass on; `reason` is, in Swedish, what told so.

    `aside` is the call that an item would be which is not passed on.
    """

    call: Call | None
    reason: str
    aside: Call | None = None


def read_article(markup: str, url: str, zone: ZoneInfo) -> Article | None:
    """Return the article of a page, found without selectors; None when the page holds none.

    The title and the description come from Open Graph, JSON-LD and the page's head. Of a page of more than a million characters
    or 15,000 tags the beginning is read.
    """
    # Here, since it takes longer to load than a run of a source without pages needs to start.
    from trafilatura.metadata import examine_meta, extract_title

    from monitor.collect.extraction import article_text

    page = bounded(whole_characters(markup), length=_PAGE_LENGTH, tags=_PAGE_TAGS)
    root = parse_page(page.markup)
    if root.find("body") is None:
        return None
    published = page_published(root, zone)
    happenings = happenings_of(root, url, zone)
    metadata = examine_meta(root)
    title = title_text(metadata.title or headline(root) or extract_title(root) or "")
    title = without_site(title, site_names(root, url), headings(root))
    drop_banners(root)
    text = without_banner(rows_of_tables(plain_text(article_text(root, url))), title)
    if not text:
        return None
    return Article(
        title=title,
        text=text,
        description=without_banner(plain_text(metadata.description or ""), title),
        published=published.moment,
        day_unreadable=published.unreadable,
        links=links_out(root, url),
        happening=happenings[0] if len(happenings) == 1 else None,
        cut=page.cut,
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
    day_unreadable: bool = False,
    description: str = "",
    keywords: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
    happening: Happening | None = None,
) -> Described:
    """Return the Call of one item of a feed or page. What its words do not say is left empty and named in `unread`.

    A year that is not written is counted from the day of publication; where none is stated, from the day of reading. Where one
    is stated but cannot be read (`day_unreadable`) or believed, no year is counted: a year too early closes an open call, and one
    too late opens a closed one.
    """
    title = without_site(plain_line(title[: 8 * TITLE_LENGTH])[:TITLE_LENGTH], (source.name, source.publisher))
    text = text[:_LONGEST_TEXT]
    whole = _whole_text(title, description, text)
    language = source.language or _language(f"{title}\n{whole}")
    zone = ZoneInfo(source.time_zone)
    if published is not None and published > now:
        day_unreadable = published > now + _AHEAD
        published = None
    since = None if day_unreadable else _since(url, whole, published, now, zone)
    # Nothing tells when it was written: a year that has to be counted is a guess then.
    read = published is None and since == now.astimezone(zone).date()
    found = find_deadlines(whole, reference=since, language=language, zone=source.time_zone, read=read)
    article = published is not None and Kind.NEWS in source.publishes
    ahead = _ahead(found, now)
    days = [] if ahead else find_dates(whole, reference=since, language=language, zone=source.time_zone, read=read)
    coming = ahead or any(day.date is not None and day.date >= now.astimezone(zone).date() for day in days)
    kind, reason = guess_kind(
        title,
        whole,
        source.publishes[0],
        language,
        url=url,
        ahead=ahead,
        article=article,
        coming=coming,
    )
    if happening is not None and kind is not Kind.CALL:
        kind, reason = Kind.EVENT, "sidan beskriver ett evenemang"
    passed = kind is not None
    kind = kind or Kind.CALL
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
        **_dated(kind, title, whole, found, since, language, source.time_zone, happening, read=read),
    )
    return Described(call, reason) if passed else Described(None, reason, call)


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
    written = earliest_published(url, text[:2_000])  # a date line stands at the top
    return written if written is not None and written <= today else today


def _ahead(found: FoundDeadlines, now: datetime) -> bool | None:
    """Tell whether a deadline lies ahead at `now`; None where none is dated."""
    return any(deadline.at >= now for deadline in found.deadlines) if found.deadlines else None


def _dated(
    kind: Kind,
    title: str,
    text: str,
    found: FoundDeadlines,
    since: date | None,
    language: str,
    zone: str,
    happening: Happening | None,
    *,
    read: bool,
) -> dict[str, Any]:
    """Return deadlines and money of a call, time and place of an event, the last day to answer a consultation, and fields not found."""
    if kind is Kind.EVENT:
        starts, ends, location = _occasion(happening, text, since, language, zone, read=read)
        return {"starts": starts, "ends": ends, "location": location, "unread": () if starts else ("starts",)}
    if kind is Kind.NEWS:
        return {}
    if kind is Kind.POLICY:
        model = DeadlineModel.SINGLE if len(found.answers) == 1 else DeadlineModel.CUT_OFFS
        return {"deadlines": found.answers, "deadline_model": model} if found.answers else {}
    if kind is Kind.PARTNER_SEARCH and not found.deadlines and found.answers:
        # "Svara senast den 12 juni": who seeks a partner waits for answers, not for applications.
        model = DeadlineModel.SINGLE if len(found.answers) == 1 else DeadlineModel.CUT_OFFS
        found = replace(found, deadlines=found.answers, model=model)
    budget = find_budget(text, language, title)
    if kind is Kind.PARTNER_SEARCH:
        budget = replace(budget, total=None)  # who seeks a partner hands nothing out: it is the budget of their own project
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
    happening: Happening | None, text: str, since: date | None, language: str, zone: str, *, read: bool
) -> tuple[datetime | None, datetime | None, str]:
    """When and where an event is: as the page marks it up, else the one day that its text names."""
    if happening is not None:
        return happening.starts, happening.ends, happening.location
    days: dict[date, FoundDate] = {}
    for item in find_dates(text, reference=since, language=language, zone=zone, read=read):
        latest = _LATEST.search(text[max(item.start - 60, 0) : item.start])  # the day to register by
        # "From 8 to 10 June" is said of what is open, too.
        held = item.role is Role.OTHER or (item.role is Role.OPENING and item.date_from is not None)
        if held and item.date is not None and (since is None or item.date >= since) and not latest:
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
