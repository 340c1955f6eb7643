"""The pages on which the coordinator logs in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datasette import Response

from monitor.web.framework.addresses import local_path
from monitor.web.framework.auth import COOKIE, DEVICE_COOKIE, DEVICE_DAYS, SESSION_HOURS, Actor
from monitor.web.framework.ended_session import kept_fields
from monitor.web.framework.oidc import (
    ACCOUNT_COOKIE,
    ACCOUNT_HOURS,
    ATTEMPT_COOKIE,
    ATTEMPT_SECONDS,
    COORDINATOR,
    LoginError,
)
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import OWN_PAGE, page, redirect

_UNSEEN = ("fore.", "version", "sett", "grund", "gor", "redigering")
"""Beginnings of names of hidden fields, which are not shown as what the person typed."""


def log_in(visit: Visit) -> Response:
    """Show the form, or check the posted password and start a session."""
    sessions = visit.site.sessions
    onward = local_path(visit.form.get("till") or visit.args.get("till") or "/samordna", "/samordna")
    if not visit.is_post:
        if visit.actor is not None:
            return redirect(onward)
        return _form(visit, onward)
    kept = kept_fields(visit)
    cookie = sessions.log_in(visit.form.get("losen", ""), visit.login_bucket)
    if cookie is None:
        return _form(visit, onward, "Lösenordet stämmer inte.", 403, kept)
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


def begin_account(visit: Visit) -> Response:
    """Send the browser to the municipality's log-in. Nothing is stored but a cookie by which the answer is recognised."""
    if visit.site.provider is None:
        raise NotFound
    onward = local_path(visit.args.get("till") or "/samordna", "/samordna")
    try:
        attempt = visit.site.provider.begin(onward)
    except LoginError as error:
        return _form(visit, onward, error.problem, 503)
    response = Response.redirect(attempt.address, status=303, headers=dict(OWN_PAGE))
    response.set_cookie(ATTEMPT_COOKIE, attempt.cookie, max_age=ATTEMPT_SECONDS, path="/logga-in", httponly=True, samesite="lax")
    return response


def finish_account(visit: Visit) -> Response:
    """Answer the browser that comes back from the municipality's log-in with a session, or with why there is none."""
    if visit.site.provider is None:
        raise NotFound
    try:
        account, onward = visit.site.provider.finish(visit.cookies.get(ATTEMPT_COOKIE, ""), visit.args)
    except LoginError as error:
        return _form(visit, "/samordna", error.problem, 403)
    response = redirect(local_path(onward) if account.role == COORDINATOR or onward != "/samordna" else "/")
    response.set_cookie(
        ACCOUNT_COOKIE, visit.site.accounts.begin(account), max_age=ACCOUNT_HOURS * 3600, httponly=True, samesite="lax"
    )
    response.set_cookie(ATTEMPT_COOKIE, "", max_age=0, path="/logga-in", httponly=True, samesite="lax")
    return response


def logged_in(visit: Visit) -> Response:
    """Lead the person who logged in beside a form whose session had ended back to the tab that has the form."""
    return page("log-in-done.html", visit) if visit.actor is not None else redirect("/logga-in")


def _form(visit: Visit, onward: str, problem: str = "", status: int = 200, kept: Sequence[tuple[str, str]] = ()) -> Response:
    possible = visit.site.sessions.has_password
    return page("log-in.html", visit, status=status, possible=possible, problem=problem, onward=onward, kept=kept)


def log_out(visit: Visit) -> Response:
    """End every session of the coordinator's password, or the one session of an account.

    A login by a proxy's header ends at the proxy.
    """
    account = visit.cookies.get(ACCOUNT_COOKIE, "")
    if account:
        visit.site.accounts.end(account)
    else:
        visit.site.sessions.log_out()
    response = redirect("/")
    for name in (COOKIE, ACCOUNT_COOKIE):
        response.set_cookie(name, "", max_age=0, httponly=True, samesite="lax")
    return response


ROUTES = (
    Route(r"^/logga-in$", log_in, posts=True),
    Route(r"^/logga-in/konto$", begin_account),
    Route(r"^/logga-in/svar$", finish_account),
    Route(r"^/logga-in/klar$", logged_in),
    Route(r"^/logga-ut$", log_out, acts=True),
)
