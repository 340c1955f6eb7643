"""Find the title of a page, and remove the name of the site that publishing systems add to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import lxml.html

from monitor.collect.markup import linked_data
from monitor.collect.text import TITLE_LENGTH, plain_line

_SITE_NAMES = frozenset(
    [
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "publisher",
        "dc.publisher",
        "dcterms.publisher",
        "twitter:site",
        "article:publisher",
    ]
)
# Dashes, bars, dots and arrows with a blank before and behind; bars also without.
_SEPARATOR = re.compile(
    "\\s+(?:[-\u2010-\u2015\u2212|\u00a6\u2223\uff5c\u00b7\u2022\u2027\u2219\u22c5\u00bb\u203a\u00ab\u2039~/:]|::|\\|\\|)\\s+|\\s*[|\u00a6\uff5c]+\\s*"
)
_ARTICLE = re.compile(r"Article|Posting$|Report$|Event$")
_SITE_TYPES = re.compile(r"WebSite$|Organization$|Corporation$|CollegeOrUniversity$")
_MAX_HEADINGS, _MIN_HEADING_CHARS = 5, 3


def find_headline(root: lxml.html.HtmlElement) -> str:
    """Return the headline of the one article that a page describes as JSON-LD, or ""."""
    nodes = (node for data in linked_data(root) for node in _nodes(data) if _ARTICLE.search(_types(node)))
    headlines = {node["headline"].strip() for node in nodes if isinstance(node.get("headline"), str)}
    return headlines.pop() if len(headlines) == 1 else ""


def main_headings(root: lxml.html.HtmlElement) -> tuple[str, ...]:
    """Return the texts of a page's main headings."""
    texts = (
        plain_line("".join(islice(heading.itertext(), 50))[:TITLE_LENGTH]) for heading in islice(root.iter("h1"), _MAX_HEADINGS)
    )
    return tuple(words for words in texts if words)


def find_site_names(root: lxml.html.HtmlElement, url: str) -> tuple[str, ...]:
    """Return the names of a page's site: in its head, in JSON-LD, on links to the site's first page, and its host."""
    names = [
        element.get("content") or ""
        for element in root.iter("meta")
        if (element.get("property") or element.get("name") or "").strip().casefold() in _SITE_NAMES
    ]
    for data in linked_data(root):
        for node in _nodes(data):
            publisher = node.get("publisher")
            if isinstance(publisher, dict):
                names.append(str(publisher.get("name") or ""))
            if _SITE_TYPES.search(_types(node)):
                names += [str(node.get("name") or ""), str(node.get("alternateName") or "")]
    parts = urlsplit(url)
    first_pages = ("/", f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{parts.netloc}/")
    for link in root.iter("a"):
        if (link.get("href") or "").strip() in first_pages:
            pictures = [picture.get("alt") or "" for picture in islice(link.iter("img"), 3)]
            names += [
                link.get("title") or "",
                link.get("aria-label") or "",
                "".join(islice(link.itertext(), 20))[:TITLE_LENGTH],
                *pictures,
            ]
    host = (parts.hostname or "").removeprefix("www.")
    return tuple(dict.fromkeys(name for name in (*map(plain_line, names), host, host.rsplit(".", 1)[0]) if name))


def remove_site_name(title: str, names: Iterable[str], main_headings: Iterable[str] = ()) -> str:
    """Return a title without the name of its site before or behind it, and without text behind a heading of the page.

    "Lediga bidrag | Exempelkommun" is "Lediga bidrag" where the site is called so, or where the page's heading is.
    """
    site = {name for name in map(_comparable, names) if name}
    for heading in main_headings:
        rest = title.removeprefix(heading)
        if len(heading) >= _MIN_HEADING_CHARS and rest != title and _SEPARATOR.match(rest):
            return heading
    while hits := list(_SEPARATOR.finditer(title, 1)):
        first, last = hits[0], hits[-1]
        if _comparable(title[last.end() :]) in site and _comparable(title[: last.start()]) not in site | {""}:
            title = title[: last.start()].rstrip()
        elif _comparable(title[: first.start()]) in site and _comparable(title[first.end() :]) != "":
            title = title[first.end() :].lstrip()
        else:
            break
    return title


def _comparable(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())


def _nodes(data: Any, depth: int = 3) -> Iterator[dict[str, Any]]:
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict):
            yield node
            for name in ("@graph", "mainEntity", "mainEntityOfPage", "isPartOf"):
                if depth and name in node:
                    yield from _nodes(node[name], depth - 1)


def _types(node: dict[str, Any]) -> str:
    types = node.get("@type")
    return " ".join(map(str, types)) if isinstance(types, list) else str(types or "")
