"""Links of a page: those that lead to its articles, and those that lead to other publishers. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import lxml.html
from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.selector import Selector

from monitor.calls import Link
from monitor.collect.bot_challenges import is_scripted
from monitor.collect.markup import bound_markup, parse_page, visible_text, walk
from monitor.collect.text import plain_line, repair_surrogates
from monitor.sources import Source

_MOST_OUTSIDE, _MOST_STATES = 12, 50
_LONGEST_ADDRESS, _LONGEST_WORDS = 2_000, 200
# What browsers take out of an address, and what they take off its ends (https://url.spec.whatwg.org/#concept-basic-url-parser).
_BREAKS = str.maketrans("", "", "\t\r\n")
_ENDS = "".join(map(chr, range(0x21)))
_AROUND = frozenset(("header", "footer", "nav", "aside", "script", "style", "template"))
_STATE = re.compile(r"registerInitialState\(\s*['\"][^'\"]*['\"]\s*,\s*")
_SOCIAL = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|linkedin|instagram|youtube|youtu|vimeo|pinterest|tiktok|flickr|threads|bsky|mastodon|google|microsoft|apple)\.\w+$"
)
_NOTHING = re.compile(
    r"\b(?:det\s+finns\s+)?(?:för\s+närvarande|just\s+nu|för\s+tillfället)?\s*(?:finns\s+(?:det\s+)?)?(?:inga|ingen)\s+(?:\w+\s+){0,3}?"
    r"(?:utlysning\w*|nyhet\w*|artik\w+|evenemang|händelser|träffar|resultat|sidor|aktiviteter|kalenderhändelser|bidrag|inlägg|poster)\b|"
    r"\b(?:there\s+are\s+)?(?:currently\s+)?no\s+(?:\w+\s+){0,3}?(?:calls?|results?|news|events?|items?|posts?|articles?|opportunities)\b(?:\s+(?:found|available|at\s+the\s+moment))?|"
    r"\b0\s+(?:träffar|resultat|results|hits)\b|hittade\s+(?:inga|0)\b|nothing\s+found",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page offers: addresses of articles in its order; `empty` when it says or shows that it has none; `trouble` when it cannot be read."""

    addresses: tuple[str, ...] = ()
    empty: bool = False
    trouble: str = ""


def read_listing(response: TextResponse, source: Source) -> Listing:
    """Return the articles that a list page links to, from its markup or from the list that its scripts are given."""
    response = _bounded(response)
    container = response.css(source.within) if source.within else None
    extractor = LinkExtractor(allow=source.links, restrict_css=(source.within,) if source.within else (), canonicalize=False)
    allowed = re.compile(source.links)
    found = [link.url for link in extractor.extract_links(response)]
    found += [url for url in _stated_links(response) if allowed.search(url)]
    if found:
        return Listing(addresses=tuple(dict.fromkeys(found)))
    if _NOTHING.search(visible_text(response.selector.root)):
        return Listing(empty=True)
    if is_scripted(response.body):
        return Listing(trouble="Sidan byggs av skript i webbläsaren och har ingen text i svaret.")
    if container is not None and not container:
        return Listing(trouble=f"Listsidan ser ut att ha gjorts om: den del som källan pekar ut ({source.within}) finns inte.")
    if container is not None and not container.css("a[href]"):
        return Listing(empty=True)
    return Listing(trouble="Listsidan ser ut att ha gjorts om: ingen länk på den har den form som källan ska ha.")


def unfollowed_link_prefixes(response: TextResponse, source: Source, most: int = 5) -> list[tuple[str, int, str]]:
    """Return the commonest beginnings of links of the page's own host that the source does not follow: (beginning, how many, one of them)."""
    response = _bounded(response)
    host = urlsplit(response.url).netloc
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    for link in LinkExtractor(canonicalize=False).extract_links(response):
        parts = urlsplit(link.url)
        if parts.netloc != host or (source.links and re.search(source.links, link.url)) or parts.path in ("", "/"):
            continue
        beginning = parts.path.rstrip("/").rsplit("/", 1)[0] + "/"
        counted[beginning] += 1
        example.setdefault(beginning, link.url)
    return [(beginning, count, example[beginning]) for beginning, count in counted.most_common(most)]


def find_feeds(markup: str, url: str) -> list[str]:
    """Return the feeds that a page announces in its head, and Sitevision's feed links in its body."""
    selector = Selector(text=bound_markup(markup).markup) if markup.strip() else None
    if selector is None:
        return []
    announced = selector.xpath(
        "//link[contains(@rel, 'alternate') and (contains(@type, 'rss') or contains(@type, 'atom'))]/@href"
    ).getall()
    announced += selector.xpath("//a[contains(@href, 'state=rss')]/@href").getall()
    return list(dict.fromkeys(urljoin(url, address) for address in announced))


def find_external_links(markup: str, url: str) -> tuple[Link, ...]:
    """Return the links from a page or a fragment of one to other hosts, without menus, footers and social media."""
    return external_links(parse_page(bound_markup(markup).markup), url) if "<" in markup else ()


def external_links(root: lxml.html.HtmlElement, url: str) -> tuple[Link, ...]:
    """Return the first 12 links of a parsed page to other hosts, without menus, footers and social media."""
    own = _site(urlsplit(url).hostname or "")
    found: dict[str, Link] = {}
    for element, _ in walk(root, _AROUND):
        if element is None or element.tag != "a":
            continue
        address = clean_web_address(element.get("href") or "")
        if not address or address in found:
            continue
        parts = urlsplit(address)
        host = parts.hostname or ""
        if _site(host) == own or _SOCIAL.search(host) or parts.path in ("", "/"):
            continue
        words = plain_line(" ".join(islice(element.itertext(), _LONGEST_WORDS))[: 2 * _LONGEST_WORDS])
        found[address] = Link(title=words[:_LONGEST_WORDS] or host, url=address)
        if len(found) == _MOST_OUTSIDE:
            break
    return tuple(found.values())


def clean_web_address(address: str, base: str = "") -> str:
    """Return an http or https address for people, absolute and on one line, or "" for what is none.

    Line breaks inside are taken out and blanks written as %20, as browsers do. A user name and password in it
    (`http://user:pw@host/`) are never kept. An address of more than 2,000 characters is none.
    """
    plain = repair_surrogates(address[: 2 * _LONGEST_ADDRESS]).translate(_BREAKS).strip(_ENDS).replace(" ", "%20")
    try:
        parts = urlsplit(urljoin(base, plain) if plain else "")
        host, _ = parts.hostname, parts.port  # a port that is no number raises
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    if "@" in parts.netloc:
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return found if len(found := urlunsplit(parts)) <= _LONGEST_ADDRESS else ""


def _bounded(response: TextResponse) -> TextResponse:
    """The page as it is, or what of it parsers may be given."""
    text = response.text
    found = bound_markup(text)
    return (
        response if found.markup == text else response.replace(body=found.markup.encode(response.encoding, "xmlcharrefreplace"))
    )


def _site(host: str) -> str:
    """The last two parts of a host name, enough to tell a publisher from another."""
    return ".".join(host.casefold().split(".")[-2:])


def _stated_links(response: TextResponse) -> Iterator[str]:
    """Addresses in the lists that Sitevision's newer pages hand to their scripts."""
    for hit in islice(_STATE.finditer(response.text), _MOST_STATES):
        try:
            state, _ = json.JSONDecoder().raw_decode(response.text, hit.end())
        except (ValueError, RecursionError):
            continue
        for item in _items(state):
            for name in ("URI", "uri", "url", "href"):
                if isinstance(item.get(name), str) and item[name]:
                    yield response.urljoin(item[name])
                    break


def _items(state: Any) -> Iterable[dict[str, Any]]:
    items = state.get("items") if isinstance(state, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
