"""Logging in and out."""

from __future__ import annotations

from datasette import Response

from monitor.web.login import COOKIE, HOURS
from monitor.web.pages import local_path, page, problem_page, redirect
from monitor.web.route import Route
from monitor.web.site import Visit


def log_in(visit: Visit) -> Response:
    """A GET shows the form, a POST tries the password."""
    sessions = visit.site.sessions
    onward = local_path(visit.form.get("till") or visit.args.get("till") or "/samordna", "/samordna")
    if not visit.posted:
        if visit.actor is not None:
            return redirect(onward)
        return page("log-in.html", visit, possible=sessions.possible, problem="", onward=onward)
    if sessions.is_blocked(visit.client):
        return problem_page(visit, 429)
    cookie = sessions.log_in(visit.form.get("losen", ""), visit.client)
    if cookie is None:
        problem = "Lösenordet stämmer inte."
        return page("log-in.html", visit, status=403, possible=sessions.possible, problem=problem, onward=onward)
    response = redirect(onward)
    response.set_cookie(COOKIE, cookie, max_age=HOURS * 3600, httponly=True, samesite="lax")
    return response


def log_out(visit: Visit) -> Response:
    """End the session."""
    response = redirect("/")
    response.set_cookie(COOKIE, "", max_age=0, httponly=True, samesite="lax")
    return response


ROUTES = (Route(r"^/logga-in$", log_in, posts=True), Route(r"^/logga-ut$", log_out, acts=True))
