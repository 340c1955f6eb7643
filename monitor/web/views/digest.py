"""A digest as it was sent: exactly its items, and the mail itself without the links that answer for its department."""

from __future__ import annotations

import re
from itertools import groupby

from datasette import Response

from monitor.archive.digests import digest_items, find_digest_by_id
from monitor.archive.listing import list_calls
from monitor.digest.links import RECIPIENT_TOKEN, THE_REST
from monitor.vocabulary import SECTION_LABELS, MailSection
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Missing, Route
from monitor.web.framework.templates import page

# A stored mail is written by our own templates, with style in it; the sandbox keeps anything else from running.
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_TOKENS = re.compile(r"/(?:svar|avsluta)/[^\"'?<>\s]+")


def digest(visit: Visit) -> Response:
    """The calls of one digest, all or those of one source or section."""
    db = visit.site.archive.db
    found = find_digest_by_id(db, visit.vars["digest"])
    if found is None or not found["department"]:
        raise Missing
    source, section = visit.args.get("kalla", ""), visit.args.get("avsnitt", "")
    linked = visit.args.get("visa") == THE_REST
    items = digest_items(db, found["id"], source, section, linked=linked)
    calls = {call.key: call for call in list_calls(db, [key for _, key in items], visit.now)}
    groups = [
        (SECTION_LABELS[MailSection(name)].page, [calls[key] for _, key in part if key in calls])
        for name, part in groupby(items, key=lambda one: one[0])
    ]
    department = visit.site.rules.departments.get(found["department"])
    return page(
        "digest.html",
        visit,
        digest=found,
        groups=groups,
        count=len(items),
        name=department.name if department else found["department"],
        narrowed=bool(source or section or linked),
    )


def mail(visit: Visit) -> Response:
    """The mail as it was rendered. Its answering links are taken out: whoever reads here does not speak for the department."""
    found = find_digest_by_id(visit.site.archive.db, visit.vars["digest"])
    if found is None or not found["html"] or not found["department"]:
        raise Missing
    return mail_response(found["html"])


def mail_response(html: str) -> Response:
    """A mail to look at, in a page that runs nothing and answers for nobody."""
    shown = _TOKENS.sub("/om", html.replace(RECIPIENT_TOKEN, "x"))
    return Response.html(shown, headers={"content-security-policy": _MAIL_POLICY, "x-sida": "1"})


ROUTES = (Route(r"^/utskick/(?P<digest>[^/]+)$", digest), Route(r"^/utskick/(?P<digest>[^/]+)/mejl$", mail))
