"""Tell what a site is made with, and where its feeds, lists, calendars and sitemaps may be, from one of its pages. Pure.

The order is: feeds that the page names, addresses that the site's system always has, sections of the site, its sitemap, and
addresses that feeds commonly have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from courlan import is_navigation_page, is_not_crawlable
from parsel import Selector
from scrapy.http import HtmlResponse, TextResponse
from scrapy.utils.sitemap import sitemap_urls_from_robots
from trafilatura.feeds import LINK_VALIDATION_RE

from monitor.archive.runs import Document
from monitor.collect.link_groups import APPLIED_FOR, Anchor, find_anchors, group_addresses
from monitor.collect.links import clean_web_address, find_feeds, registered_domain
from monitor.collect.markup import bound_markup
from monitor.collect.sitemaps import read_sitemap
from monitor.vocabulary import Kind

_EVENTS = re.compile(r"kalend|evenemang|\bevents?\b|calendar", re.IGNORECASE)
_POLICY = re.compile(r"remiss|samråd|samrad|consultation|faktapromemori|lagstiftning", re.IGNORECASE)
_NEWS = re.compile(r"nyhet|aktuellt|pressmeddel|\bpress\b|\bnews\b|newsroom|\bblogg?\b", re.IGNORECASE)
_FEED_WORDS = re.compile(r"\brss\b|\batom\b|prenumerera|nyhetsfl[öo]de", re.IGNORECASE)
_FEED_ADDRESS = re.compile(r"syndication=rss|/Filter/RssFeed|state=rss|/rss_[a-z]{2}$", re.IGNORECASE)
_SERVICES = re.compile(
    r"^(?:post|page|attachment|revision|nav_menu_item|wp_.*|custom_css|.*_(?:template|block|menu|field).*|acf.*)$"
)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
# Feeds at the root of a site or in the folder of a section, those that answer most often first.
_COMMON_FEEDS = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss", "index.xml")
_SECTION_FEEDS = ("feed/", "rss/", "rss.xml", "feed.xml")
_MAX_ANNOUNCED, _MAX_SECTIONS, _MAX_TYPES, _MAX_SITEMAPS, _MAX_FOLDERS, _MAX_CALENDARS = 4, 5, 4, 3, 3, 2


class System(StrEnum):
    """Content management system that a site is made with."""

    SITEVISION = "Sitevision"
    WORDPRESS = "WordPress"
    DRUPAL = "Drupal"
    OPTIMIZELY = "EPiServer/Optimizely"
    UMBRACO = "Umbraco"
    UNKNOWN = ""


# Marks in the markup of a system's pages, the surest system first.
_MARKS = (
    (
        System.SITEVISION,
        re.compile(r"sitevision|sv-portlet|\bsv-(?:layout|grid|row)|AppRegistry\.registerInitialState", re.IGNORECASE),
    ),
    (System.WORDPRESS, re.compile(r"/wp-(?:content|includes|json)/|api\.w\.org|content=[\"']WordPress", re.IGNORECASE)),
    (System.DRUPAL, re.compile(r"content=[\"']Drupal|data-drupal-|drupal-settings-json|/sites/default/files/", re.IGNORECASE)),
    (System.OPTIMIZELY, re.compile(r"episerver|/(?:globalassets|contentassets)/|optimizely|\bepi-", re.IGNORECASE)),
    (System.UMBRACO, re.compile(r"umbraco", re.IGNORECASE)),
)


class Expected(StrEnum):
    """Form of the answer that a lead is followed for: any other answer of its address is no candidate."""

    FEED = "feed"
    PAGE = "page"
    TYPES = "types"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Lead:
    """Address on a site that may have a feed, a list or a calendar."""

    url: str
    expected: Expected
    way: str
    """Way in which it was found, in Swedish."""


def find_system(markup: str) -> System:
    """Return the system that a page is made with, by the marks that it leaves in the markup."""
    text = bound_markup(markup).markup
    return next((system for system, mark in _MARKS if mark.search(text)), System.UNKNOWN)


def likely_kind(*texts: str) -> Kind:
    """Return the kind of items that addresses and titles speak of; a call where none does."""
    joined = " ".join(re.sub(r"[-_/]", " ", text) for text in texts)
    for kind, words in ((Kind.CALL, APPLIED_FOR), (Kind.POLICY, _POLICY), (Kind.EVENT, _EVENTS), (Kind.NEWS, _NEWS)):
        if words.search(joined):
            return kind
    return Kind.CALL


def find_leads(page: TextResponse) -> list[Lead]:
    """Return the addresses to ask for after a page of a site, in the order in which they are likely to be of use."""
    system = find_system(page.text)
    sections = find_sections(page)
    leads = [*_announced(page), *_of_system(page, system)]
    leads += [Lead(anchor.url, Expected.PAGE, f"avsnittet {anchor.text or anchor.url}") for anchor in sections]
    has_feed = any(lead.expected is Expected.FEED for lead in leads[:_MAX_ANNOUNCED])
    leads.append(Lead(urljoin(page.url, "/sitemap.xml"), Expected.SITEMAP, "sajtkartan"))
    if not has_feed:
        leads += _common_feeds([urljoin(page.url, "/"), *(anchor.url for anchor in sections[:2])])
    unique: dict[str, Lead] = {}
    for lead in leads:
        if lead.url != page.url:
            unique.setdefault(lead.url, lead)
    return list(unique.values())


def find_further_leads(lead: Lead, document: Document) -> list[Lead]:
    """Return the addresses that the answer to a lead gives.

    They are feeds of WordPress's post types, sitemaps, folders of a sitemap, and calendar files that a section links to.
    """
    if lead.expected is Expected.TYPES:
        return [
            Lead(urljoin(lead.url, f"../../../feed/?post_type={name}"), Expected.FEED, f"inläggstypen {name} i WordPress")
            for name in islice(_post_types(document.body), _MAX_TYPES)
        ]
    if lead.expected is Expected.ROBOTS:
        addresses = islice(sitemap_urls_from_robots(document.body, document.url), _MAX_SITEMAPS)
        return [Lead(url, Expected.SITEMAP, "sajtkartan som robots.txt anger") for url in addresses]
    if lead.expected is Expected.SITEMAP:
        return _from_sitemap(document)
    return _calendar_files(document) if lead.expected is Expected.PAGE else []


def find_sections(page: TextResponse) -> list[Anchor]:
    """Return the links of a page to the sections of its site that have calls, policy, events or news, the likeliest first."""
    own = urlsplit(page.url)
    scored: dict[str, tuple[int, Anchor]] = {}
    for anchor in find_anchors(page):
        parts = urlsplit(anchor.url)
        if parts.netloc != own.netloc or parts.query or is_not_crawlable(anchor.url) or is_navigation_page(anchor.url):
            continue
        points = _points(parts, anchor.text)
        if points and not anchor.webcal and anchor.url not in scored and anchor.url.rstrip("/") != page.url.rstrip("/"):
            scored[anchor.url] = points, anchor
    best = sorted(scored.values(), key=lambda found: -found[0])
    chosen: list[Anchor] = []
    seen: dict[Kind, int] = {}
    for _, anchor in best:
        kind = likely_kind(urlsplit(anchor.url).path, anchor.text)
        if seen.get(kind, 0) < (2 if kind is Kind.CALL else 1):
            seen[kind] = seen.get(kind, 0) + 1
            chosen.append(anchor)
    return chosen[:_MAX_SECTIONS]


def _points(parts: SplitResult, text: str) -> int:
    """Return how likely an address leads to a list: words of its text and its path, less for each further level."""
    path = re.sub(r"[-_/]", " ", parts.path)
    named = sum(
        weight * (bool(words.search(text)) + bool(words.search(path)))
        for words, weight in ((APPLIED_FOR, 3), (_POLICY, 2), (_NEWS, 2), (_EVENTS, 2))
    )
    # Titles of articles are long, as their addresses are; those of sections have a few words.
    is_article = len(text) > 60 or parts.path.count("-") > 6
    return 0 if is_article else max(named * 2 - parts.path.strip("/").count("/"), 1) if named else 0


def _announced(page: TextResponse) -> list[Lead]:
    """Return the feeds and calendar files that a page names: in its head, and in links that look or are called so."""
    own = registered_domain(urlsplit(page.url).hostname or "")
    head = [Lead(url, Expected.FEED, "flöde som sidan anger") for url in find_feeds(page.text, page.url)]
    linked = []
    for anchor in find_anchors(page):
        is_feed = LINK_VALIDATION_RE.search(anchor.url) or _FEED_ADDRESS.search(anchor.url)
        is_calendar = _is_calendar_file(anchor)
        if (is_feed or is_calendar) and registered_domain(urlsplit(anchor.url).hostname or "") == own:
            linked.append(
                Lead(
                    anchor.url,
                    Expected.FEED,
                    "kalenderfil som sidan länkar till" if is_calendar else "flöde som sidan länkar till",
                )
            )
        elif _FEED_WORDS.search(anchor.text) and urlsplit(anchor.url).netloc == urlsplit(page.url).netloc:
            linked.append(Lead(anchor.url, Expected.PAGE, f"sidan {anchor.text}"))
    unique = {lead.url: lead for lead in (*head, *linked) if not _COMMENTS.search(lead.url)}
    return list(unique.values())[:_MAX_ANNOUNCED]


def _is_calendar_file(anchor: Anchor) -> bool:
    return anchor.webcal or urlsplit(anchor.url).path.lower().endswith(".ics")


def _calendar_files(document: Document) -> list[Lead]:
    """Return the calendar files of its own site that a page links to."""
    page = HtmlResponse(document.url, body=document.body, headers={"Content-Type": document.content_type})
    own = registered_domain(urlsplit(page.url).hostname or "")
    files = (
        anchor.url
        for anchor in find_anchors(page)
        if _is_calendar_file(anchor) and registered_domain(urlsplit(anchor.url).hostname or "") == own
    )
    leads = (Lead(url, Expected.FEED, f"kalenderfil som sidan {urlsplit(page.url).path} länkar till") for url in files)
    return list(islice(leads, _MAX_CALENDARS))


def _of_system(page: TextResponse, system: System) -> Iterator[Lead]:
    """Yield the addresses that every site made with a system has."""
    selector = Selector(text=bound_markup(page.text).markup)
    home = urljoin(page.url, "/")
    if system is System.WORDPRESS:
        stated = clean_web_address(selector.xpath("//link[@rel='https://api.w.org/']/@href").get() or "", page.url)
        base = stated or urljoin(home, "wp-json/")
        yield Lead(urljoin(base, "wp/v2/types"), Expected.TYPES, "WordPress inläggstyper")
        yield Lead(urljoin(base, "../feed/"), Expected.FEED, "WordPress vanliga flöde")
    elif system is System.DRUPAL:
        language = (selector.xpath("/html/@lang").get() or "en")[:2].lower()
        short = selector.xpath("//link[@rel='shortlink' or @rel='canonical']/@href").re_first(r"/node/\d+")
        if short:
            yield Lead(urljoin(home, f"{short}/rss_{language}"), Expected.FEED, "Drupals flöde för sidan")
        yield Lead(urljoin(home, "rss.xml"), Expected.FEED, "Drupals vanliga flöde")
    elif system is System.OPTIMIZELY:
        for anchor in find_sections(page)[:2]:
            yield Lead(f"{anchor.url}?syndication=rss", Expected.FEED, f"EPiServers flöde för {anchor.text or anchor.url}")
    elif system is System.UMBRACO:
        for anchor in find_sections(page)[:2]:
            yield Lead(anchor.url.rstrip("/") + "/rss", Expected.FEED, f"Umbracos flöde för {anchor.text or anchor.url}")


def _common_feeds(folders: Iterable[str]) -> Iterator[Lead]:
    for number, folder in enumerate(folders):
        for name in _COMMON_FEEDS if not number else _SECTION_FEEDS:
            yield Lead(urljoin(_as_folder(folder), name), Expected.FEED, "vanlig adress för flöden")


def _as_folder(url: str) -> str:
    """Return an address as that of a folder: "/aktuellt" is one, "/aktuellt/nyheter.html" is a file of "/aktuellt/"."""
    last = urlsplit(url).path.rpartition("/")[2]
    return urljoin(url, ".") if "." in last else url.rstrip("/") + "/"


def _post_types(body: bytes) -> Iterator[str]:
    """Yield the names of a WordPress site's own post types.

    Format: https://developer.wordpress.org/rest-api/reference/post-types/
    """
    try:
        types = json.loads(body)
    except (ValueError, RecursionError):
        return
    for name in types if isinstance(types, dict) else ():
        if re.fullmatch(r"[a-z0-9_-]{1,40}", name) and not _SERVICES.match(name):
            yield name


def _from_sitemap(document: Document) -> list[Lead]:
    """Return the sitemaps of an index that may list articles; of a sitemap the folders that may be lists of articles."""
    sitemap = read_sitemap(document.body)
    if sitemap.is_index:
        ordered = sorted(sitemap.addresses, key=lambda url: -_points(urlsplit(url), ""))
        return [Lead(url, Expected.SITEMAP, "sajtkartan") for url in ordered[:_MAX_SITEMAPS]]
    groups = group_addresses(list(sitemap.addresses), urljoin(document.url, "/"))
    folders = [urldefrag(urljoin(group.example, ".")).url for group in groups if not group.example.endswith("/")]
    folders += [urljoin(group.example, "..") for group in groups if group.example.endswith("/")]
    return [Lead(url, Expected.PAGE, "sajtkartan") for url in dict.fromkeys(folders) if urlsplit(url).path != "/"][:_MAX_FOLDERS]
