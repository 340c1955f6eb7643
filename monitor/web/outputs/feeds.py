"""Atom and JSON feeds of calls: for news readers, and for another installation that takes this archive as a source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.listing import list_changed_keys, read_change_times
from monitor.calls import Call, CallKey, DeadlineModel
from monitor.digest.links import Links, publisher_url
from monitor.digest.wording import HOME
from monitor.language.one_line import clean
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import local_path

PAGE = 100
# WARNING: `monitor.collect.feeds` follows the pages of a feed that says this of itself; keep in sync.
GENERATOR = "eu-bevakning"


def _text(value: str) -> str:
    """Text for XML: no characters that it forbids."""
    return escape(
        "".join(
            char
            for char in value
            if char in "\n\t" or (char >= " " and not 0xD800 <= ord(char) <= 0xDFFF and char not in "\ufffe\uffff")
        )
    )


def _words(call: Call) -> str:
    """The call as plain text: what it is about, then its dates and terms in words that the `feed` source reads back."""
    parts = [call.summary, call.body]
    if call.opens:
        parts.append(f"Öppnar: {call.opens.isoformat()}.")
    for deadline in call.deadlines:
        # Whoever reads it takes a time without a zone for Swedish time.
        local = deadline.at.astimezone(HOME).isoformat(sep=" ", timespec="minutes")
        stage = f" (steg {deadline.stage})" if deadline.stage else ""
        parts.append(f"Sista ansökningsdag{stage}: {local[:16] if deadline.precision == 'minute' else local[:10]}.")
    if call.deadline_model is DeadlineModel.ROLLING:
        parts.append("Löpande ansökan, ingen sista ansökningsdag.")
    return "\n\n".join(part for part in parts if part)


def _entry(call: Call, moment: tuple[str, str], links: Links) -> str:
    first_seen, changed = moment
    page = links.call(call)
    lines = [
        "<entry>",
        f"<id>{_text(page)}</id>",
        f"<title>{_text(clean(call.title) or call.call_id)}</title>",
        f'<link rel="alternate" href={quoteattr(publisher_url(call) or page)}/>',
        f'<link rel="via" href={quoteattr(page)}/>',
        f"<published>{first_seen}</published>",
        f"<updated>{changed}</updated>",
        f"<category term={quoteattr(call.kind.value)}/>",
    ]
    if call.summary:
        lines.append(f"<summary>{_text(call.summary)}</summary>")
    lines.append(
        f'<content type="text"{f" xml:lang={quoteattr(call.language)}" if call.language else ""}>{_text(_words(call))}</content>'
    )
    return "\n".join([*lines, "</entry>"])


def atom_feed(visit: Visit, title: str, path: str, keys: Sequence[CallKey], next_path: str = "") -> Response:
    """These calls as an Atom feed; `path` is the page that the feed follows."""
    db = visit.site.archive.db
    base = visit.site.config.municipality.base_url.rstrip("/")
    moments = read_change_times(db, keys)
    calls = _load(db, keys)
    updated = max((changed for _, changed in moments.values()), default=visit.now.isoformat(timespec="seconds"))
    own = base + visit.path + (f"?{visit.query}" if visit.query else "")
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">',
        f"<id>{_text(own)}</id>",
        f"<title>{_text(f'{title} – EU-bevakningen, {visit.site.config.municipality.name}')}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{_text(visit.site.config.municipality.name)}</name></author>",
        f"<generator>{GENERATOR}</generator>",
        f'<link rel="self" href={quoteattr(own)}/>',
        f'<link rel="alternate" href={quoteattr(base + path)}/>',
        *([f'<link rel="next" href={quoteattr(base + next_path)}/>'] if next_path else []),
        *(_entry(call, moments[call.key], visit.site.links) for call in calls),
        "</feed>",
    ]
    return Response("\n".join(parts), content_type="application/atom+xml; charset=utf-8")


def json_feed(visit: Visit, title: str, path: str, keys: Sequence[CallKey], next_path: str = "") -> Response:
    """These calls as a JSON feed (version 1.1), each with what the archive knows under `_eu`."""
    db = visit.site.archive.db
    base = visit.site.config.municipality.base_url.rstrip("/")
    moments = read_change_times(db, keys)
    items = []
    for call in _load(db, keys):
        first_seen, changed = moments[call.key]
        items.append(
            {
                "id": visit.site.links.call(call),
                "url": publisher_url(call) or visit.site.links.call(call),
                "title": clean(call.title) or call.call_id,
                "content_text": _words(call),
                "summary": call.summary,
                "language": call.language,
                "date_published": first_seen,
                "date_modified": changed,
                "tags": [call.kind.value],
                "_eu": {
                    "source": call.source,
                    "call_id": call.call_id,
                    "identifier": call.identifier,
                    "programme": call.programme,
                    "opens": call.opens.isoformat() if call.opens else None,
                    "deadlines": [deadline.at.isoformat() for deadline in call.deadlines],
                    "deadline_model": call.deadline_model.value,
                    "place": list(call.place),
                    "applicants": list(call.applicants),
                },
            }
        )
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{title} – EU-bevakningen, {visit.site.config.municipality.name}",
        "home_page_url": base + path,
        "feed_url": base + visit.path + (f"?{visit.query}" if visit.query else ""),
        **({"next_url": base + next_path} if next_path else {}),
        "items": items,
    }
    return Response(json.dumps(document, ensure_ascii=False), content_type="application/feed+json; charset=utf-8")


def _load(db: Database, keys: Sequence[CallKey]) -> list[Call]:
    return [call for key in keys if (call := load_call(db, *key)) is not None]


def archive_feed(visit: Visit) -> Response:
    """The whole archive, the last changed first, a page at a time: `?fore=` is where the next page begins."""
    before = visit.args.get("fore", "")
    if before and not _is_cursor(before):
        raise Missing
    keys, cursor = list_changed_keys(visit.site.archive.db, before, PAGE)
    next_path = f"{local_path(visit.path)}?{urlencode({'fore': cursor})}" if cursor else ""
    make = json_feed if visit.path.endswith(".json") else atom_feed
    return make(visit, "Hela arkivet", "/", keys, next_path)


def _is_cursor(text: str) -> bool:
    moment, _, row = text.rpartition(" ")
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return row.isascii() and row.isdigit()


ROUTES = (Route(r"^/arkiv\.(?:atom|json)$", archive_feed),)
