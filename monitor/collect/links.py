"""Links of a page: those that lead to its articles, and those that lead to other publishers. Pure."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.selector import Selector

from monitor.calls import Link
from monitor.collect.text import plain_line
from monitor.collect.walls import is_scripted
from monitor.sources import Source

_MOST_OUTSIDE = 12
_ANCHOR = re.compile(r"<a\b[^>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_AROUND = re.compile(r"<(header|footer|nav|aside|script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
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
    """The articles that a list page links to, from its markup or from the list that its scripts are given."""
    container = response.css(source.within) if source.within else None
    extractor = LinkExtractor(allow=source.links, restrict_css=(source.within,) if source.within else (), canonicalize=False)
    allowed = re.compile(source.links)
    found = [link.url for link in extractor.extract_links(response)]
    found += [url for url in _stated_links(response) if allowed.search(url)]
    if found:
        return Listing(addresses=tuple(dict.fromkeys(found)))
    text = " ".join(response.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]").getall())
    if _NOTHING.search(text):
        return Listing(empty=True)
    if is_scripted(response.body):
        return Listing(trouble="Sidan byggs av skript i webbläsaren och har ingen text i svaret.")
    if container is not None and not container:
        return Listing(trouble=f"Listsidan ser ut att ha gjorts om: den del som källan pekar ut ({source.within}) finns inte.")
    if container is not None and not container.css("a[href]"):
        return Listing(empty=True)
    return Listing(trouble="Listsidan ser ut att ha gjorts om: ingen länk på den har den form som källan ska ha.")


def other_links(response: TextResponse, source: Source, most: int = 5) -> list[tuple[str, int, str]]:
    """The commonest beginnings of links of the page's own host that the source does not follow: (beginning, how many, one of them)."""
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


def alternate_feeds(markup: str, url: str) -> list[str]:
    """The feeds that a page announces in its head, and Sitevision's feed links in its body."""
    selector = Selector(text=markup) if markup.strip() else None
    if selector is None:
        return []
    announced = selector.xpath(
        "//link[contains(@rel, 'alternate') and (contains(@type, 'rss') or contains(@type, 'atom'))]/@href"
    ).getall()
    announced += selector.xpath("//a[contains(@href, 'state=rss')]/@href").getall()
    return list(dict.fromkeys(urljoin(url, address) for address in announced))


def outside_links(markup: str, url: str) -> tuple[Link, ...]:
    """Links from the text of a page or entry to other hosts, without menus, footers and social media."""
    own = _site(urlsplit(url).hostname or "")
    found: dict[str, Link] = {}
    for hit in _ANCHOR.finditer(_AROUND.sub(" ", markup)):
        address = html.unescape(hit[1] or hit[2] or "").strip()
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            continue
        if (
            parts.scheme not in ("http", "https")
            or not host
            or _site(host) == own
            or _SOCIAL.search(host)
            or parts.path in ("", "/")
        ):
            continue
        words = plain_line(html.unescape(_TAG.sub(" ", hit[3])))[:200]
        found.setdefault(address, Link(title=words or host, url=address))
        if len(found) == _MOST_OUTSIDE:
            break
    return tuple(found.values())


def _site(host: str) -> str:
    """The last two parts of a host name, enough to tell a publisher from another."""
    return ".".join(host.casefold().split(".")[-2:])


def _stated_links(response: TextResponse) -> Iterator[str]:
    """Addresses in the lists that Sitevision's newer pages hand to their scripts."""
    for hit in _STATE.finditer(response.text):
        try:
            state, _ = json.JSONDecoder().raw_decode(response.text, hit.end())
        except ValueError:
            continue
        for item in _items(state):
            for name in ("URI", "uri", "url", "href"):
                if isinstance(item.get(name), str) and item[name]:
                    yield response.urljoin(item[name])
                    break


def _items(state: Any) -> Iterable[dict[str, Any]]:
    items = state.get("items") if isinstance(state, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
