"""Render the sample sites: list and article pages in the markup of two publishing systems, menus and footers included. Pure."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.demo import samples
from monitor.demo.samples import SampleItem, SamplePublisher

TEMPLATES = Environment(
    loader=PackageLoader("monitor.demo", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_list(publisher: SamplePublisher, today: date, reading: int) -> str:
    """Return the page that lists the articles published by the day `reading`."""
    return _render(publisher, today, items=samples.items_at(publisher, reading), article=None)


def render_article(publisher: SamplePublisher, item: SampleItem, today: date) -> str:
    """Return the page of one article. Feeds have article pages too, for people who follow a link."""
    return _render(publisher, today, items=(), article=item)


def article_markup(item: SampleItem, today: date) -> str:
    """Return the text of an item as HTML."""
    return "".join(_blocks(samples.place_dates(item.text, today)))


def _render(publisher: SamplePublisher, today: date, *, items: tuple[SampleItem, ...], article: SampleItem | None) -> str:
    form = publisher.form if publisher.kind == "page" else "episerver"
    return TEMPLATES.get_template(f"{form}.html").render(
        publisher=publisher,
        items=[(item, samples.place_dates(item.summary, today), samples.day(today, item.published)) for item in items],
        article=article,
        body=Markup(article_markup(article, today)) if article else "",  # noqa: S704 - escaped block by block
        summary=samples.place_dates(article.summary, today) if article else "",
        published=samples.day(today, article.published) if article else today,
        json_ld=_json_ld(publisher, article, today) if article else "",
    )


def _json_ld(publisher: SamplePublisher, item: SampleItem, today: date) -> Markup:
    facts = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": item.title,
        "datePublished": samples.day(today, item.published).isoformat(),
        "publisher": {"@type": "Organization", "name": publisher.name},
    }
    return Markup(json.dumps(facts, ensure_ascii=False))  # noqa: S704 - our own texts, without tags


def _blocks(text: str) -> Iterator[str]:
    for block in text.strip().split("\n\n"):
        lines = [html.escape(line, quote=False) for line in block.strip().splitlines()]
        if lines[0].startswith("## "):
            yield f"<h2>{lines.pop(0)[3:]}</h2>"
        if lines:
            yield f"<p>{'<br>'.join(lines)}</p>"
