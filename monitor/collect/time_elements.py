"""Read events from `<time datetime>`, and the hours and the place that labels name, from pages without data of events. Pure.

Element: https://html.spec.whatwg.org/#the-time-element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

import lxml.html

from monitor.collect.events import CalendarEvent
from monitor.collect.links import clean_web_address
from monitor.collect.markup import bound_markup, parse_page, visible_text, walk
from monitor.collect.published import drop_time_of_page, is_publication_time, is_time_of_page, parse_moment
from monitor.collect.text import TITLE_LENGTH, plain_line, title_text
from monitor.language.date_words import months

_ASIDE = frozenset(("nav", "aside", "footer", "header", "script", "style", "template", "noscript"))
_UNSEEN = frozenset(("script", "style", "template", "noscript"))
_CELLS = frozenset(("dd", "td"))
_INLINE = frozenset(("b", "em", "i", "span", "strong"))
_MAX_ITEM_CHARS = 1_500
"""Characters of an item of a list, and elements in it: one with more holds the whole list."""
_MAX_ITEM_ELEMENTS = 150
_MAX_EVENTS = 500
_MAX_MOMENT_CHARS = 60
_MAX_LEVELS = 6
"""Elements around a `<time>` that are tried as its item."""
_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DAY_START = re.compile(r"\s*(?P<year>20\d\d)-\d{1,2}-\d{1,2}")
_DAY_AND_MONTH = re.compile(r"(?:\w+ )?(?:den )?\d{1,2}(?:\.|:[ae]|st|nd|rd|th)? [^\W\d]{3,}\.?")
_DAY_END = time(23, 59, 59)
_CLOCK = r"(?:kl(?:ockan|\.)?\s*)?(?P<{0}h>[01]?\d|2[0-4])[.:](?P<{0}m>[0-5]\d)(?![\d.:])"
_HOURS = re.compile(
    rf"^[ \t•*–-]*(?:tid(?:punkt)?|klockslag|när|datum och tid|time|when|hours)[ \t]*[:\n][^\n]{{0,40}}?(?<![\d.:-])"
    rf"{_CLOCK.format('s')}(?:\s*(?:[–—-]|till|to)\s*{_CLOCK.format('e')})?",
    re.IGNORECASE | re.MULTILINE,
)
# The same with "klockan 10–12": whole hours, which only the word before them shows to be a time of day.
_HOUR = r"(?P<{0}h>[01]?\d|2[0-4])(?:[.:](?P<{0}m>[0-5]\d))?(?![.:]?\d)"
_UNTIL = rf"\s*(?:[–—-]|till|to)\s*(?:kl(?:ockan|\.)?\s*)?{_HOUR.format('e')}(?!\.?\s*(?:{'|'.join(sorted(months()))})\b)"
_WHOLE_HOURS = re.compile(
    r"^[ \t•*–-]*(?:tid(?:punkt)?|klockslag|när|datum(?: och tid)?|dag)[ \t]*[:\n][^\n]{0,40}?"
    rf"\bkl(?:ockan|\.)?\s*{_HOUR.format('s')}(?:{_UNTIL})?",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(_UNTIL, re.IGNORECASE)
_PLACE = re.compile(
    r"^[ \t•*–-]*(?:plats|lokal|var|adress|sted|place|location|venue|where)[ \t]*[:\n][ \t•*–-]*(?P<place>[^\n]{2,200})$",
    re.IGNORECASE | re.MULTILINE,
)


class Hours(NamedTuple):
    """Time of day that a text states behind a label such as "Tid:"."""

    starts: time
    ends: time | None = None


def stated_hours(text: str) -> Hours | None:
    """Return the hours that a label such as "Tid: 09.00–11.30" states; None for none, and for several that differ."""
    by_label = {hit.start(): _hours(hit) for pattern in (_HOURS, _WHOLE_HOURS) for hit in pattern.finditer(text)}
    found = set(by_label.values())
    return found.pop() if len(found) == 1 else None


def _hours(hit: re.Match[str]) -> Hours:
    return Hours(_clock(hit["sh"], hit["sm"]), _clock(hit["eh"], hit["em"]) if hit["eh"] else None)


def stated_end(text: str, at: int, starts: time) -> time | None:
    """Return the time of day until which something lasts that begins at `starts`, in a text that goes on with it at `at`.

    "klockan 10–12" and "10.00 till 12.30" name it; "klockan 10–12 december" does not.
    """
    hit = _END.match(text, at)
    if hit is None:
        return None
    ends = _clock(hit["eh"], hit["em"])
    return ends if ends > starts else None


def stated_place(text: str) -> str:
    """Return the place that a label such as "Plats: Stadshotellet" states; "" for none, and for several that differ."""
    found = {plain_line(hit["place"])[:TITLE_LENGTH] for hit in _PLACE.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def find_listed_events(markup: str, url: str, zone: ZoneInfo) -> list[CalendarEvent]:
    """Return the events of a list whose items each hold a `<time datetime>` and a link, in the order of the page."""
    events: dict[str, CalendarEvent] = {}
    for element in _time_elements(parse_page(bound_markup(markup).markup)):
        item = _item(element)
        if item is None:
            continue
        link = next(anchor for anchor in item.iter("a") if anchor.get("href"))
        address = clean_web_address(link.get("href") or "", url)
        heading = next(item.iter("h2", "h3", "h4"), link)
        title = title_text(visible_text(heading)) or title_text(visible_text(link))
        span = _span(item, zone)
        if not address or not title or span is None:
            continue
        text = visible_text(item)
        events.setdefault(address, CalendarEvent(key="", title=title, starts=span[0], ends=span[1], text=text, url=address))
        if len(events) == _MAX_EVENTS:
            break
    return list(events.values())


def find_page_time(root: lxml.html.HtmlElement, zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """Return start and end of the one event that a page marks up with `<time datetime>`; None for none, and for several days.

    The `<time>` of the day of publication, and those of menus and footers, are no events.
    """
    return _span(root, zone)


def keep_times(root: lxml.html.HtmlElement) -> None:
    """Make the `<time>` elements of sentences and labels plain text, and take the days of publication and change out.

    The article reader drops every `<time>`: "Sista ansökningsdag är <time>10 mars 2027</time>" would lose its day. One that
    stands alone is left to it: the day of an article in a list, or one of publication that nothing names.
    """
    before = ""
    of_page, stated = [], []
    for element, text in walk(root, _UNSEEN):
        if element is not None and element.tag == "time":
            if is_time_of_page(element, before):
                of_page.append(element)
            elif _has_words_around(element):
                stated.append(element)
        if text.strip():
            before = text
    for element in stated:
        element.tag = "span"
        _add_year(element)
    for element in of_page:
        if element.getparent() is not None:
            drop_time_of_page(element)


def _add_year(element: lxml.html.HtmlElement) -> None:
    """Add the year of the `datetime` to a day that is written without one: "16 december" of 2025 is no day of next year."""
    day = _DAY_START.match(element.get("datetime") or "")
    if day is not None and not len(element) and _DAY_AND_MONTH.fullmatch(plain_line(element.text or "")):
        element.text = f"{plain_line(element.text or '')} {day['year']}"


def _has_words_around(element: lxml.html.HtmlElement) -> bool:
    parent = element.getparent()
    while parent is not None and parent.tag in _INLINE:
        parent = parent.getparent()
    if parent is None:
        return False
    texts = (parent.text, *(child.tail for child in parent))
    return parent.tag in _CELLS or any(text and any(sign.isalpha() for sign in text) for text in texts)


def _time_elements(root: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    before = ""
    for element, text in walk(root, _ASIDE):
        if element is not None and element.tag == "time" and element.get("datetime") and not is_publication_time(element, before):
            yield element
        if text.strip():
            before = text


def _item(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """Return the item of a list that a `<time>` belongs to: the nearest element around it with a link and little text."""
    item = element
    for _ in range(_MAX_LEVELS):
        item = item.getparent()
        if item is None or _is_large(item):
            return None
        if any(anchor.get("href") for anchor in item.iter("a")):
            return item
    return None


def _is_large(element: lxml.html.HtmlElement) -> bool:
    """Return whether an element is too large for an item of a list; reads no more of it than shows that."""
    if len(list(islice(element.iter(), _MAX_ITEM_ELEMENTS + 1))) > _MAX_ITEM_ELEMENTS:
        return True
    return sum(len(text) for text in element.itertext()) > _MAX_ITEM_CHARS


def _span(root: lxml.html.HtmlElement, zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """Return the first and last moment of the `<time>` elements of a page or item; None where they name more than two."""
    moments: set[tuple[datetime, bool]] = set()
    for element in _time_elements(root):
        words = plain_line((element.get("datetime") or "")[:_MAX_MOMENT_CHARS])
        moment = parse_moment(words, zone)
        if moment is not None:
            moments.add((moment, _DAY_ONLY.fullmatch(words) is not None))
        if len(moments) > 2:
            return None
    distinct = sorted(moments)
    if not distinct:
        return None
    (starts, _), (ends, whole_day) = distinct[0], distinct[-1]
    if whole_day:
        return starts, datetime.combine(ends, _DAY_END, zone)
    return starts, ends if ends > starts else None


def _clock(hour: str, minute: str | None) -> time:
    return time(int(hour) % 24, int(minute or 0))
