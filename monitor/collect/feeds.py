"""Feeds turned into Calls: keys that do not move, dates that are not made up, words without markup."""

from __future__ import annotations

import hashlib
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import feedparser

from monitor.calls import Call, is_web_address
from monitor.collect.article import describe_item
from monitor.collect.links import outside_links
from monitor.collect.reading import Rows
from monitor.collect.text import html_to_text, title_text
from monitor.sources import Source

# Parameters that publishers add to follow readers; they change while the article does not.
_TRACKING = re.compile(r"^(utm_|fbclid|gclid|mc_|pk_|mtm_)", re.IGNORECASE)
# WARNING: what the feed of another archive says of itself (`monitor.web.feeds`); keep in sync.
_ARCHIVE = "eu-bevakning"
# References to U+D800 to U+DFFF, which no document may hold: https://www.w3.org/TR/xml/#wf-Legalchar
_HALF_CHARACTER = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]));",
    re.IGNORECASE,
)
_OLDEST, _NEWEST = 1995, timedelta(days=366)


class RefusedFeedError(ValueError):
    """A feed that could do harm when it is read."""


@dataclass(slots=True)
class Feed(Rows):
    """What a feed held. `following` is where the feed of another archive goes on; other feeds are read no further back than they begin."""

    calls: list[Call] = field(default_factory=list)
    following: str = ""


def parse_feed(body: bytes, headers: Mapping[str, str], url: str, source: Source, now: datetime) -> Feed:
    """Every entry of a feed as a Call. Raises ValueError, in plain Swedish, when the bytes are no feed, RefusedFeedError when they may do harm."""
    _refuse_entities(body)
    body = _HALF_CHARACTER.sub(b"&#xFFFD;", body)  # feedparser gives up on them
    parsed = feedparser.parse(body, response_headers={**_lower(headers), "content-location": url}, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        raise ValueError(_not_a_feed(body))
    feed = Feed(seen=len(parsed.entries), following=_following(parsed.feed, url))
    read: set[str] = set()
    for number, entry in enumerate(parsed.entries, 1):
        name = str(entry.get("link") or entry.get("title") or f"post {number}")
        feed.read_row(name, _read_entry, feed, entry, url, source, now, read)
    return feed


def _read_entry(feed: Feed, entry: Any, url: str, source: Source, now: datetime, read: set[str]) -> None:
    """Add one entry to what the feed held. Raises what an entry may."""
    link = _link(entry, url)
    title = title_text(str(entry.get("title") or ""))
    key = entry_key(str(entry.get("id") or ""), link, title)
    if not title or not link:
        feed.skip(key, "saknar rubrik" if not title else "saknar länk")
        return
    if key in read:
        return
    read.add(key)
    content = _content(entry)
    described = describe_item(
        source=source,
        call_id=key,
        url=link,
        title=title,
        text=html_to_text(content),
        published=_published(entry, now),
        keywords=tuple(title_text(str(tag.get("term") or "")) for tag in entry.get("tags", []) if tag.get("term")),
        links=outside_links(content, link),
        now=now,
    )
    if described.call is None:
        feed.leave_out(key, described.reason, described.aside)
    else:
        feed.calls.append(described.call)


def entry_key(guid: str, link: str, title: str) -> str:
    """A key for an entry that stays the same while the entry does.

    The link without fragment and tracking is steadier than the guid, which some publishers make anew at each reading or from the
    headline; without a link, the guid; without both, the title.
    """
    if link:
        parts = urlsplit(link)
        query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
        return urlunsplit(("https" if parts.scheme == "http" else parts.scheme, parts.netloc.lower(), parts.path, query, ""))
    return guid or hashlib.sha256(title.encode()).hexdigest()[:32]


def _following(head: Any, url: str) -> str:
    """The next page of another archive, at the host that gave this one: the archive may know itself by another name."""
    if head.get("generator") != _ARCHIVE:
        return ""
    found = next((str(link.get("href") or "") for link in head.get("links", []) if link.get("rel") == "next"), "")
    parts = urlsplit(found)
    return urlunsplit((*urlsplit(url)[:2], parts.path, parts.query, "")) if found else ""


def _refuse_entities(body: bytes) -> None:
    """A feed has no need to declare entities; one that does may be built to grow without end. They stand before the first element."""
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


def _link(entry: Any, base: str) -> str:
    candidates = [str(entry.get("link") or "")]
    candidates += [str(link.get("href") or "") for link in entry.get("links", []) if link.get("rel") == "alternate"]
    guid = str(entry.get("id") or "")
    if entry.get("guidislink") or guid.startswith(("http://", "https://")):
        candidates.append(guid)
    for candidate in candidates:
        address = urljoin(base, candidate.strip()) if candidate.strip() else ""
        if is_web_address(address):
            return address
    return ""


def _content(entry: Any) -> str:
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    return max([*contents, str(entry.get("summary") or "")], key=len)


def _published(entry: Any, now: datetime) -> datetime | None:
    """When the entry says it was published; None when it does not say, or says what cannot be."""
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        moment = dict.get(entry, name)  # its own get() answers for names that are not there
        if moment and moment[0] >= _OLDEST:
            found = datetime.fromtimestamp(timegm(moment), UTC)
            if found <= now + _NEWEST:
                return found
    return None
