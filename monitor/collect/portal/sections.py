"""Cut the portal's HTML texts into sections: descriptions at their markers, conditions at their headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

from monitor.calls import Link, Section, is_web_address
from monitor.collect.text import html_to_text, plain_line

# Patterns instead of a parser: over the 1,375 texts of the portal on 27 June 2026 a parsed tree took three times as long, and
# moved line breaks in two texts whose markup is not balanced.
# The marker paragraph; older texts use a span. Everything up to the next marker belongs to it.
_MARKER = re.compile(
    r'<(?P<tag>p|span)\b[^>]*class="topicdescriptionkind"[^>]*>(?P<title>.*?)</(?P=tag)>', re.IGNORECASE | re.DOTALL
)
_HEADING = re.compile(r"<h[2-5]\b[^>]*>(?P<title>.*?)</h[2-5]>", re.IGNORECASE | re.DOTALL)
# The opening tag of every conditions text is broken: <div class="eui-u-mt-l>">
_BROKEN_START = re.compile(r'^\s*<div class="[^">]*>">')

# A tag ends at the next bracket and a link before the next one, so that no text makes the search slow.
_LINK = re.compile(r"<a\b(?P<attributes>[^<>]*+)>(?P<title>(?:[^<]|<(?!/?a\b)){0,2000}+)</a>", re.IGNORECASE)
_HREF = re.compile(r'(?<![\w-])href\s?=\s?"(?P<url>[^"]*+)"', re.IGNORECASE)
_MAX_LINKS = 80

# Topics of one work programme share most of their conditions, word for word.
_text = lru_cache(maxsize=4096)(html_to_text)


def parse_description(markup: str) -> tuple[Section, ...]:
    """Return the sections of a topic's description: one per marker, without a title where it is `null`; one without markers."""
    return tuple(_sections(markup, _MARKER))


def parse_conditions(markup: str) -> tuple[Section, ...]:
    """Return the sections of a topic's conditions, one per heading: admissibility, eligible countries, other conditions."""
    return tuple(_sections(_BROKEN_START.sub("", markup), _HEADING))


def parse_links(markup: str) -> tuple[Link, ...]:
    """Return the links to web addresses in a topic's conditions, each pair of words and address once, at most 80."""
    found: dict[Link, None] = {}
    for link in _LINK.finditer(markup):
        href = _HREF.search(link["attributes"])
        url = html.unescape(href["url"]).strip() if href else ""
        if url and is_web_address(url):
            found[Link(title=plain_line(_text(link["title"]))[:300], url=url)] = None
    return tuple(found)[:_MAX_LINKS]


def _sections(markup: str, marker: re.Pattern[str]) -> Iterator[Section]:
    title, start = "", 0
    for found in marker.finditer(markup):
        yield from _section(title, markup[start : found.start()])
        title, start = plain_line(_text(found["title"])).rstrip(":"), found.end()
    yield from _section(title, markup[start:])


def _section(title: str, markup: str) -> Iterator[Section]:
    text = _text(markup)
    if text:
        yield Section(title="" if title == "null" else title, text=text)
