"""Parse moments as feeds and page heads state them, and find the day of publication of a page. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import lxml.html

from monitor.collect.markup import linked_data, walk
from monitor.language.date_words import months

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years that a publisher's date may have. Systems write others where nobody gave a date (0001, 1970, 9999)."""

_MAX_MOMENT_CHARS = 80

_WEEKDAYS = ("mon mån man", "tue tis tir", "wed ons", "thu tor", "fri fre", "sat lör lør", "sun sön søn")
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_ZONES = {"cet": 60, "cest": 120, "met": 60, "mest": 120, "eet": 120, "eest": 180, "wet": 0, "west": 60, "bst": 60}
_ZONES |= {"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420}

_M = rf"(?P<m>{'|'.join(sorted(months(), key=len, reverse=True))})\b\.?"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th|:[ea])?\b\.?"
_Y = r"(?P<y>\d{4})\b"
_DAY_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})(?P<sep>[-/.])(?P<n>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})(?P<n>\d\d)(?P<d>\d\d)(?=t|\s|$)",
        rf"(?:den\s+)?{_D}[\s-]+(?:of\s+)?{_M},?[\s-]+{_Y}",
        rf"{_M}\s+{_D},?\s+{_Y}",
        r"(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})\b",
    )
)
# "Mon May  3 10:00:00 2021" (C's asctime): the year is last.
_ASCTIME = re.compile(rf"{_M}\s+{_D}\s+(?P<clock>\d{{1,2}}:\d\d(?::\d\d)?(?:\s+[a-z]{{2,5}})?)\s+{_Y}")
_CLOCK = re.compile(
    r"(?:t|[\s,|-]*(?:(?:kl|klockan|klokken|at)\b\.?)?\s*)?(?P<h>\d{1,2})[:.](?P<min>\d\d)(?:[:.](?P<s>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*(?:utc|gmt)?(?P<zone>z\b|[+-]\d\d?(?::?\d\d)?(?!\d)|\(?[a-z]{3,4}\b)?"
)
_COMPACT = re.compile(r"\At(\d\d)(\d\d)(\d\d)?(?!\d)")

# Names of head elements, and of properties in the text, with the moment of publication; the surest first.
_HEAD_NAMES = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished",
    "date_published",
    "publish_date", "publish-date", "publishdate", "published_time", "publication_date", "publicationdate", "pubdate", "pub_date",
    "dcterms.issued", "dc.date.issued", "dcterms.available", "citation_publication_date", "sailthru.date", "parsely-pub-date",
    "published", "datecreated", "article:created", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date",
    "dc.date.publication", "date",
)  # fmt: skip
_PROPERTIES = frozenset(
    [
        "datepublished",
        "schema:datepublished",
        "dcterms:issued",
        "dc:issued",
        "dcterms:created",
        "dc:created",
        "article:published_time",
    ]
)
_CLASSES = frozenset(
    [
        "published",
        "publish-date",
        "published-date",
        "publishdate",
        "pubdate",
        "dt-published",
        "entry-date",
        "post-date",
        "date-published",
        "publiceringsdatum",
    ]
)
_BEFORE = re.compile(
    r"\b(?:publicera[dt](?:es)?|publiceringsdatum|publisert|udgivet|offentliggjort|published|posted|julkaistu)\b(?:\s+(?:den|on))?\s*:?\s*$",
    re.IGNORECASE,
)
# The same, and the words before the day of the last change.
_LABEL = re.compile(
    rf"{_BEFORE.pattern}|\b(?:sidan\s+)?(?:senast\s+|last\s+)?(?:uppdatera[dt]|ändra[dt]|granska[dt]|updated|modified|reviewed|opdateret|oppdatert)"
    r"\b(?:\s+(?:den|on))?\s*:?\s*$",
    re.IGNORECASE,
)
_ASIDE = frozenset(("nav", "aside", "footer", "script", "style", "template", "noscript"))
_MAX_LEVELS = 3
"""Elements around a `<time>`, and before it in each, in which the word "Publicerad" is looked for."""
_ARTICLES = re.compile(r"Article|Posting$|Report$")
_OTHERS = re.compile(r"Comment|Review|Rating|Image|Video|Audio|JobPosting|Person|ItemList|Organization")


class PublicationDate(NamedTuple):
    """Day of publication that a page states."""

    moment: datetime | None = None
    """First second of the day, or None."""
    unreadable: bool = False
    """True when a moment is stated but cannot be read."""


def parse_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment that a publisher's system wrote: aware, a day alone as its first second; None for other text.

    Reads ISO 8601 and its variants, RFC 822, asctime and day and month names in English, Swedish, Danish and Norwegian.
    `zone` holds where none is written. Of `05/03/2021` the weekday before it tells which is the month; without one that settles
    it, it is not read. Unix time is not read, and years outside 2000-2099 are refused.
    """
    plain = " ".join(unicodedata.normalize("NFC", text[: 2 * _MAX_MOMENT_CHARS]).casefold().split())
    if len(plain) > _MAX_MOMENT_CHARS:
        return None
    weekday, plain = _weekday(plain)
    try:
        if hit := _ASCTIME.match(plain):
            return _with_clock(_day(hit, weekday), hit["clock"], zone)
        hit = next(filter(None, (form.match(plain) for form in _DAY_FORMS)), None)
        return _with_clock(_day(hit, weekday), plain[hit.end() :], zone) if hit else None
    except (ValueError, OverflowError):
        return None


def is_believable_year(moment: date) -> bool:
    """Return whether a day is in the years that a publisher's date may have."""
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def find_publication_date(root: lxml.html.HtmlElement, zone: ZoneInfo) -> PublicationDate:
    """Return the day of publication that a page states, as its first second in `zone`.

    Only marked publication counts: the metadata of its head, JSON-LD (`datePublished`, then `dateCreated`), and elements marked
    so in its text by `pubdate`, `itemprop`, a class, or the word "publicerad" before a `<time>`. A date in the text, or the
    `<time>` of a deadline, is none.
    """
    stated = False
    for words in (*_from_json(root), *_from_head(root), *_from_body(root)):
        moment = parse_moment(words, zone)
        if moment is not None:
            return PublicationDate(datetime.combine(moment.astimezone(zone), time.min, zone))
        stated = True
    return PublicationDate(unreadable=stated)


def _weekday(text: str) -> tuple[int | None, str]:
    """Return the weekday (Monday is 0) that a text begins with, or None, and the rest of the text."""
    word = re.match(r"([^\W\d_]{2,10})\.?,?\s+", text)
    if word is None or word[1][:3] not in _WEEKDAY or word[1] in months():
        return None, text
    return _WEEKDAY[word[1][:3]], text[word.end() :]


def _day(hit: re.Match[str], weekday: int | None) -> date:
    groups = hit.groupdict()
    year = int(groups["y"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("the year is outside what is believed")
    if groups.get("a"):
        return _day_of_figures(year, int(groups["a"]), int(groups["b"]), groups["sep"], weekday)
    return date(year, int(groups["n"]) if groups.get("n") else months()[groups["m"]], int(groups["d"]))


def _day_of_figures(year: int, first: int, second: int, separator: str, weekday: int | None) -> date:
    """Return the day of two figures: day first with full stops, as in Europe; with slashes as the weekday or the figures show."""
    if separator == "." or first == second:
        return date(year, second, first)
    days = {
        date(year, month, day) for month, day in ((first, second), (second, first)) if month <= 12 and _is_date(year, month, day)
    }
    if len(days) > 1:
        days = {day for day in days if day.weekday() == weekday}
    if len(days) != 1:
        raise ValueError("day and month cannot be told apart")
    return days.pop()


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _with_clock(day: date, rest: str, zone: tzinfo) -> datetime:
    """Return the moment of a day and the text behind it. Raises ValueError for text with figures that are no time."""
    hit = _CLOCK.match(_COMPACT.sub(lambda figures: f"t{figures[1]}:{figures[2]}:{figures[3] or '00'}", rest))
    if hit is None:
        if any(sign.isdigit() for sign in rest):
            raise ValueError("not a time of day")
        return datetime.combine(day, time.min, zone)
    hour = int(hit["h"])
    if hit["half"]:
        hour = hour % 12 + (12 if hit["half"][0] == "p" else 0)
    at = datetime.combine(day, time(hour, int(hit["min"]), int(hit["s"] or 0)))
    moment = at.replace(tzinfo=_offset(hit["zone"] or "", "gmt" in hit[0] or "utc" in hit[0], zone))
    if not is_believable_year(moment.astimezone(UTC)):
        raise ValueError("the year is outside what is believed")
    return moment


def _offset(words: str, universal: bool, zone: tzinfo) -> tzinfo:
    words = words.removeprefix("(")
    if words[:1] in ("+", "-"):
        figures = words[1:].replace(":", "")
        hours, minutes = (int(figures), 0) if len(figures) <= 2 else (int(figures[:-2]), int(figures[-2:]))
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if words[0] == "-" else offset)
    if words == "z" or (not words and universal):
        return UTC
    return timezone(timedelta(minutes=_ZONES[words])) if words in _ZONES else zone


def _from_head(root: lxml.html.HtmlElement) -> Iterator[str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            found.setdefault((element.get(attribute) or "").strip().casefold(), content)
    yield from (found[name] for name in _HEAD_NAMES if found.get(name))


def _from_json(root: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield the dates of the page's own JSON-LD nodes: articles before the page, publication before creation."""
    nodes = [node for data in linked_data(root) for node in _own_nodes(data, 4)]
    nodes.sort(key=lambda node: not _ARTICLES.search(_types(node)))
    for name in ("datePublished", "dateCreated"):
        yield from (node[name].strip() for node in nodes if isinstance(node.get(name), str) and node[name].strip())


def _own_nodes(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    for node in data if isinstance(data, list) else [data]:
        if not isinstance(node, dict) or _OTHERS.search(_types(node)):
            continue
        yield node
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth and name in node:
                yield from _own_nodes(node[name], depth - 1)


def _types(node: dict[str, Any]) -> str:
    types = node.get("@type")
    return " ".join(map(str, types)) if isinstance(types, list) else str(types or "")


def _from_body(root: lxml.html.HtmlElement) -> Iterator[str]:
    before = ""
    for element, text in walk(root, _ASIDE):
        if element is not None and is_publication_time(element, before):
            words = element.get("content") or element.get("datetime") or element.get("title") or text
            if words.strip():
                yield words.strip()
        if text.strip():
            before = text


def is_time_of_page(element: lxml.html.HtmlElement, before: str) -> bool:
    """Return whether a `<time>` is the day on which the page was published or changed, by the words before it or as marked."""
    return is_publication_time(element, before) or bool(_LABEL.search(before[-_MAX_MOMENT_CHARS:]))


def drop_time_of_page(element: lxml.html.HtmlElement) -> None:
    """Remove the `<time>` of the day of publication or change from a page, with the word "Publicerad" before it."""
    for holder, place in _places_before(element):
        text = getattr(holder, place) or ""
        if text.strip():
            setattr(holder, place, _LABEL.sub("", text))
            break
    element.drop_tree()


def _places_before(element: lxml.html.HtmlElement) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """Yield the places that may hold the text before an element, the nearest first, as element and name of attribute."""
    for _ in range(_MAX_LEVELS):
        for before in islice(element.itersiblings(preceding=True), _MAX_LEVELS):
            yield before, "tail"
            if isinstance(before.tag, str):
                yield before, "text"
        element = element.getparent()
        if element is None:
            return
        yield element, "text"


def is_publication_time(element: lxml.html.HtmlElement, before: str) -> bool:
    """Return whether an element is the page's day of publication, by its properties, its class or the words before it."""
    names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".casefold().split()
    if not _PROPERTIES.isdisjoint(names):
        return True
    if element.tag == "abbr" and "published" in (element.get("class") or "").split():
        return True  # microformats: https://microformats.org/wiki/hatom
    if element.tag != "time":
        return False
    classes = (element.get("class") or "").casefold().split()
    return (
        element.get("pubdate") is not None
        or not _CLASSES.isdisjoint(classes)
        or bool(_BEFORE.search(before[-_MAX_MOMENT_CHARS:]))
    )
