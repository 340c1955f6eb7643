"""Read sitemaps and their indexes: the addresses that a site itself lists, the newest first. Pure.

Format: https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import lxml.etree
from scrapy.utils.sitemap import Sitemap

_MAX_ENTRIES = 20_000
_START = 1_000
"""Bytes in which the root element of a sitemap stands."""


@dataclass(frozen=True, slots=True)
class SitemapFile:
    """Contents of a sitemap or of an index of sitemaps."""

    is_index: bool
    """True for an index: its addresses are those of sitemaps."""
    addresses: tuple[str, ...]
    """Addresses, those changed last first, then those without a day in the order of the file."""


def is_sitemap(body: bytes) -> bool:
    """Return whether a response is a sitemap or an index of sitemaps."""
    return b"<urlset" in body[:_START] or b"<sitemapindex" in body[:_START]


def read_sitemap(body: bytes) -> SitemapFile:
    """Return the contents of a sitemap; none where it cannot be read."""
    try:
        sitemap = Sitemap(body)
        entries = [(str(entry["loc"]), str(entry.get("lastmod", ""))) for entry in islice(sitemap, _MAX_ENTRIES)]
    except (lxml.etree.LxmlError, StopIteration, KeyError):
        return SitemapFile(is_index=False, addresses=())
    dated = sorted((entry for entry in entries if entry[1]), key=lambda entry: entry[1], reverse=True)
    ordered = [*dated, *(entry for entry in entries if not entry[1])]
    return SitemapFile(sitemap.type == "sitemapindex", tuple(dict.fromkeys(loc for loc, _ in ordered)))
