"""Atom and JSON feeds of calls, for news readers and for another installation that has this archive as a source.

Formats: RFC 4287 (https://www.rfc-editor.org/rfc/rfc4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
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
from monitor.web.framework.addresses import local_path
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route

PAGE_SIZE = 100
# WARNING: `monitor.collect.feeds` follows the further pages of a feed with this generator; keep in sync.
GENERATOR = "eu-bevakning"


def _xml_text(value: str) -> str:
    """Return a text for XML 1.0, without the characters that it forbids (https://www.w3.org/TR/xml/#charsets)."""
    return escape(
        "".join(
            char
            for char in value
            if char in "\n\t" or (char >= " " and not 0xD800 <= ord(char) <= 0xDFFF and char not in "\ufffe\uffff")
        )
    )


def _plain_text(call: Call) -> str:
    """Return a call as plain text: its texts, then its dates in words that a source of kind `feed` reads back."""
    parts = [call.summary, call.body]
    if call.opens:
        parts.append(f"Öppnar: {call.opens.isoformat()}.")
    for deadline in call.deadlines:
        # A reader takes a time without a zone for Swedish time.
        local = deadline.at.astimezone(HOME).isoformat(sep=" ", timespec="minutes")
        stage = f" (steg {deadline.stage})" if deadline.stage else ""
        parts.append(f"Sista ansökningsdag{stage}: {local[:16] if deadline.precision == 'minute' else local[:10]}.")
    if call.deadline_model is DeadlineModel.ROLLING:
        parts.append("Löpande ansökan, ingen sista ansökningsdag.")
    return "\n\n".join(part for part in parts if part)


def _atom_entry(call: Call, moment: tuple[str, str], links: Links) -> str:
    """Return a call as an entry of an Atom feed; `moment` is when it was first seen and last changed."""
    first_seen, changed = moment
    page = links.call(call)
    lines = [
        "<entry>",
        f"<id>{_xml_text(links.identity(call))}</id>",
        f"<title>{_xml_text(clean(call.title) or call.call_id)}</title>",
        f'<link rel="alternate" href={quoteattr(publisher_url(call) or page)}/>',
        f'<link rel="via" href={quoteattr(page)}/>',
        f"<published>{first_seen}</published>",
        f"<updated>{changed}</updated>",
        f"<category term={quoteattr(call.kind.value)}/>",
    ]
    if call.summary:
        lines.append(f"<summary>{_xml_text(call.summary)}</summary>")
    language = f" xml:lang={quoteattr(call.language)}" if call.language else ""
    lines.append(f'<content type="text"{language}>{_xml_text(_plain_text(call))}</content>')
    return "\n".join([*lines, "</entry>"])


def atom_feed(visit: Visit, title: str, path: str, keys: Sequence[CallKey], next_path: str = "") -> Response:
    """Return the answer with calls as an Atom feed.

    Args:
        visit: The request, whose address is the feed's own.
        title: The feed's title, before the name of the installation.
        path: The page with the same calls.
        keys: The calls in order.
        next_path: The path of the next page of the feed, "" if there is none (RFC 5005).
    """
    db = visit.site.archive.db
    base = visit.site.config.municipality.base_url.rstrip("/")
    moments = read_change_times(db, keys)
    calls, links = _load(db, keys), visit.links_to(keys)
    updated = max((changed for _, changed in moments.values()), default=visit.now.isoformat(timespec="seconds"))
    own = base + visit.path + (f"?{visit.query}" if visit.query else "")
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">',
        f"<id>{_xml_text(own)}</id>",
        f"<title>{_xml_text(f'{title} – EU-bevakningen, {visit.site.config.municipality.name}')}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{_xml_text(visit.site.config.municipality.name)}</name></author>",
        f"<generator>{GENERATOR}</generator>",
        f'<link rel="self" href={quoteattr(own)}/>',
        f'<link rel="alternate" href={quoteattr(base + path)}/>',
        *([f'<link rel="next" href={quoteattr(base + next_path)}/>'] if next_path else []),
        *(_atom_entry(call, moments[call.key], links) for call in calls),
        "</feed>",
    ]
    return Response("\n".join(parts), content_type="application/atom+xml; charset=utf-8")


def _json_item(call: Call, moment: tuple[str, str], links: Links) -> dict[str, Any]:
    """Return a call as an item of a JSON feed; `moment` is when it was first seen and last changed."""
    first_seen, changed = moment
    return {
        "id": links.identity(call),
        "url": publisher_url(call) or links.call(call),
        "title": clean(call.title) or call.call_id,
        "content_text": _plain_text(call),
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
            "corrected": {field: at.isoformat() for field, at in call.corrected},
        },
    }


def json_feed(visit: Visit, title: str, path: str, keys: Sequence[CallKey], next_path: str = "") -> Response:
    """Return the answer with calls as a JSON feed; the facts of a call are under `_eu`. Arguments as of `atom_feed`."""
    db = visit.site.archive.db
    base = visit.site.config.municipality.base_url.rstrip("/")
    moments = read_change_times(db, keys)
    links = visit.links_to(keys)
    items = [_json_item(call, moments[call.key], links) for call in _load(db, keys)]
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
    """Answer with a page of all calls, the last changed first; `fore` is the position at which the page begins."""
    before = visit.args.get("fore", "")
    if before and not _is_cursor(before):
        raise NotFound
    keys, cursor = list_changed_keys(visit.site.archive.db, before, PAGE_SIZE)
    next_path = f"{local_path(visit.path)}?{urlencode({'fore': cursor})}" if cursor else ""
    make = json_feed if visit.path.endswith(".json") else atom_feed
    return make(visit, "Hela arkivet", "/", keys, next_path)


def _is_cursor(text: str) -> bool:
    """Return True for a position of `feed_keys`: an ISO time, a space and a row number."""
    moment, _, row = text.rpartition(" ")
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return row.isascii() and row.isdigit()


ROUTES = (Route(r"^/arkiv\.(?:atom|json)$", archive_feed),)
