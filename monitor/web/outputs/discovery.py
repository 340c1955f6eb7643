"""Files by which programs find the archive's pages and feeds: robots.txt, a sitemap, OPML, and JSON-LD of a call.

Sources: RFC 9309 (robots.txt), https://www.sitemaps.org/protocol.html, http://opml.org/spec2.opml, https://schema.org/Grant
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from datasette import Response

from monitor.archive.listing import list_pages
from monitor.calls import Call, is_eu_call, next_deadline
from monitor.digest.links import Links, publisher_url
from monitor.language.one_line import clean
from monitor.vocabulary import Kind
from monitor.web.framework.addresses import call_path
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route

MAX_PAGES = 50_000
"""Addresses of one sitemap at most, by the protocol."""
_CLOSED_TO_ROBOTS = (
    "/samordna",
    "/regler",
    "/logga-in",
    "/kom-igang",
    "/svar/",
    "/s/",
    "/avsluta/",
    "/anmal",
    "/-/",
    "/mcp",
    "/sok?",
)


def robots(visit: Visit) -> Response:
    """Answer with the rules for robots: pages for people are open, forms and answers are not."""
    base = visit.site.config.municipality.base_url.rstrip("/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED_TO_ROBOTS), f"Sitemap: {base}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap(visit: Visit) -> Response:
    """Answer with the addresses of the pages that do not change their place: the calls last changed, and departments."""
    base = visit.site.config.municipality.base_url.rstrip("/")
    fixed = ["/", "/forvaltningar", "/kallor", *(f"/forvaltning/{name}" for name in _departments(visit))]
    pages = list_pages(visit.site.archive.db, MAX_PAGES - len(fixed))
    lines = [f"<url><loc>{escape(base + path)}</loc></url>" for path in fixed]
    lines += [
        f"<url><loc>{escape(base + call_path(number))}</loc><lastmod>{changed}</lastmod></url>" for number, changed in pages
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Response(head + "\n".join(lines) + "\n</urlset>\n", content_type="application/xml; charset=utf-8")


def opml(visit: Visit) -> Response:
    """Answer with all feeds of the archive as an outline that a reader of feeds takes over."""
    site = visit.site
    title = f"EU-bevakningen, {site.config.municipality.name}"
    outlines = "\n".join(f"<outline {attributes}/>" for attributes in _outlines(visit))
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>{escape(title)}</title></head>\n'
        f"<body>\n{outlines}\n</body>\n</opml>\n"
    )
    return Response(document, content_type="text/x-opml; charset=utf-8")


def _outlines(visit: Visit) -> Iterator[str]:
    base = visit.site.config.municipality.base_url.rstrip("/")
    feeds = [("Hela arkivet", "/arkiv.atom", "/")]
    feeds += [(name, f"/forvaltning/{key}.atom", f"/forvaltning/{key}") for key, name in _departments(visit).items()]
    for name, feed, page in feeds:
        text = quoteattr(name)
        yield f'type="rss" text={text} title={text} xmlUrl={quoteattr(base + feed)} htmlUrl={quoteattr(base + page)}'


def _departments(visit: Visit) -> dict[str, str]:
    return {department.id: department.name for department in visit.site.rules.departments.values() if department.enabled}


def schema_of(visit: Visit, call: Call, links: Links) -> str:
    """Return a call as JSON-LD of schema.org to stand in a page; "" for other items than calls.

    No text of a publisher can end the element that holds it: `<`, `>` and `&` are written as escapes of JSON.
    """
    if call.kind is not Kind.CALL:
        return ""
    amount = {
        name: value
        for name, value in (("minValue", call.budget.project_min), ("maxValue", call.budget.project_max))
        if value is not None
    }
    deadline = next_deadline(call, visit.now)
    applying = {
        **({"startTime": call.opens.isoformat()} if call.opens else {}),
        **({"endTime": deadline.at.isoformat()} if deadline else {}),
    }
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MonetaryGrant" if amount else "Grant",
        "@id": links.identity(call),
        "name": clean(call.title) or call.call_id,
        "url": links.call(call),
        "identifier": call.identifier or call.call_id,
        **({"description": clean(call.summary)} if call.summary else {}),
        **({"sameAs": url} if (url := publisher_url(call)) else {}),
        # Of other calls it is not known who pays: a source tells of others' money as well.
        **({"funder": {"@type": "Organization", "name": "Europeiska kommissionen"}} if is_eu_call(call) else {}),
        **({"amount": {"@type": "MonetaryAmount", "currency": call.budget.currency, **amount}} if amount else {}),
        **({"potentialAction": {"@type": "ApplyAction", **applying}} if applying else {}),
    }
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


ROUTES = (Route(r"^/robots\.txt$", robots), Route(r"^/sitemap\.xml$", sitemap), Route(r"^/floden\.opml$", opml))
