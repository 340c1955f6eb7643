"""Render the sample feeds: RSS 2.0, Atom and RSS 1.0 (RDF) as publishers write them, flaws included. Pure."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from monitor.demo import samples
from monitor.demo.pages import article_markup
from monitor.demo.samples import SampleItem, SamplePublisher


def render_feed(publisher: SamplePublisher, base: str, today: date, reading: int) -> bytes:
    """Return the feed on the day `reading`, in the publisher's own encoding. `base` is the address of the server."""
    items = samples.items_at(publisher, reading)
    text = _FORMS[publisher.form](publisher, items, base, today)
    return text.encode(publisher.encoding, "xmlcharrefreplace")


def content_type(publisher: SamplePublisher) -> str:
    """Return the content type that the publisher sends with its feed."""
    kinds = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml", "rdf": "text/xml"}
    return kinds[publisher.form]


def _rss(publisher: SamplePublisher, items: tuple[SampleItem, ...], base: str, today: date) -> str:
    # Links are relative, which RSS forbids and publishers do.
    entries = "".join(
        f"<item><title>{_escaped(item.title)}</title><link>{item.link}</link>"
        f'<guid isPermaLink="false">{publisher.id}-{number}-{item.link.rpartition("/")[2]}</guid>'
        f"<pubDate>{format_datetime(_moment(item, today))}</pubDate>"
        f"<description><![CDATA[{article_markup(item, today)}]]></description></item>"
        for number, item in enumerate(items)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{_escaped(publisher.name)}</title><link>{base}</link>"
        f"<description>{_escaped(publisher.description)}</description><language>sv-se</language>{entries}</channel></rss>"
    )


def _atom(publisher: SamplePublisher, items: tuple[SampleItem, ...], base: str, today: date) -> str:
    entries = "".join(
        f'<entry><title>{_escaped(item.title)}</title><id>tag:{publisher.id},{item.link}</id><link href="{base}{item.link}"/>'
        f"<published>{_moment(item, today).isoformat()}</published><updated>{_moment(item, today).isoformat()}</updated>"
        f"<summary>{_escaped(samples.place_dates(item.summary, today))}</summary>"
        f'<content type="html">{_escaped(article_markup(item, today))}</content></entry>'
        for item in items
    )
    newest = max(_moment(item, today) for item in items).isoformat()
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">'
        f"<title>{_escaped(publisher.name)}</title><id>{base}{publisher.path}</id><updated>{newest}</updated>{entries}</feed>"
    )


def _rdf(publisher: SamplePublisher, items: tuple[SampleItem, ...], base: str, today: date) -> str:
    # The oldest items have no date, as in feeds that were built by hand.
    listed = "".join(f'<rdf:li rdf:resource="{base}{item.link}"/>' for item in items)
    entries = "".join(
        f'<item rdf:about="{base}{item.link}"><title>{_escaped(item.title)}</title><link>{base}{item.link}</link>'
        f"<description>{_escaped(article_markup(item, today))}</description>{_rdf_date(item, today)}</item>"
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="{publisher.encoding}"?>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{base}{publisher.path}"><title>{_escaped(publisher.name)}</title><link>{base}</link>'
        f"<description>{_escaped(publisher.description)}</description><items><rdf:Seq>{listed}</rdf:Seq></items></channel>"
        f"{entries}</rdf:RDF>"
    )


_FORMS = {"rss": _rss, "atom": _atom, "rdf": _rdf}
_UNDATED_BEFORE = -25


def _rdf_date(item: SampleItem, today: date) -> str:
    return f"<dc:date>{samples.day(today, item.published).isoformat()}</dc:date>" if item.published > _UNDATED_BEFORE else ""


def _moment(item: SampleItem, today: date) -> datetime:
    return datetime.combine(samples.day(today, item.published), time(7, 30), UTC)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
