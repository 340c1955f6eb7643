"""Group the links of a page by the form of their addresses: lists of articles show as large groups. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urldefrag, urlsplit

from courlan import is_navigation_page, is_not_crawlable
from scrapy.http import TextResponse

from monitor.collect.links import clean_web_address, stated_links
from monitor.collect.markup import bound_markup, parse_page, walk
from monitor.collect.text import plain_line

_FURNITURE = frozenset(("header", "footer", "nav", "aside", "script", "style", "template", "form"))
_MAX_LINKS, _MAX_TEXT_CHARS = 2_000, 200
_MIN_LINKS, _MIN_LINKS_BELOW = 3, 2
"""Links that a list has at least, and at least when they lead to pages below its own address."""
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|svg|mp4|mp3|ics|xml|rss|atom|json|css|js)$", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}")
_WEBCAL = re.compile(r"\s*webcals?:", re.IGNORECASE)
APPLIED_FOR = re.compile(
    r"utlysning|\bbidrag|statsbidrag|finansiering|\bstöd\b|(?<![a-zåäö])stod(?![a-zåäö])|stod-att-soka|\bsöka?\b|\bsoka\b|ansök|ansok"
    r"|open-calls?|\bcalls?\b|funding|grants?\b|get[- ]involved|opportunit",
    re.IGNORECASE,
)
"""Words of links to pages about money to apply for."""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links of one page whose addresses have the same form."""

    pattern: str
    """Regular expression that their addresses match."""
    count: int
    example: str
    below: bool
    """True when they lead to pages below the address of the page."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Link of a page with its text."""

    url: str
    text: str
    webcal: bool = False
    """True where the link subscribes to a calendar (`webcal:`), whose file is read by https."""


def group_links(page: TextResponse) -> list[LinkGroup]:
    """Return the groups of links in the main part of a page that may be lists of articles, the likeliest first.

    Links to pages below the page's own address come first, then those that name money to apply for, then the largest groups.
    Menus, files, other hosts and pages such as "kontakt" are left out.
    """
    main = _main_part(page)
    addresses = [anchor.url for anchor in find_anchors(page, main) if not anchor.webcal]
    addresses += [clean_web_address(url, page.url) for url in islice(stated_links(page), _MAX_LINKS)]
    return group_addresses(addresses, page.url)


def group_addresses(addresses: list[str], url: str) -> list[LinkGroup]:
    """Return the groups of addresses on the host of `url`, in the order of `group_links`."""
    own = urlsplit(url)
    below = own.path.rstrip("/") + "/"
    members: dict[str, dict[str, None]] = {}
    for address in addresses:
        parts = urlsplit(address)
        if parts.netloc != own.netloc or parts.path.rstrip("/") == own.path.rstrip("/") or not _is_article(address):
            continue
        form = _form(parts.path)
        if form:
            members.setdefault(form, {})[urldefrag(address).url] = None
    groups = []
    for form, found in members.items():
        example = next(iter(found))
        is_below = below != "/" and urlsplit(example).path.startswith(below)
        if len(found) >= (_MIN_LINKS_BELOW if is_below else _MIN_LINKS):
            groups.append(LinkGroup(form, len(found), example, is_below))
    return sorted(groups, key=lambda group: (not group.below, not APPLIED_FOR.search(_words(group.pattern)), -group.count))


def find_anchors(page: TextResponse, root: object = None) -> Iterator[Anchor]:
    """Yield the links of a page, or of the part of it that `root` is, to web addresses; of a page all, its menus too."""
    whole = root is None
    element = parse_page(bound_markup(page.text).markup) if whole else root
    without = frozenset(("script", "style", "template")) if whole else _FURNITURE
    anchors = (found for found, _ in walk(element, without) if found is not None and found.tag == "a")
    for anchor in islice(anchors, _MAX_LINKS):
        address = anchor.get("href") or ""
        webcal = _WEBCAL.match(address) is not None
        url = clean_web_address(_WEBCAL.sub("https:", address), page.url)
        if url:
            text = plain_line(" ".join(islice(anchor.itertext(), 20)))[:_MAX_TEXT_CHARS]
            yield Anchor(urldefrag(url).url, text, webcal)


def _main_part(page: TextResponse) -> object:
    root = parse_page(bound_markup(page.text).markup)
    return next(iter(root.xpath("//main | //*[@role='main']")), root)


def _is_article(address: str) -> bool:
    path = urlsplit(address).path
    return path not in ("", "/") and not (_FILE.search(path) or is_navigation_page(address) or is_not_crawlable(address))


def _form(path: str) -> str:
    """Return the form of an address: its folder with numbers as such, or at the root of the site its first word."""
    folder, _, slug = path.rstrip("/").rpartition("/")
    if folder:
        parts = [r"\d+" if _NUMBER.fullmatch(part) else re.escape(part) for part in folder.split("/")]
        return "/".join(parts) + "/[^/?#]+"
    word, hyphen, rest = slug.partition("-")
    return f"/{re.escape(word)}-[^/?#]+" if hyphen and rest and len(word) >= 3 else ""


def _words(pattern: str) -> str:
    return pattern.replace("\\", "").replace("/", " ")
