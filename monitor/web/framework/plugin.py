"""The Datasette plugin: our routes and our gate. Registering it takes over the handling of errors in the whole process."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request

from monitor.errors import ArchiveError, MonitorError
from monitor.web.framework.middleware import Gate
from monitor.web.framework.request import Site, Visit
from monitor.web.framework.route import Missing, Route, View
from monitor.web.framework.templates import PROBLEMS, problem_page

logger = logging.getLogger(__name__)

SITE = "_monitor_site"
OTHERS = "Det gemensamma arkivet rättas i den installation som läser källorna. Fråga den som sköter den."


def site_of(datasette: Datasette) -> Site | None:
    """Our site, when this Datasette serves one."""
    return getattr(datasette, SITE, None)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Our pages, before Datasette's own; what is neither ours nor raw data is not there."""
    site = site_of(datasette)
    if site is None:
        return []
    from monitor.web.urls import ROUTES

    ours = [(route.pattern, _answering(site, route)) for route in ROUTES]
    database = datasette.get_database().name
    nothing = Route(rf"^/(?!(?:{database}(?:[./]|$)|-/|statik/)).*$", _nothing, posts=True)
    return [*ours, (nothing.pattern, _answering(site, nothing))]


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """What stands before every page: limits, headers, who asks."""
    site = site_of(datasette)
    return (lambda app: app) if site is None else (lambda app: Gate(app, site))


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def skip_csrf(datasette: Datasette, scope: Mapping[str, Any]) -> bool:
    """A mail program's one-click stop (RFC 8058) comes without any page of ours before it; its signed address is the proof."""
    return site_of(datasette) is not None and str(scope.get("path", "")).startswith("/avsluta/")


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """What our frame around Datasette's own pages needs."""
    site = site_of(datasette)
    if site is None:
        return {}
    from monitor.web.framework.templates import frame

    return frame(_visit(site, request, {}, b"")) if request is not None else {}


@hookimpl  # type: ignore[untyped-decorator]  # Datasette has no types
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """What goes wrong on Datasette's own pages: a page in plain words; a mistake in SQL in the words of SQLite."""

    async def answer() -> Response:
        status = getattr(exception, "status", 500)
        known = status in PROBLEMS
        site = site_of(datasette)
        if status >= 500:
            logger.error("page_failed path=%s", request.path, exc_info=exception)
        if site is None:
            return Response.text("", status=status)
        detail = str(getattr(exception, "message", None) or exception) if status < 500 and request.actor else ""
        visit = _visit(site, request, {}, b"")
        return await site.archive.run(lambda: problem_page(visit, status if known else 500, detail=detail))

    return answer


def _answering(site: Site, route: Route) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.method not in route.methods:
            return problem_page(_visit(site, request, {}, b""), 405, headers={"allow": ", ".join(route.methods)})
        body = await request.post_body() if request.method == "POST" else b""
        visit = _visit(site, request, request.url_vars, body)
        if route.coordinator and visit.actor is None:
            if request.method == "POST":
                return await site.archive.run(lambda: problem_page(visit, 403))
            return Response.redirect("/logga-in?till=" + visit.path)
        if route.shared and site.config.shared_archive is not None:
            return await site.archive.run(lambda: problem_page(visit, 403, detail=OTHERS))
        return await site.archive.run(lambda: _view(route.view, visit))

    return answer


def _view(view: View, visit: Visit) -> Response:
    try:
        return view(visit)
    except Missing:
        return problem_page(visit, 404)
    except ArchiveError as error:
        logger.warning("page_refused path=%s reason=%s", visit.path, error)
        return problem_page(visit, 503)
    except MonitorError as error:
        logger.warning("page_failed path=%s reason=%s", visit.path, error)
        return problem_page(visit, 500)
    except Exception:
        logger.exception("page_failed path=%s", visit.path)
        return problem_page(visit, 500)


def _nothing(visit: Visit) -> Response:
    raise Missing


def _visit(site: Site, request: Request, variables: Mapping[str, str | None], body: bytes) -> Visit:
    many = _values(request.query_string)
    posted = _values(body.decode("utf-8", "replace"))
    return Visit(
        site=site,
        method=request.method,
        path=request.path,
        now=site.clock().astimezone(site.config.zone),
        vars={name: _clean(unquote(value)) for name, value in variables.items() if value is not None},
        args={name: values[0] for name, values in many.items()},
        many=many,
        form={name: values[0] for name, values in posted.items()},
        posted_many=posted,
        query=request.query_string,
        actor=request.scope.get("monitor_actor"),
        client=request.scope.get("monitor_client", ""),
        token=request.scope.get("csrftoken") or str,
    )


def _values(text: str) -> dict[str, list[str]]:
    try:
        found: Mapping[str, Sequence[str]] = parse_qs(text, keep_blank_values=True, max_num_fields=2000, errors="replace")
    except ValueError:
        return {}
    return {_clean(name): [_clean(value) for value in values] for name, values in found.items()}


def _clean(text: str) -> str:
    """Without null bytes and halves of characters, which no page, no file and no database takes."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
