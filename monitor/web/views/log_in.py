"""The pages on which the coordinator logs in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datasette import Response

from monitor.web.framework.addresses import local_path
from monitor.web.framework.auth import COOKIE, DEVICE_COOKIE, DEVICE_DAYS, SESSION_HOURS, Actor
from monitor.web.framework.ended_session import kept_fields
from monitor.web.framework.request import Visit
from monitor.web.framework.route import Route
from monitor.web.framework.templates import page, redirect

_UNSEEN = ("fore.", "version", "sett", "grund", "gor", "redigering")
"""Beginnings of names of hidden fields, which are not shown as what the person typed."""


def log_in(visit: Visit) -> Response:
    """Show the form, or check the posted password and start a session."""
    sessions = visit.site.sessions
    onward = local_path(visit.form.get("till") or visit.args.get("till") or "/samordna", "/samordna")
    if not visit.is_post:
        if visit.actor is not None:
            return redirect(onward)
        return page("log-in.html", visit, possible=sessions.has_password, problem="", onward=onward, kept=[])
    kept = kept_fields(visit)
    cookie = sessions.log_in(visit.form.get("losen", ""), visit.login_bucket)
    if cookie is None:
        problem = "Lösenordet stämmer inte."
        return page("log-in.html", visit, status=403, possible=sessions.has_password, problem=problem, onward=onward, kept=kept)
    response = _resume(visit, onward, kept) if kept else redirect(onward)
    response.set_cookie(COOKIE, cookie, max_age=SESSION_HOURS * 3600, httponly=True, samesite="lax")
    device = sessions.device_cookie()
    response.set_cookie(DEVICE_COOKIE, device, max_age=DEVICE_DAYS * 86_400, path="/logga-in", httponly=True, samesite="strict")
    return response


def _resume(visit: Visit, onward: str, kept: Sequence[tuple[str, str]]) -> Response:
    """Show the form that was posted after its session had ended, to be sent again with a press."""
    inside = replace(visit, actor=Actor("samordnaren"))
    shown = [text for name, text in kept if text.strip() and not name.startswith(_UNSEEN)]
    return page("log-in-resume.html", inside, onward=onward, kept=kept, shown=shown)


def log_out(visit: Visit) -> Response:
    """End every session of the coordinator. A login by a proxy's header ends at the proxy."""
    visit.site.sessions.log_out()
    response = redirect("/")
    response.set_cookie(COOKIE, "", max_age=0, httponly=True, samesite="lax")
    return response


ROUTES = (Route(r"^/logga-in$", log_in, posts=True), Route(r"^/logga-ut$", log_out, acts=True))
