"""A form that was posted after its session had ended: the login page carries its fields, so that nothing typed is lost.

The token of the form has been checked before (asgi-csrf), so no other site can put fields there. The fields are sent again only
when the coordinator presses the button of the page that follows the login. The log-in with an account of the municipality is on
another site, which no field may reach: the person logs in in a new tab, and the login page keeps the fields and has the button.
"""

from __future__ import annotations

from datasette import Response

from monitor.web.framework.request import Visit
from monitor.web.framework.templates import page

_PREFIX = "kvar."
_LEFT_OUT = ("csrftoken",)
_UNREPEATED = "losen"
"""Part of the names of fields with passwords, which no page repeats."""


def ask_login_again(visit: Visit) -> Response:
    """Show the login page with the fields of the form that was posted; its status is 403, as nothing was done."""
    kept = [
        (name, text)
        for name, texts in visit.form_lists.items()
        if name not in _LEFT_OUT and _UNREPEATED not in name
        for text in texts
    ]
    possible = visit.site.sessions.has_password
    return page("log-in.html", visit, status=403, possible=possible, problem="", onward=visit.path, kept=kept)


def kept_fields(visit: Visit) -> list[tuple[str, str]]:
    """Return name and text of each field that the login page carried."""
    return [
        (name.removeprefix(_PREFIX), text)
        for name, texts in visit.form_lists.items()
        if name.startswith(_PREFIX)
        for text in texts
    ]
