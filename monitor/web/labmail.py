"""A mail beside itself: as it was sent, and as it would have been with the theme as it stands in the lab."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from datasette import Response

from monitor.archive.browse import find_digest_by_id
from monitor.web.digests import mail_response
from monitor.web.lab import edited_rules, preview
from monitor.web.labpages import draft_of, theme_id
from monitor.web.pages import page, problem_page
from monitor.web.route import Missing, Route
from monitor.web.site import Site, Visit

_KEPT = 12


def beside(visit: Visit) -> Response:
    """Write one of the last mails anew with the edited theme and show both. Nothing is stored but for the frame to fetch it."""
    site = visit.site
    draft = draft_of(visit)
    found = find_digest_by_id(site.archive.db, visit.vars["digest"])
    department = site.rules.departments.get(found["department"]) if found else None
    if found is None or department is None:
        raise Missing
    name = theme_id(draft)
    outcome = preview(site.archive.db, site.rules, name, draft.text, visit.now)
    try:
        rules = edited_rules(site.rules, name, draft.text)
        gained = [item.key for one in outcome.departments if one.id == department.id for item in one.gained]
        written = site.work.rewrite(rules, found["id"], gained)
    except ValueError:
        detail = "Temat går inte att läsa än: " + "; ".join(outcome.problems[:3])
        return problem_page(visit, 400, detail=detail)
    if written is None:
        raise Missing
    number = _keep(site, written.html)
    return page("lab-mail.html", visit, digest=found, name=department.name, draft=draft, written=written, frame=number)


def framed(visit: Visit) -> Response:
    """The mail that was just written, for the frame."""
    html = _mails(visit.site).get(visit.vars["number"])
    if html is None:
        raise Missing
    return mail_response(html)


def _mails(site: Site) -> OrderedDict[str, str]:
    mails = site.caches.setdefault("lab-mails", OrderedDict())
    assert isinstance(mails, OrderedDict)
    return mails


def _keep(site: Site, html: str) -> str:
    """Keep the mail for as long as it takes to be shown; gives the name that its address bears."""
    mails, number = _mails(site), secrets.token_hex(12)
    mails[number] = html
    while len(mails) > _KEPT:
        mails.popitem(last=False)
    return number


ROUTES = (
    Route(r"^/regler/-/mejl/(?P<number>[0-9a-f]{24})$", framed, coordinator=True),
    Route(r"^/regler/(?P<theme>[a-z0-9-]{1,80})/mejl/(?P<digest>[^/]{1,120})$", beside, coordinator=True, acts=True),
)
