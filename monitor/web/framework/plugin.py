"""The Datasette plugin: routes, middleware, template variables and error pages of an installation.

Datasette keeps one plugin manager per process. The hooks act only on a Datasette that has a `Site` in its attribute
SITE_ATTRIBUTE, and leave any other Datasette of the process as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote

from datasette import Response, hookimpl
from datasette import handle_exception as datasette_handler
from datasette.app import Datasette
from datasette.utils.asgi import Request

from monitor.errors import ArchiveError, MonitorError
from monitor.translate.etranslation import CALLBACK_PATH
from monitor.web.framework.ended_session import ask_login_again
from monitor.web.framework.middleware import SecurityMiddleware
from monitor.web.framework.request import LoginRequired, Site, Visit
from monitor.web.framework.route import NotFound, Route, View
from monitor.web.framework.templates import PROBLEMS, frame, problem_page
from monitor.web.urls import ROUTES

logger = logging.getLogger(__name__)

SITE_ATTRIBUTE = "_monitor_site"
"""Attribute of a Datasette instance that holds its `Site`."""
SHARED_ARCHIVE_REFUSAL = "Det gemensamma arkivet rättas i den installation som läser källorna. Fråga den som sköter den."
_MAX_FORM_FIELDS = 2000


def site_of(datasette: Datasette) -> Site | None:
    """Return the installation that a Datasette serves, None for a Datasette that is not ours."""
    return getattr(datasette, SITE_ATTRIBUTE, None)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Return our routes, which come before Datasette's own, and one that answers 404 to all but raw tables and files."""
    site = site_of(datasette)
    if site is None:
        return []
    ours = [(route.pattern, _make_handler(site, route)) for route in ROUTES]
    database = datasette.get_database().name
    unknown = Route(rf"^/(?!(?:{database}(?:[./]|$)|-/|statik/)).*$", _raise_not_found, posts=True)
    return [*ours, (unknown.pattern, _make_handler(site, unknown))]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Return the function that puts the middleware around Datasette's application."""
    site = site_of(datasette)
    return (lambda app: app) if site is None else (lambda app: SecurityMiddleware(app, site))


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def skip_csrf(datasette: Datasette, scope: Mapping[str, Any]) -> bool:
    """Return True for what no page with a token precedes: one-click unsubscribe of a mail program, and an engine's translations.

    The first has a signed address (RFC 8058, section 3.1: https://www.rfc-editor.org/rfc/rfc8058#section-3.1), the second one
    that holds once and that only the engine was told.
    """
    return site_of(datasette) is not None and str(scope.get("path", "")).startswith(("/avsluta/", f"{CALLBACK_PATH}/"))


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """Return the variables that our frame around Datasette's own pages needs."""
    site = site_of(datasette)
    if site is None:
        return {}
    return frame(_make_visit(site, request, {}, b"")) if request is not None else {}


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # Datasette has no types
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """Return the function that answers a failure of Datasette's own pages; the message of an SQL error is SQLite's.

    It replaces Datasette's handler, which `make_datasette` unregisters, and calls it for a Datasette that is not ours.
    """
    site = site_of(datasette)
    if site is None:
        handler: Callable[[], Awaitable[Response]] = datasette_handler.handle_exception(datasette, request, exception)
        return handler

    async def answer() -> Response:
        status = getattr(exception, "status", 500)
        has_page = status in PROBLEMS
        if status >= 500:
            logger.error("page_failed path=%s", request.path, exc_info=exception)
        detail = str(getattr(exception, "message", None) or exception) if status < 500 and request.actor else ""
        visit = _make_visit(site, request, {}, b"")
        return await site.archive.run(lambda: problem_page(visit, status if has_page else 500, detail=detail))

    return answer


def _make_handler(site: Site, route: Route) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.method not in route.methods:
            return problem_page(_make_visit(site, request, {}, b""), 405, headers={"allow": ", ".join(route.methods)})
        body = await request.post_body() if request.method == "POST" else b""
        visit = _make_visit(site, request, request.url_vars, body)
        if route.coordinator and visit.actor is None:
            if request.method == "POST":
                return await site.archive.run(lambda: ask_login_again(visit))
            return Response.redirect("/logga-in?till=" + visit.path)
        if route.shared and site.config.shared_archive is not None:
            return await site.archive.run(lambda: problem_page(visit, 403, detail=SHARED_ARCHIVE_REFUSAL))
        return await site.archive.run(lambda: _run_view(route.view, visit))

    return answer


def _run_view(view: View, visit: Visit) -> Response:
    """Return the view's answer, or the page about its failure."""
    try:
        return view(visit)
    except NotFound:
        return problem_page(visit, 404)
    except LoginRequired:
        return problem_page(visit, 403)
    except ArchiveError as error:
        logger.warning("page_refused path=%s reason=%s", visit.path, error)
        return problem_page(visit, 503)
    except MonitorError as error:
        logger.warning("page_failed path=%s reason=%s", visit.path, error)
        return problem_page(visit, 500)
    except Exception:
        logger.exception("page_failed path=%s", visit.path)
        return problem_page(visit, 500)


def _raise_not_found(visit: Visit) -> Response:
    raise NotFound


def _make_visit(site: Site, request: Request, variables: Mapping[str, str | None], body: bytes) -> Visit:
    arg_lists = _parse_pairs(request.query_string)
    form_lists = _parse_pairs(body.decode("utf-8", "replace"))
    return Visit(
        site=site,
        method=request.method,
        path=request.path,
        now=site.now(),
        path_vars={name: _clean(unquote(value)) for name, value in variables.items() if value is not None},
        args={name: values[0] for name, values in arg_lists.items()},
        arg_lists=arg_lists,
        form={name: values[0] for name, values in form_lists.items()},
        form_lists=form_lists,
        body=body,
        query=request.query_string,
        none_match=request.headers.get("if-none-match", ""),
        actor=request.scope.get("monitor_actor"),
        reader=request.scope.get("monitor_reader", ""),
        cookies=request.scope.get("monitor_cookies", {}),
        login_bucket=request.scope.get("monitor_login_bucket", ""),
        local=request.scope.get("monitor_local", False),
        csrf_token=request.scope.get("csrftoken") or str,
    )


def _parse_pairs(text: str) -> dict[str, list[str]]:
    """Return the values of each name in a query string or form; nothing when it has more fields than any form of ours."""
    try:
        pairs: Mapping[str, Sequence[str]] = parse_qs(
            text, keep_blank_values=True, max_num_fields=_MAX_FORM_FIELDS, errors="replace"
        )
    except ValueError:
        return {}
    return {_clean(name): [_clean(value) for value in values] for name, values in pairs.items()}


def _clean(text: str) -> str:
    """Return the text without null bytes and lone surrogates, which no page, file or database accepts."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
