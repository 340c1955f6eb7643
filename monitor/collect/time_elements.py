"""Read events from `<time datetime>`, and the hours and the place that labels name, from pages without data of events. Pure.

Element: https://html.spec.whatwg.org/#the-time-element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import lxml.html

from monitor.collect.events import CalendarEvent
from monitor.collect.links import clean_web_address
from monitor.collect.markup import bound_markup, parse_page, visible_text, walk
from monitor.collect.published import is_publication_time, parse_moment
from monitor.collect.text import TITLE_LENGTH, plain_line, title_text

_ASIDE = frozenset(("nav", "aside", "footer", "header", "script", "style", "template", "noscript"))
_MAX_ITEM_CHARS = 1_500
"""Characters of an item of a list: an element with more holds the whole list."""
_MAX_EVENTS = 500
_MAX_LEVELS = 6
"""Elements around a `<time>` that are tried as its item."""
_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DAY_END = time(23, 59, 59)
_CLOCK = r"(?:kl(?:ockan|\.)?\s*)?(?P<{0}h>[01]?\d|2[0-4])[.:](?P<{0}m>[0-5]\d)(?![\d.:])"
_HOURS = re.compile(
    rf"^[ \t•*–-]*(?:tid(?:punkt)?|klockslag|när|datum och tid|time|when|hours)[ \t]*[:\n][^\n]{{0,40}}?(?<![\d.:-])"
    rf"{_CLOCK.format('s')}(?:\s*(?:[–—-]|till|to)\s*{_CLOCK.format('e')})?",
    re.IGNORECASE | re.MULTILINE,
)
_PLACE = re.compile(
    r"^[ \t•*–-]*(?:plats|lokal|var|adress|sted|place|location|venue|where)[ \t]*[:\n][ \t]*(?P<place>[^\n]{2,200})$",
    re.IGNORECASE | re.MULTILINE,
)


class Hours(NamedTuple):
    """Time of day that a text states behind a label such as "Tid:"."""

    starts: time
    ends: time | None = None


def stated_hours(text: str) -> Hours | None:
    """Return the hours that a label such as "Tid: 09.00–11.30" states; None for none, and for several that differ."""
    found = {
        Hours(_clock(hit["sh"], hit["sm"]), _clock(hit["eh"], hit["em"]) if hit["eh"] else None) for hit in _HOURS.finditer(text)
    }
    return found.pop() if len(found) == 1 else None


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
        if item is None or len(visible_text(item)) > _MAX_ITEM_CHARS:
            return None
        if any(anchor.get("href") for anchor in item.iter("a")):
            return item
    return None


def _span(root: lxml.html.HtmlElement, zone: ZoneInfo) -> tuple[datetime, datetime | None] | None:
    """Return the first and last moment of the `<time>` elements of a page or item; None where they name more than two."""
    moments = []
    for element in _time_elements(root):
        words = plain_line(element.get("datetime") or "")
        moment = parse_moment(words, zone)
        if moment is not None:
            moments.append((moment, _DAY_ONLY.fullmatch(words) is not None))
    distinct = sorted(dict.fromkeys(moments))
    if not distinct or len(distinct) > 2:
        return None
    (starts, _), (ends, whole_day) = distinct[0], distinct[-1]
    if whole_day:
        return starts, datetime.combine(ends, _DAY_END, zone)
    return starts, ends if ends > starts else None


def _clock(hour: str, minute: str) -> time:
    return time(int(hour) % 24, int(minute))
