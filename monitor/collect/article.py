"""An article or feed entry turned into a Call: kind, deadlines, amounts and place worked out from its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import trafilatura
from trafilatura.settings import Document

from monitor.calls import Call, Section
from monitor.collect.text import plain_line, plain_text, title_text
from monitor.sources import Source

_SUMMARY_LENGTH = 400
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")


@dataclass(frozen=True, slots=True)
class Article:
    """What a page is about: its title, its own text without menus and footers, and when it says it was published."""

    title: str
    text: str
    description: str
    published: datetime | None
    language: str


def read_article(markup: str, url: str, zone: ZoneInfo) -> Article | None:
    """The article of a page, found without selectors; None when the page holds none. Metadata from JSON-LD and Open Graph."""
    found = trafilatura.bare_extraction(
        markup, url=url, with_metadata=True, include_comments=False, include_tables=True, favor_recall=True, as_dict=False
    )
    if not isinstance(found, Document) or not (found.text or "").strip():
        return None
    return Article(
        title=title_text(found.title or ""),
        text=plain_text(found.text or ""),
        description=plain_text(found.description or ""),
        published=_day(found.date, zone),
        language=found.language or "",
    )


def describe_item(
    *,
    source: Source,
    call_id: str,
    url: str,
    title: str,
    text: str,
    published: datetime | None,
    now: datetime,
    description: str = "",
    keywords: tuple[str, ...] = (),
) -> Call:
    """The Call of one item of a feed or page. What its words do not say is left empty and named in `unread`."""
    summary = plain_text(description) or first_sentences(text)
    return Call(
        source=source.id,
        call_id=call_id,
        title=plain_line(title),
        url=url,
        kind=source.publishes[0],
        summary=summary,
        sections=(Section(title="", text=text),) if text and text != summary else (),
        programme=source.programme,
        language=source.language,
        published=published,
        place=(source.place,) if source.place else (),
        keywords=keywords,
    )


def first_sentences(text: str) -> str:
    """The beginning of a text, up to about 400 characters, ended at a sentence."""
    start = " ".join(text.split())
    if len(start) <= _SUMMARY_LENGTH:
        return start
    kept = ""
    for sentence in _SENTENCE_END.split(start):
        if kept and len(kept) + len(sentence) > _SUMMARY_LENGTH:
            break
        kept = f"{kept} {sentence}".strip()
    return kept if len(kept) <= 2 * _SUMMARY_LENGTH else kept[:_SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"


def _day(text: str | None, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError:
        return None
