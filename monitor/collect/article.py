"""Turn an article or feed entry into a Call: read kind, deadlines, amounts and place from its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.calls import Budget, Call, Deadline, DeadlineModel, Link, Section
from monitor.collect.events import CalendarEvent, events_of_root
from monitor.collect.links import external_links
from monitor.collect.markup import bound_markup, parse_page
from monitor.collect.noise import (
    drop_banners,
    drop_menus,
    flatten_table_rows,
    join_labels_to_amounts,
    join_terms,
    label_cells,
    remove_banner_text,
    remove_boilerplate,
)
from monitor.collect.programmes import find_identifiers
from monitor.collect.published import find_publication_date
from monitor.collect.text import TITLE_LENGTH, plain_line, plain_text, repair_surrogates, title_text
from monitor.collect.time_elements import find_page_time, keep_times, stated_end, stated_hours, stated_place
from monitor.collect.titles import find_headline, find_site_names, main_headings, remove_site_name
from monitor.language import analyser
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants
from monitor.language.budget import find_budget
from monitor.language.date_cues import is_list_link
from monitor.language.dates import DateRole, FoundDate, find_dates
from monitor.language.deadlines import (
    FoundDeadlines,
    earliest_published,
    find_deadlines,
    first_reply,
    is_by_interest,
    is_consultation,
    with_bounds,
    with_interest,
)
from monitor.language.kinds import StatedTerms, guess_kind
from monitor.language.partner_searches import reply_days
from monitor.language.places import find_place
from monitor.sources import Source
from monitor.vocabulary import Kind

_SUMMARY_LENGTH = 400
"""Characters of a summary that is made from the text."""
_MAX_SEARCHED_CHARS = 30_000
"""Characters of an item that facts are searched in. Articles are shorter; longer texts only cost time."""
_LANGUAGES = ("sv", "en", "da", "nb", "fi")
_LANGUAGE_CHARS = 20_000
# Words before a date that make it a day to register by, not the day of the event.
_REGISTRATION = re.compile(
    r"\b(?:senast|före|innan|by|before|until|senest|inden|innen|før|fram til|till och med|t\.?o\.?m|gäller (?:till|t)|"
    r"closes?|opens?|stänger|åbner|åpner|lukker|stenger|from (?:the )?$|fra (?:den )?$|från (?:den )?$|anmäl\w*|register\w*|"
    r"registration|tilmeld\w*|påmeld\w*|early bird|tidigt pris|boka\w*|booke\w*|bestill\w*|frist\w*|deadline\w*|"
    r"återbud|avbok\w*|avbud|afbud|afmeld\w*|avmeld\w*|cancel\w*)\b[^.\n]*$",
    re.IGNORECASE,
)
# Words before a partner's part of the costs, which is no grant of the call.
_PARTNER_BUDGET = re.compile(r"\b(?:egen|eget|own|del) ?-?(?:del)?budget", re.IGNORECASE)
_PAGE_LENGTH, _PAGE_TAGS, _MAX_TEXT_CHARS = 1_000_000, 15_000, 200_000
"""Characters and tags of an article's page that are read, and characters of its text that are kept:
ten times the longest seen."""
_MAX_CLOCK_SKEW = timedelta(days=2)
"""Time ahead of now at which a publication counts as of today: clocks differ, and systems write local time as UTC. One further
ahead is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Item of a feed or page as its publisher wrote it, before anything is worked out."""

    title: str
    """Title without the name of the site."""
    text: str
    """Plain text of the item, without menus and footers."""
    description: str = ""
    """Publisher's own summary, as plain text."""
    published: datetime | None = None
    day_unreadable: bool = False
    """True where the item states a day of publication that could not be read."""
    keywords: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    """Links to other sites."""
    event: CalendarEvent | None = None
    """The one event that the page marks up as data."""
    time: tuple[datetime, datetime | None] | None = None
    """Start and end of the one event that the page marks up with `<time>`; the time may be that of something else."""
    kind: Kind | None = None
    """Kind that is stated beside the text; None where it has to be told from the text."""
    cut: bool = False
    """True where the page was larger than the part that is read, so that its end is missing."""


class DescribedItem(NamedTuple):
    """Outcome of describing an item: a call to pass on, or a call that is left out."""

    call: Call | None
    """The call; None for an item that is not passed on."""
    reason: str
    """Why the item is of its kind, or left out, in Swedish."""
    left_out_call: Call | None = None
    """The call that an item would be that is not passed on."""


@dataclass(frozen=True, slots=True)
class _DatedText:
    """All text of an item, with the day that dates without a year are counted from."""

    title: str
    text: str
    language: str
    zone: str
    reference: date | None
    """Day of publication; None where it is stated and cannot be read."""
    reference_is_guess: bool
    """True where `reference` is only the day of reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Fields of a Call that depend on its kind. The defaults are those of Call."""

    deadlines: tuple[Deadline, ...] = ()
    deadline_model: DeadlineModel = DeadlineModel.UNKNOWN
    opens: date | None = None
    budget: Budget = field(default_factory=Budget)
    starts: datetime | None = None
    ends: datetime | None = None
    location: str = ""
    unread: tuple[str, ...] = ()


def read_article(markup: str, url: str, zone: ZoneInfo) -> Article | None:
    """Return the article of a page, found without selectors; None when the page holds none.

    The title and the description come from Open Graph, JSON-LD and the page's head. Of a page of more than a million characters
    or 15,000 tags the beginning is read.
    """
    # Imported here, since it takes longer to load than a run of a source without pages needs to start.
    from trafilatura.metadata import examine_meta, extract_title

    from monitor.collect.extraction import article_text

    page = bound_markup(repair_surrogates(markup), length=_PAGE_LENGTH, tags=_PAGE_TAGS)
    root = parse_page(page.markup)
    if root.find("body") is None:
        return None
    published = find_publication_date(root, zone)
    events = events_of_root(root, url, zone)
    span = find_page_time(root, zone)
    metadata = examine_meta(root)
    title = title_text(metadata.title or find_headline(root) or extract_title(root) or "")
    title = remove_site_name(title, find_site_names(root, url), main_headings(root))
    drop_banners(root)
    drop_menus(root)
    keep_times(root)
    join_terms(root)
    text = remove_banner_text(flatten_table_rows(plain_text(article_text(root, url))), title)
    if not text:
        return None
    return Article(
        title=title,
        text=text,
        description=remove_banner_text(plain_text(metadata.description or ""), title),
        published=published.moment,
        day_unreadable=published.unreadable,
        links=external_links(root, url),
        event=events[0] if len(events) == 1 else None,
        time=span,
        cut=page.cut,
    )


def describe_item(article: Article, *, source: Source, call_id: str, url: str, now: datetime) -> DescribedItem:
    """Return the Call of one item of a feed or page. Fields that its text does not state are empty and named in `unread`.

    A year that is not written is counted from the day of publication; where none is stated, from the day of reading. Where one
    is stated but cannot be read (`day_unreadable`) or believed, no year is counted: a year too early closes an open call, and one
    too late opens a closed one.
    """
    title = remove_site_name(plain_line(article.title[: 8 * TITLE_LENGTH])[:TITLE_LENGTH], (source.name, source.publisher))
    text = article.text[:_MAX_TEXT_CHARS]
    whole = _searched_text(title, article.description, text)
    published, day_unreadable = article.published, article.day_unreadable
    if published is not None and published > now:
        day_unreadable = published > now + _MAX_CLOCK_SKEW
        published = None
    zone = ZoneInfo(source.time_zone)
    reference = None if day_unreadable else _reference_day(url, whole, published, now, zone)
    dated = _DatedText(
        title=title,
        text=whole,
        language=_language_of(source, title, whole),
        zone=source.time_zone,
        reference=reference,
        # Nothing shows when the text was written: a year that has to be counted is a guess then.
        reference_is_guess=published is None and reference == now.astimezone(zone).date(),
    )
    found = find_deadlines(whole, reference=reference, language=dated.language, zone=dated.zone, read=dated.reference_is_guess)
    ahead = _has_deadline_ahead(found, now)
    days = [] if ahead else _find_days(dated)
    coming = ahead or any(day.date is not None and day.date >= now.astimezone(zone).date() for day in days)
    kind, reason = guess_kind(
        title,
        whole,
        source.publishes[0],
        dated.language,
        url=url,
        ahead=ahead,
        article=published is not None and Kind.NEWS in source.publishes,
        coming=coming,
        terms=lambda: _read_terms(dated),
    )
    if article.kind is not None:
        kind, reason = article.kind, "slaget är angivet"
    elif kind is None and source.publishes == (Kind.POLICY,):
        kind, reason = Kind.POLICY, "källan har bara förslag och beslut"  # their subjects are courses, jobs and grants, too
    elif article.event is not None and kind is not Kind.CALL:
        kind, reason = Kind.EVENT, "sidan beskriver ett evenemang"
    facts = _facts_of(kind or Kind.CALL, dated, found, article.event)
    summary, sections = _summarize(title, article.description, text)
    call = Call(
        source=source.id,
        call_id=call_id,
        title=title,
        url=url,
        kind=kind or Kind.CALL,
        identifier=_single_identifier(title, whole),
        summary=summary,
        sections=sections,
        programme=source.programme,
        language=dated.language,
        published=published,
        opens=facts.opens,
        deadlines=facts.deadlines,
        deadline_model=facts.deadline_model,
        budget=facts.budget,
        place=_place(kind or Kind.CALL, dated, url) or ((source.place,) if source.place else ()),
        applicants=_applicants(kind or Kind.CALL, dated, source),
        keywords=article.keywords,
        links=article.links,
        starts=facts.starts,
        ends=facts.ends,
        location=facts.location,
        unread=facts.unread,
    )
    return DescribedItem(call, reason) if kind is not None else DescribedItem(None, reason, call)


def describe_event(*, source: Source, call_id: str, url: str, event: CalendarEvent) -> Call:
    """Return the Call of an event that a calendar states; nothing is read from its text."""
    summary, sections = _summarize(event.title, "", event.text)
    return Call(
        source=source.id,
        call_id=call_id,
        title=event.title,
        url=url,
        kind=Kind.EVENT,
        summary=summary,
        sections=sections,
        language=_language_of(source, event.title, event.text),
        programme=source.programme,
        place=(source.place,) if source.place else (),
        starts=event.starts,
        ends=event.ends,
        location=event.location,
    )


def first_sentences(text: str) -> str:
    """Return the beginning of a text on one line, up to about 400 characters, ended at a sentence."""
    start = " ".join(text.split())
    if len(start) <= _SUMMARY_LENGTH:
        return start
    cut = max(start.rfind(end, 0, _SUMMARY_LENGTH) for end in (". ", "! ", "? "))
    if cut > _SUMMARY_LENGTH // 4:
        return start[: cut + 1]
    return start[:_SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"


def _summarize(title: str, description: str, text: str) -> tuple[str, tuple[Section, ...]]:
    """Return the summary of an item and its text as sections; none where the text says no more than the summary."""
    body = remove_boilerplate(text.removeprefix(title).lstrip("\n") if text.startswith(f"{title}\n") else text)
    summary = remove_boilerplate(plain_text(description)) or first_sentences(body)
    return summary, (Section(title="", text=body),) if body and body != summary else ()


def _searched_text(title: str, description: str, text: str) -> str:
    """Return the text that facts are searched in: description and text, more than what is kept."""
    start = "" if description and text.startswith(description[:60]) else plain_text(description)
    whole = f"{start}\n\n{text}".strip()[:_MAX_SEARCHED_CHARS]
    return join_labels_to_amounts(label_cells(flatten_table_rows(whole))) or title


def _reference_day(url: str, text: str, published: datetime | None, now: datetime, zone: ZoneInfo) -> date:
    """Return the day that years are counted from: of publication, of the address or the date line, else of reading."""
    if published is not None:
        return published.astimezone(zone).date()
    today = now.astimezone(zone).date()
    written = earliest_published(url, text[:2_000])  # a date line is at the top
    return written if written is not None and written <= today else today


def _read_terms(dated: _DatedText) -> StatedTerms:
    """Return which terms of applying the text states."""
    budget = find_budget(dated.text, dated.language, dated.title)
    one = (budget.project_min, budget.project_max, budget.funder_share, budget.own_share)
    project_money = any(value is not None for value in one)
    return StatedTerms(
        applicants=bool(find_applicants(f"{dated.title}\n{dated.text}", dated.language)),
        project_money=project_money,
        money=project_money or budget.total is not None,
    )


def _has_deadline_ahead(found: FoundDeadlines, now: datetime) -> bool | None:
    """Return True when a deadline lies ahead of `now`; None where no deadline is dated."""
    return any(deadline.at >= now for deadline in found.deadlines) if found.deadlines else None


def _find_days(dated: _DatedText) -> list[FoundDate]:
    """Return every date of a text."""
    return find_dates(
        dated.text, reference=dated.reference, language=dated.language, zone=dated.zone, read=dated.reference_is_guess
    )


def _facts_of(kind: Kind, dated: _DatedText, found: FoundDeadlines, event: CalendarEvent | None) -> _Facts:
    """Return deadlines and money of a call, time and place of an event, or the last day to answer a consultation."""
    if kind is Kind.EVENT:
        starts, ends, location = _event_time(event, dated)
        return _Facts(starts=starts, ends=ends, location=location, unread=() if starts else ("starts",))
    if kind is Kind.NEWS:
        return _Facts()
    answers_model = DeadlineModel.SINGLE if len(found.answers) == 1 else DeadlineModel.CUT_OFFS
    if kind is Kind.POLICY:
        return _policy_facts(dated, found)
    found = with_bounds(found)
    by_interest = kind is Kind.PARTNER_SEARCH or (kind is Kind.CALL and is_by_interest(dated.text))
    if kind is Kind.CALL and by_interest and found.deadlines and found.answers:
        found = with_interest(found)
    elif by_interest and not found.deadlines and found.answers:
        # "Svara senast den 12 juni": who seeks a partner waits for answers, not for applications.
        found = replace(found, deadlines=found.answers, model=answers_model)
    budget = find_budget(dated.text, dated.language, dated.title)
    if kind is Kind.PARTNER_SEARCH:
        found = first_reply(found, reply_days(dated.text, _find_days(dated), dated.reference))
        found = replace(found, opens=None)  # its first day is that of the project: answers are taken from the start
        budget = replace(budget, total=None)  # who seeks a partner gives no money: it is the budget of their own project
        if _PARTNER_BUDGET.search(dated.text):
            budget = replace(budget, project_min=None, project_max=None)
    undated = not found.deadlines and found.model is DeadlineModel.UNKNOWN
    unread = [name for name, missing in (("deadlines", undated), ("budget", budget == Budget())) if missing]
    return _Facts(deadlines=found.deadlines, deadline_model=found.model, opens=found.opens, budget=budget, unread=tuple(unread))


def _policy_facts(dated: _DatedText, found: FoundDeadlines) -> _Facts:
    """Return the days to answer a consultation; where the text names none as such, the day that something is to be sent by."""
    days = found.answers
    if not days and is_consultation(dated.title, dated.text):
        days = found.deadlines or found.bounds
    model = DeadlineModel.SINGLE if len(days) == 1 else DeadlineModel.CUT_OFFS
    return _Facts(deadlines=days, deadline_model=model) if days else _Facts()


def _event_time(event: CalendarEvent | None, dated: _DatedText) -> tuple[datetime | None, datetime | None, str]:
    """Return start, end and place of an event: as the page marks it up, else the one day that its text names."""
    if event is not None:
        return event.starts, event.ends, event.location or stated_place(dated.text)
    days = _event_days(dated, dated.text)
    if len(days) > 1 and max(days) - min(days) == timedelta(days=len(days) - 1):
        days = {min(days): days[min(days)]}  # "den 25. og 26. marts"
    if len(days) > 1 and _is_one_list(dated.text, list(days.values())):
        days = {min(days): days[min(days)]}  # "on 9 and 16 March"
    if len(days) > 1 and len(timed := {day: item for day, item in days.items() if item.time is not None}) == 1:
        days = timed  # the meeting has its hour, a day that is spoken of at it has none
    if len(days) != 1:
        titled = _event_days(dated, dated.title)
        days = {day: days.get(day, item) for day, item in titled.items()}
    if len(days) != 1:
        return None, None, ""
    day, item = next(iter(days.items()))
    zone, hours = ZoneInfo(item.zone), stated_hours(dated.text)
    place = stated_place(dated.text)
    if item.time is None and hours is not None:
        return (
            datetime.combine(item.date_from or day, hours.starts, zone),
            datetime.combine(day, hours.ends, zone) if hours.ends is not None and hours.ends > hours.starts else None,
            place,
        )
    clock = datetime.min.time() if item.time is None else item.time
    said_in = dated.text if dated.text[item.start : item.end] == item.text else dated.title
    last = stated_end(said_in, item.end, item.time) if item.time else datetime.max.time().replace(microsecond=0)
    ends = datetime.combine(day, last, zone) if last is not None else None
    return datetime.combine(item.date_from or day, clock, zone), ends, place


def _is_one_list(text: str, days: Sequence[FoundDate]) -> bool:
    """Tell whether the days of an event are written as one date: "9 and 16 March"; whole dates may be of several events."""
    return all(before.text.isdigit() and is_list_link(text[before.end : item.start]) for before, item in pairwise(days))


def _event_days(dated: _DatedText, text: str) -> dict[date, FoundDate]:
    """Return the days to come that a text of an item names for the event itself."""
    days: dict[date, FoundDate] = {}
    for item in find_dates(
        text, reference=dated.reference, language=dated.language, zone=dated.zone, read=dated.reference_is_guess
    ):
        registration = _REGISTRATION.search(text[max(item.start - 60, 0) : item.start])
        # "From 8 to 10 June" may be the days that something is open, too.
        is_event_day = item.role is DateRole.OTHER or (item.role is DateRole.OPENING and item.date_from is not None)
        ahead = item.date is not None and (dated.reference is None or item.date >= dated.reference)
        if is_event_day and item.date is not None and ahead and not registration:
            days.setdefault(item.date, item)
    return days


def _place(kind: Kind, dated: _DatedText, url: str) -> tuple[str, ...]:
    """Return the places that limit who may apply; where a thing happened or will happen limits nobody."""
    if kind is not Kind.CALL:
        return find_place("", url)
    return find_place(dated.text[: _MAX_SEARCHED_CHARS // 5], url, dated.title)


def _applicants(kind: Kind, dated: _DatedText, source: Source) -> tuple[str, ...]:
    """Return the publisher's general statement of who may apply, for a call whose own text leaves municipalities open."""
    if kind is not Kind.CALL or not source.applicants:
        return ()
    stated = municipal_role(find_applicants(f"{dated.title}\n{dated.text}", dated.language))
    return () if stated is not None else (source.applicants,)


def _single_identifier(title: str, text: str) -> str:
    """Return the portal's identifier of an item about one call alone; "" for a survey of several."""
    identifiers = find_identifiers(title) or find_identifiers(text)
    return identifiers[0] if len(identifiers) == 1 else ""


def _language_of(source: Source, title: str, text: str) -> str:
    """Return the language of an item: that of its source, unless its own text is clearly in another that sources may have."""
    text = text[:_LANGUAGE_CHARS]
    if source.language:
        language = analyser().language_beside(source.language, title, text)
        return language if language in _LANGUAGES else source.language
    language = analyser().language(f"{title}\n{text}")
    return language if language in _LANGUAGES else ""
