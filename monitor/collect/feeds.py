"""Turn feeds (RSS, RDF, Atom, JSON Feed) into Calls with stable keys, stated dates and plain text."""

from __future__ import annotations

import hashlib
import json
import re
import time
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import feedparser

from monitor.calls import Call
from monitor.collect.article import Article, describe_item
from monitor.collect.links import clean_web_address, find_external_links, registered_domain
from monitor.collect.published import FIRST_YEAR, LAST_YEAR, parse_moment
from monitor.collect.reading import LinkedItem, RowResults
from monitor.collect.text import html_to_text, plain_line, repair_references, repair_surrogates, title_text
from monitor.errors import describe_row_error
from monitor.sources import Source
from monitor.vocabulary import Kind

# Parameters that publishers add to follow readers; they change while the article does not.
_TRACKING = re.compile(r"^(utm_|fbclid|gclid|mc_|pk_|mtm_)", re.IGNORECASE)
# WARNING: the generator that the feed of another archive states (`monitor.web.outputs.feeds`); keep in sync.
_ARCHIVE_GENERATOR = "eu-bevakning"
_MAX_AHEAD = timedelta(days=366)
"""Time ahead of now in which a stated moment of publication is believed."""
_MAX_TAGS = 60_000
"""Tags of a whole feed that are read, without those of escaped markup: two thousand entries have fewer. feedparser takes half a
minute for ten times as many. The rest is cut off at the start of an entry."""
_ENTRY_STARTS = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_READ_MORE = re.compile(r"\b(?:läs mer|läs hela \w+|read more|continue reading|fortsätt läsa|les mer|læs mere)\b", re.IGNORECASE)
_MAX_LINKED = 20
"""Entries of a feed that are read at their addresses in one run."""
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|mp[34]|jpe?g|png)$", re.IGNORECASE)
_MAX_MADE_TITLE, _MAX_GUID_CHARS, _MAX_KEYWORDS = 100, 2_000, 50
_JSON_FEED = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1")


class RefusedFeedError(ValueError):
    """Feed that could do harm when it is read."""


@dataclass(slots=True)
class Feed(RowResults):
    """Entries of a feed."""

    calls: list[Call] = field(default_factory=list)
    following: str = ""
    """Address of the next page of the feed of another archive; "" for other feeds, of which only the first page is read."""
    home: str = ""
    """Address of the site of the feed."""
    linked: list[LinkedItem] = field(default_factory=list)
    """Entries without a text beside their title, the first `_MAX_LINKED`, which are read at their addresses."""
    of_archive: bool = False
    """True for the feed of another archive, whose entries state their kind as a category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Entry of a feed of any format, as it was written."""

    guid: str = ""
    title: str = ""
    """Title, which may hold markup."""
    content: str = ""
    """Text, which may hold markup."""
    links: tuple[str, ...] = ()
    """Addresses, of which the first usable one is taken."""
    dates: tuple[tuple[str, time.struct_time | None], ...] = ()
    """Moments of publication, change and creation: as written, and as feedparser reads them, in UTC."""
    keywords: tuple[str, ...] = ()


def parse_feed(body: bytes, headers: Mapping[str, str], url: str, source: Source, now: datetime) -> Feed:
    """Return every entry of a feed as a Call: RSS, RDF, Atom, or JSON Feed (https://www.jsonfeed.org/version/1.1/).

    An entry that cannot be read is named in `skipped`; the others are read.

    Raises:
        RefusedFeedError: The feed may do harm.
        ValueError: The bytes are no feed. The text of both is plain Swedish.
    """
    read_entry = _json_entry if _is_json(body, headers) else _xml_entry
    entries, feed = _json_entries(body, url) if read_entry is _json_entry else _xml_entries(body, headers, url)
    feed.seen = len(entries)
    read: set[str] = set()
    for number, raw in enumerate(entries, start=1):
        entry = feed.read_row(f"post {number}", read_entry, raw)
        key = feed.read_row(f"post {number}", _key, entry, url) if entry is not None else None
        if key is None:
            continue
        key = key or f"post {number}"
        if key not in read:
            read.add(key)
            feed.read_row(key, _describe, entry, key, feed, url, source, now)
    return feed


def _describe(entry: Entry, key: str, feed: Feed, url: str, source: Source, now: datetime) -> None:
    """Add one entry to the feed's calls, or to those that are skipped or left out."""
    link = _link(entry, url)
    text = html_to_text(entry.content)
    title = title_text(entry.title) or _title_from(text) or link
    if not title:
        feed.skip(key, "saknar rubrik, text och länk")
        return
    published, unreadable = _published(entry, ZoneInfo(source.time_zone), now)
    article = Article(
        title=title,
        text=text,
        published=published,
        day_unreadable=unreadable,
        keywords=entry.keywords,
        links=find_external_links(entry.content, link or url),
        kind=_stated_kind(entry) if feed.of_archive else None,
    )
    described = describe_item(article, source=source, call_id=key, url=link or feed.home or clean_web_address(url), now=now)
    call = described.call or described.left_out_call
    if call is not None and _is_title_alone(title_text(entry.title), text) and _may_follow(link, url, feed):
        feed.linked.append(LinkedItem(call, "" if described.call is not None else described.reason))
    elif described.call is None:
        feed.leave_out(key, described.reason, described.left_out_call)
    else:
        feed.calls.append(described.call)


def _is_title_alone(title: str, text: str) -> bool:
    """Return whether an entry has a title, and a text that says no more."""
    if not title:
        return False
    said = _READ_MORE.sub("", " ".join(text.casefold().split()).replace(" ".join(title.casefold().split()), ""))
    return not any(sign.isalnum() for sign in said)


def _may_follow(link: str, url: str, feed: Feed) -> bool:
    """Return whether an entry is read at its address: a page of the feed's own publisher, within the number of them."""
    if not link or feed.of_archive or len(feed.linked) >= _MAX_LINKED:
        return False
    own, other = (registered_domain(urlsplit(address).hostname or "") for address in (url, link))
    return own == other and not _FILE.search(urlsplit(link).path)


def _stated_kind(entry: Entry) -> Kind | None:
    return next((Kind(word) for word in entry.keywords if word in tuple(Kind)), None)


def _key(entry: Entry, url: str) -> str:
    """Return the entry's key, or "" for an empty entry."""
    link, guid, title = _link(entry, url), plain_line(entry.guid[:_MAX_GUID_CHARS]), title_text(entry.title)
    return entry_key(guid, link, title or html_to_text(entry.content)) if link or guid or title or entry.content.strip() else ""


def _link(entry: Entry, url: str) -> str:
    return next(filter(None, (clean_web_address(link, url) for link in entry.links if link)), "")


def _title_from(text: str) -> str:
    """Return the first words of a text, as the title of an entry without one."""
    first = text.split("\n", 1)[0]
    return first if len(first) <= _MAX_MADE_TITLE else first[:_MAX_MADE_TITLE].rsplit(" ", 1)[0] + " …"


def entry_key(guid: str, link: str, title: str) -> str:
    """Return a key for an entry that stays the same while the entry does.

    The link without fragment and tracking parameters changes less than the guid, which some publishers make anew at each reading
    or from the headline; without a link, the guid; without both, a hash of the title. Keys are stored: another spelling of
    addresses, such as that of w3lib's `canonicalize_url`, would make every call of a feed or page a new one.
    """
    if link:
        parts = urlsplit(link)
        query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
        return urlunsplit(
            ("https" if parts.scheme == "http" else parts.scheme, parts.netloc.rpartition("@")[2].lower(), parts.path, query, "")
        )
    return guid or hashlib.sha256(title.encode()).hexdigest()[:32]


def _xml_entries(body: bytes, headers: Mapping[str, str], url: str) -> tuple[list[Any], Feed]:
    """Return the entries of RSS, RDF or Atom, as feedparser reads them, and the feed to add them to."""
    _refuse_entities(body)
    bounded = _bound_tags(body)
    try:
        parsed = feedparser.parse(
            repair_references(bounded),
            response_headers={**_lower(headers), "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,  # only links to other hosts are read from an entry's text
        )
    except (
        ValueError,
        ArithmeticError,
        RecursionError,
        TypeError,
        LookupError,
        AttributeError,
    ) as error:  # feedparser copes with most, not all, that is no XML
        raise ValueError(f"Flödet går inte att läsa: det {describe_row_error(error)}.") from error
    if not parsed.get("version") and not parsed.entries:
        raise ValueError(_not_a_feed(body))
    feed = Feed(
        following=_following(parsed.feed, url),
        home=clean_web_address(str(parsed.feed.get("link") or ""), url),
        of_archive=_is_archive(parsed.feed),
    )
    if len(bounded) < len(body):
        feed.skipped["resten av flödet"] = "flödet är för stort: det som står efter de första posterna lästes inte"
    return list(parsed.entries), feed


def _xml_entry(raw: Any) -> Entry:
    links = [str(raw.get("feedburner_origlink") or ""), str(raw.get("link") or "")]
    links += [str(link.get("href") or "") for link in raw.get("links", []) if link.get("rel") == "alternate"]
    guid = str(raw.get("id") or "")
    if raw.get("guidislink") or guid.startswith(("http://", "https://")):
        links.append(guid)
    contents = [str(part.get("value") or "") for part in raw.get("content", [])]
    names = ("published", "updated", "created")
    return Entry(
        guid=guid,
        title=str(raw.get("title") or ""),
        content=max([*contents, str(raw.get("summary") or "")], key=len),
        links=tuple(links),
        # feedparser's own get() gives other fields for missing names.
        dates=tuple((str(dict.get(raw, name) or ""), dict.get(raw, f"{name}_parsed")) for name in names),
        keywords=_keywords(str(tag.get("term") or "") for tag in raw.get("tags", [])),
    )


def _is_json(body: bytes, headers: Mapping[str, str]) -> bool:
    kind = _lower(headers).get("content-type", "")
    return "json" in kind.lower() or body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _json_entries(body: bytes, url: str) -> tuple[list[Any], Feed]:
    """Return the items of a JSON Feed, and the feed to add them to."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        data = None
    items = data.get("items") if isinstance(data, dict) and _JSON_FEED.match(str(data.get("version"))) else None
    if not isinstance(items, list):
        raise ValueError(_not_a_feed(body))
    return items, Feed(home=clean_web_address(str(data.get("home_page_url") or ""), url))


def _json_entry(raw: Any) -> Entry:
    words = {name: repair_surrogates(str(value)) for name, value in raw.items() if isinstance(value, str | int | float)}
    html_text, plain = words.get("content_html", ""), words.get("content_text", "") or words.get("summary", "")
    tags = raw.get("tags")
    guid = words.get("id", "")
    return Entry(
        guid=guid,
        title=escape(words.get("title", ""), quote=False),  # it is plain text, and so is content_text
        content=html_text or escape(plain, quote=False).replace("\n", "<br>"),
        links=(words.get("url", ""), words.get("external_url", ""), guid if guid.startswith(("http://", "https://")) else ""),
        dates=tuple((words.get(name, ""), None) for name in ("date_published", "date_modified")),
        keywords=_keywords(str(tag) for tag in tags) if isinstance(tags, list) else (),
    )


def _keywords(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, (title_text(word) for word in islice(words, _MAX_KEYWORDS))))


def _bound_tags(body: bytes) -> bytes:
    """Return the feed up to the last start of an entry within the bound; all of a feed that is not too large."""
    if body.count(b"<") <= _MAX_TAGS:
        return body
    at, left = 0, _MAX_TAGS
    while (at := body.find(b"<", at)) >= 0:
        if body.startswith(b"<![CDATA[", at):
            at = body.find(b"]]>", at)
            if at < 0:
                return body
        left -= 1
        if left < 0:
            break
        at += 1
    if at < 0:
        return body
    starts = [hit.start() for hit in _ENTRY_STARTS.finditer(body, 0, at)]
    return body[: starts[-1]] if len(starts) > 1 else body[:at]


def _is_archive(head: Any) -> bool:
    return bool(head.get("generator") == _ARCHIVE_GENERATOR)


def _following(head: Any, url: str) -> str:
    """Return the next page of another archive's feed, at the host that sent this one, since the archive may use another name."""
    if not _is_archive(head):
        return ""
    address = next((str(link.get("href") or "") for link in head.get("links", []) if link.get("rel") == "next"), "")
    parts = urlsplit(address)
    return urlunsplit((*urlsplit(url)[:2], parts.path, parts.query, "")) if address else ""


def _refuse_entities(body: bytes) -> None:
    """Raise RefusedFeedError for a feed that declares entities before its first element: they may expand without end."""
    start = body.replace(b"\0", b"")  # UTF-16 and UTF-32 too
    first = re.search(rb"<[a-z]", start, re.IGNORECASE)
    if re.search(rb"<!ENTITY", start[: first.start() if first else None], re.IGNORECASE):
        raise RefusedFeedError("Flödet definierar egna XML-entiteter, vilket inte tas emot.")


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _not_a_feed(body: bytes) -> str:
    start = body[:2000].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "Adressen svarade med en webbsida i stället för ett flöde."
    return "Svaret är inte ett flöde." if start else "Svaret var tomt."


def _published(entry: Entry, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, bool]:
    """Return the moment of publication of an entry, and whether it states one that cannot be read or believed (never today)."""
    stated = False
    for text, parsed in entry.dates:
        moment = parse_moment(text, zone)
        # Ten figures are seconds since 1970, of which feedparser makes another day.
        if moment is None and parsed and not text.strip().isdigit() and FIRST_YEAR <= parsed[0] <= LAST_YEAR:
            moment = datetime.fromtimestamp(timegm(parsed), UTC)
        if moment is not None and moment <= now + _MAX_AHEAD:
            return moment.astimezone(UTC), False
        stated = stated or bool(text.strip())
    return None, stated
