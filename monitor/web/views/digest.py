"""The pages of a sent digest: its calls, and the mail itself without the links with which its department answers."""

from __future__ import annotations

import re
from itertools import groupby

from datasette import Response

from monitor.archive.digests import digest_items, find_digest_by_id
from monitor.archive.listing import list_calls
from monitor.digest.links import RECIPIENT_TOKEN, THE_REST
from monitor.vocabulary import SECTION_LABELS, MailKind, MailSection
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, page

# A stored mail is made by our own templates and has style in it; the sandbox keeps anything else from running.
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_SIGNED_LINKS = re.compile(r"/(?:(?:svar|avsluta|anmal)/[^\"'?<>\s]+|s/[0-9]+-[0-9a-f]{16})")
"""Paths with a token that would answer or unsubscribe for the recipient."""


_MOST_SHOWN = 100
"""Calls that are listed before "Visa alla": a welcome to a large archive has more than a thousand."""


def digest(visit: Visit) -> Response:
    """Show the calls of one digest: all, those of one source or section, or those that the mail only links to."""
    db = visit.site.archive.db
    sent = find_digest_by_id(db, visit.path_vars["digest"])
    if sent is None or not sent["department"] or sent["kind"] == MailKind.RECEIPT:
        raise NotFound
    source, section = visit.args.get("kalla", ""), visit.args.get("avsnitt", "")
    linked = visit.args.get("visa") == THE_REST
    found = digest_items(db, sent["id"], source, section, linked=linked)
    items = found if visit.args.get("alla") else found[:_MOST_SHOWN]
    calls = {call.key: call for call in list_calls(db, [key for _, key in items], visit.now)}
    groups = [
        (SECTION_LABELS[MailSection(name)].page, [calls[key] for _, key in part if key in calls])
        for name, part in groupby(items, key=lambda item: item[0])
    ]
    department = visit.site.rules.departments.get(sent["department"])
    return page(
        "digest.html",
        visit,
        digest=sent,
        groups=groups,
        count=len(found),
        hidden=len(found) - len(items),
        chosen={"kalla": source, "avsnitt": section, "visa": visit.args.get("visa", "")},
        name=department.name if department else sent["department"],
        narrowed=bool(source or section or linked),
    )


def mail(visit: Visit) -> Response:
    """Answer with the mail as it was rendered, without the links with which its department answers."""
    sent = find_digest_by_id(visit.site.archive.db, visit.path_vars["digest"])
    if sent is None or not sent["html"] or not sent["department"] or sent["kind"] == MailKind.RECEIPT:
        raise NotFound
    return mail_response(sent["html"])


def mail_response(html: str) -> Response:
    """Return the answer with a mail's HTML, in a sandbox without scripts and without the links that answer for its department."""
    return Response.html(without_signed_links(html), headers={"content-security-policy": _MAIL_POLICY, **OWN_PAGE})


def without_signed_links(text: str) -> str:
    """Return the HTML or the text of a mail without the links that answer or unsubscribe for its reader."""
    return _SIGNED_LINKS.sub("/om", text.replace(RECIPIENT_TOKEN, "x"))


ROUTES = (Route(r"^/utskick/(?P<digest>[^/]+)$", digest), Route(r"^/utskick/(?P<digest>[^/]+)/mejl$", mail))
