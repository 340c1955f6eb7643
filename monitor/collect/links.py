"""Find the links of a page: to its articles, and to other publishers. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, urldefrag, urljoin, urlsplit, urlunsplit

import lxml.html
from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.selector import Selector

from monitor.calls import Link
from monitor.collect.bot_challenges import is_scripted
from monitor.collect.markup import bound_markup, parse_page, visible_text, walk
from monitor.collect.text import plain_line, repair_surrogates
from monitor.sources import Source

if TYPE_CHECKING:
    from tldextract import TLDExtract

_MAX_EXTERNAL_LINKS, _MAX_STATES = 12, 50
_MAX_ADDRESS_CHARS, _MAX_LINK_CHARS = 2_000, 200
# Characters that browsers remove from an address, and from its ends (https://url.spec.whatwg.org/#concept-basic-url-parser).
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")
_TRIMMED = "".join(map(chr, range(0x21)))
_PAGE_FURNITURE = frozenset(("header", "footer", "nav", "aside", "script", "style", "template"))
_STATE = re.compile(r"registerInitialState\(\s*['\"][^'\"]*['\"]\s*,\s*")
_SOCIAL_MEDIA = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|linkedin|instagram|youtube|youtu|vimeo|pinterest|tiktok|flickr|threads|bsky|mastodon|google|microsoft|apple)\.\w+$"
)
_COMMENTS = re.compile(r"/comments/|comments-rss|feed=comments", re.IGNORECASE)
# Parameters that number the pages of a list, or the first item of one.
_PAGE_PARAMETERS = frozenset(("page", "p", "pg", "paged", "sida", "sidnr", "pagenumber", "start", "offset", "b_offset", "side"))
_MAX_PAGE_NUMBER = 10_000
_EMPTY_LIST = re.compile(
    r"\b(?:det\s+finns\s+)?(?:för\s+närvarande|just\s+nu|för\s+tillfället)?\s*(?:finns\s+(?:det\s+)?)?(?:inga|ingen)\s+(?:\w+\s+){0,3}?"
    r"(?:utlysning\w*|nyhet\w*|artik\w+|evenemang|händelser|träffar|resultat|sidor|aktiviteter|kalenderhändelser|bidrag|inlägg|poster)\b|"
    r"\b(?:there\s+are\s+)?(?:currently\s+)?no\s+(?:\w+\s+){0,3}?(?:calls?|results?|news|events?|items?|posts?|articles?|opportunities)\b(?:\s+(?:found|available|at\s+the\s+moment))?|"
    r"\b0\s+(?:träffar|resultat|results|hits)\b|hittade\s+(?:inga|0)\b|nothing\s+found",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Contents of a list page."""

    addresses: tuple[str, ...] = ()
    """Addresses of articles, in the order of the page."""
    empty: bool = False
    """True when the page states or shows that it has no articles."""
    trouble: str = ""
    """Why the page cannot be read, in Swedish, or ""."""
    scripted: bool = False
    """True where the trouble is that scripts in a browser fill the page or its list."""


def read_listing(response: TextResponse, source: Source) -> Listing:
    """Return the articles that a list page links to, from its markup or from the list that its scripts are given."""
    response = _bounded(response)
    container = response.css(source.within) if source.within else None
    extractor = LinkExtractor(allow=source.links, restrict_css=(source.within,) if source.within else (), canonicalize=False)
    allowed = re.compile(source.links)
    addresses = [link.url for link in extractor.extract_links(response)]
    addresses += [url for url in stated_links(response) if allowed.search(url)]
    if addresses:
        return Listing(addresses=tuple(dict.fromkeys(addresses)))
    if _EMPTY_LIST.search(visible_text(response.selector.root)):
        return Listing(empty=True)
    if is_scripted(response.body):
        return Listing(trouble="Sidan byggs av skript i webbläsaren och har ingen text i svaret.", scripted=True)
    if not _has_links(response, source):
        return Listing(trouble="Listan fylls av skript i webbläsaren: svaret har sidan men inga länkar i den.", scripted=True)
    if container is not None and not container:
        return Listing(trouble=f"Listsidan ser ut att ha gjorts om: den del som källan pekar ut ({source.within}) finns inte.")
    if container is not None and not container.css("a[href]"):
        return Listing(empty=True)
    return Listing(trouble="Listsidan ser ut att ha gjorts om: ingen länk på den har den form som källan ska ha.")


def lists_pages(response: TextResponse) -> bool:
    """Return whether the main part of a page has a link to a page of its host; true as well where no script could make one."""
    return _has_links(_bounded(response), None)


def _has_links(response: TextResponse, source: Source | None) -> bool:
    """Return whether the main part of a page has a link to a page of its host; true as well where no script could have made one.

    A list that scripts fill leaves the menus, the heading and an empty element in the response.
    """
    if b"<script" not in response.body.lower():
        return True
    root = response.selector.root
    if source is not None and source.within and response.css(source.within):
        return True  # that part is judged by itself
    main = next(iter(root.xpath("//main | //*[@role='main']")), root)
    for element, _ in walk(main, _PAGE_FURNITURE):
        if element is not None and element.tag == "a" and is_own_page(element.get("href") or "", response.url):
            return True
    return False


def is_own_page(address: str, url: str) -> bool:
    """Return whether an address leads to another page of the host of `url`, and not only to a place on the page itself."""
    found = urldefrag(clean_web_address(address, url)).url
    return bool(found) and found != urldefrag(url).url and urlsplit(found).netloc == urlsplit(url).netloc


def unfollowed_link_prefixes(response: TextResponse, source: Source, most: int = 5) -> list[tuple[str, int, str]]:
    """Return the commonest prefixes of links of the page's own host that the source does not follow: (prefix, count, example)."""
    response = _bounded(response)
    host = urlsplit(response.url).netloc
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    for link in LinkExtractor(canonicalize=False).extract_links(response):
        parts = urlsplit(link.url)
        if parts.netloc != host or (source.links and re.search(source.links, link.url)) or parts.path in ("", "/"):
            continue
        prefix = parts.path.rstrip("/").rsplit("/", 1)[0] + "/"
        counted[prefix] += 1
        example.setdefault(prefix, link.url)
    return [(prefix, count, example[prefix]) for prefix, count in counted.most_common(most)]


def find_next_page(response: TextResponse) -> str:
    """Return the address of the page that continues a list, on the same host, or "".

    It is the one that `rel="next"` names (https://html.spec.whatwg.org/#link-type-next), or a link of the class "next"; else the
    link whose address differs from that of this page by the next number of a page alone ("?page=2").
    """
    root = _bounded(response).selector
    stated = root.xpath(
        "//*[self::a or self::link][contains(concat(' ', normalize-space(@rel), ' '), ' next ')]/@href"
        " | //a[contains(concat(' ', normalize-space(@class), ' '), ' next ')]/@href"
        " | //*[self::li or self::span][contains(concat(' ', normalize-space(@class), ' '), ' next ')]/a/@href"
    ).getall()
    own = urlsplit(response.url)
    for address in stated:
        url = clean_web_address(address, response.url)
        if url and urlsplit(url).netloc == own.netloc and urldefrag(url).url != urldefrag(response.url).url:
            return urldefrag(url).url
    here = parse_qs(own.query)
    numbered: dict[int, str] = {}
    for anchor in root.xpath("//a[contains(@href, '=')]"):
        url = urldefrag(clean_web_address(anchor.attrib["href"], response.url)).url
        number = _page_number(urlsplit(url), own, here) if url else 0
        # A link "1" to page 1 leads to the first page itself; the second one of a list counted from 0 has the text "2".
        if number and not (number == 1 and "".join(anchor.css("::text").getall()).strip() == "1"):
            numbered.setdefault(number, url)
    return numbered[min(numbered)] if numbered else ""


def _page_number(parts: SplitResult, own: SplitResult, here: Mapping[str, list[str]]) -> int:
    """Return the number of a further page of this list that an address names; 0 for any other address."""
    if (parts.netloc, parts.path) != (own.netloc, own.path):
        return 0
    query = parse_qs(parts.query)
    changed = [name for name in {*query, *here} if query.get(name) != here.get(name)]
    if len(changed) != 1 or changed[0].casefold() not in _PAGE_PARAMETERS:
        return 0
    number, current = (values.get(changed[0], ["0"])[-1] for values in (query, here))
    return int(number) if number.isdecimal() and current.isdecimal() and int(current) < int(number) < _MAX_PAGE_NUMBER else 0


def find_feeds(markup: str, url: str) -> list[str]:
    """Return the feeds that a page announces in its head, and Sitevision's feed links in its body; those of comments are none."""
    selector = Selector(text=bound_markup(markup).markup) if markup.strip() else None
    if selector is None:
        return []
    announced = selector.xpath(
        "//link[contains(@rel, 'alternate')]"
        "[contains(@type, 'rss') or contains(@type, 'atom') or contains(@type, 'feed+json')]/@href"
    ).getall()
    announced += selector.xpath("//a[contains(@href, 'state=rss')]/@href").getall()
    return list(dict.fromkeys(urljoin(url, address) for address in announced if not _COMMENTS.search(address)))


def find_external_links(markup: str, url: str) -> tuple[Link, ...]:
    """Return the links from a page or a fragment of one to other hosts, without menus, footers and social media."""
    return external_links(parse_page(bound_markup(markup).markup), url) if "<" in markup else ()


def external_links(root: lxml.html.HtmlElement, url: str) -> tuple[Link, ...]:
    """Return the first 12 links of a parsed page to other hosts, without menus, footers and social media."""
    own = registered_domain(urlsplit(url).hostname or "")
    links: dict[str, Link] = {}
    for element, _ in walk(root, _PAGE_FURNITURE):
        if element is None or element.tag != "a":
            continue
        address = clean_web_address(element.get("href") or "")
        if not address or address in links:
            continue
        parts = urlsplit(address)
        host = parts.hostname or ""
        if registered_domain(host) == own or _SOCIAL_MEDIA.search(host) or parts.path in ("", "/"):
            continue
        title = plain_line(" ".join(islice(element.itertext(), _MAX_LINK_CHARS))[: 2 * _MAX_LINK_CHARS])
        links[address] = Link(title=title[:_MAX_LINK_CHARS] or host, url=address)
        if len(links) == _MAX_EXTERNAL_LINKS:
            break
    return tuple(links.values())


def clean_web_address(address: str, base: str = "") -> str:
    """Return an http or https address for people, absolute and on one line, or "" for any other text.

    Line breaks inside are taken out and blanks written as %20, as browsers do. A user name and password in it
    (`http://user:pw@host/`) are never kept. An address of more than 2,000 characters is none.
    """
    text = repair_surrogates(address[: 2 * _MAX_ADDRESS_CHARS]).translate(_LINE_BREAKS).strip(_TRIMMED).replace(" ", "%20")
    try:
        parts = urlsplit(urljoin(base, text) if text else "")
        host, _ = parts.hostname, parts.port  # a port that is no number raises
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    if "@" in parts.netloc:
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return cleaned if len(cleaned := urlunsplit(parts)) <= _MAX_ADDRESS_CHARS else ""


def _bounded(response: TextResponse) -> TextResponse:
    """Return the page, cut where it exceeds the bounds of markup that parsers may be given."""
    text = response.text
    markup = bound_markup(text).markup
    return response if markup == text else response.replace(body=markup.encode(response.encoding, "xmlcharrefreplace"))


@cache
def _domain_extractor() -> TLDExtract:
    """Return the extractor with the list of public suffixes in its package (https://publicsuffix.org): no network."""
    from tldextract import TLDExtract  # imported here, since it brings an HTTP client that only pages with links pay for

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(host: str) -> str:
    """Return the domain that a publisher has registered: "a.se" of "www.a.se"; the host where there is none ("gov.uk")."""
    host = host.casefold()
    return _domain_extractor()(host).top_domain_under_public_suffix or host


def stated_links(response: TextResponse) -> Iterator[str]:
    """Yield the addresses in the lists that Sitevision's newer pages pass to their scripts."""
    for hit in islice(_STATE.finditer(response.text), _MAX_STATES):
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


def says_empty(text: str) -> bool:
    """Return whether the text of a page says that it has nothing at present."""
    return _EMPTY_LIST.search(text) is not None
