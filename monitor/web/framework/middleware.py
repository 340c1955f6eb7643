"""ASGI middleware around Datasette: refuses bad requests, attaches the logged-in user, adds security headers to answers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import nullcontext
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from monitor.archive.handed_over import HAND_OVER_PATH
from monitor.translate.etranslation import CALLBACK_PATH
from monitor.web.framework.auth import COOKIE, DEVICE_COOKIE, Actor
from monitor.web.framework.oidc import ACCOUNT_COOKIE, ATTEMPT_COOKIE, COORDINATOR
from monitor.web.framework.request import Site
from monitor.web.framework.templates import bare_page
from monitor.web.views.health import HEALTH_PATHS

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

QUERY_LIMIT = 4_000
"""Bytes of the longest query string that is read."""
PATH_LIMIT = 8_000
"""Bytes of the longest path: a call's key may be a publisher's address of 2,000 letters, tripled by percent-encoding."""
BODY_LIMIT = 300_000
"""Bytes of the largest posted form."""
OWN_PAGE_HEADER = b"x-sida"
"""Header by which our own pages differ from Datasette's; it is removed before the answer is sent."""

MCP_PATH = "/mcp"
"""Path of the server for assistants."""
_GUESSED_PATHS = ("/logga-in", "/kom-igang/losenord")
"""Pages whose secret may be guessed; further tries of the same visitor wait."""
_OPEN_PATHS = ("/logga-in", "/logga-ut", "/robots.txt", *HEALTH_PATHS)
_OPEN_FOLDERS = ("/logga-in/", "/statik/", "/kom-igang", "/svar/", "/avsluta/", "/anmal/")
"""Pages that are open whoever may read: logging in, and the signed links of mails."""
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
_FORM = b"application/x-www-form-urlencoded"


class _Refused(Exception):  # noqa: N818 - carries a status to the answer, not an error of the program
    def __init__(self, status: int) -> None:
        self.status = status


class SecurityMiddleware:
    """ASGI application around Datasette's that checks each request and completes each answer."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to Datasette, or answer it with an error page."""
        if scope["type"] != "http":
            await self._live(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # asgi-csrf refuses a form without a valid token on a page of its own, in English.
                if message["status"] == 403 and scope["method"] == "POST" and not _has_header(message, OWN_PAGE_HEADER):
                    raise _Refused(403)
                message = self._add_security_headers(scope, message)
            await send(message)

        try:
            status = self._refusal_status(scope)
            if status:
                raise _Refused(status)
            if self._site.readings is not None and scope["path"].startswith(f"{HAND_OVER_PATH}/"):
                await self._site.readings(scope, receive, send_with_headers)
            else:
                await self._answer(scope, receive, send_with_headers)
        except _Refused as refused:
            await self._refuse(scope, send, refused.status)
        except Exception:
            logger.exception("request_failed path=%s", scope.get("path"))
            if started:
                raise
            await self._refuse(scope, send, 400 if scope["method"] == "POST" else 500)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a visitor's request, as far as the visitor may."""
        inner = self._attach_user(scope)
        if inner["monitor_actor"] is None and self._is_datasette_page(scope["path"]):
            raise _Refused(403)
        if self._must_log_in(scope["path"], inner):
            await self._ask_to_log_in(scope, send)
            return
        if scope["method"] == "POST" and not self._is_mcp(scope) and not self._admits_post(inner):
            raise _Refused(429)
        await self._pass_on(scope, inner, receive, send)

    async def _pass_on(self, scope: Scope, inner: Scope, receive: Receive, send: Send) -> None:
        """Pass a request that was not refused on to Datasette, with the visitor in `inner`, or to the server for assistants."""
        is_login = scope["method"] == "POST" and scope["path"] in _GUESSED_PATHS
        if is_login and not await self._site.sessions.throttle.wait(inner["monitor_login_bucket"]):
            raise _Refused(429)
        if self._site.mcp is not None and self._is_mcp(scope):
            await self._site.mcp(scope, receive, send)
        else:
            await self._app(inner, _limit_body(receive), send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the messages of start and end on to Datasette, while the application for `/mcp` is ready."""
        async with self._site.mcp.running() if self._site.mcp is not None else nullcontext():
            await self._app(scope, receive, send)

    def _must_log_in(self, path: str, scope: Scope) -> bool:
        """Return True where the settings open pages only to those who have logged in, and this visitor has not."""
        if not self._site.config.oidc.login_to_read or scope["monitor_actor"] is not None or scope["monitor_reader"]:
            return False
        return path not in _OPEN_PATHS and not path.startswith(_OPEN_FOLDERS)

    async def _ask_to_log_in(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD") or self._is_mcp(scope):
            raise _Refused(403)
        onward = quote(scope["path"], safe="/")
        headers = [(b"location", f"/logga-in?till={onward}".encode()), (b"cache-control", b"no-store"), *HEADERS.items()]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _is_mcp(self, scope: Scope) -> bool:
        return self._site.mcp is not None and scope["path"] == MCP_PATH

    def _refusal_status(self, scope: Scope) -> int:
        """Return the status with which a request is refused before its body is read, or 0."""
        headers = dict(scope["headers"])
        raw = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
        if len(scope.get("query_string", b"")) > QUERY_LIMIT or len(raw) > PATH_LIMIT:
            return 414
        if not raw.isascii():
            return 400
        method = scope["method"]
        if self._is_mcp(scope):
            return 0  # reads only, judges hosts, origins and sizes itself
        if self._site.readings is not None and scope["path"].startswith(f"{HAND_OVER_PATH}/"):
            return 0  # signed, and judges methods and sizes itself
        if method in ("GET", "HEAD"):
            return 0
        if method != "POST":
            return 405
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413
        if scope["path"].startswith(f"{CALLBACK_PATH}/"):
            # An engine posts JSON without a cookie; the reference in the path is secret and holds once.
            return 0 if headers.get(b"content-type", b"").split(b";")[0].strip().lower() == b"application/json" else 415
        one_click = scope["path"].startswith("/avsluta/")
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != _FORM and not (one_click and kind in (b"", b"multipart/form-data")):
            return 415
        # asgi-csrf lets requests without any cookie pass; a form of ours always comes with one.
        return 0 if one_click or headers.get(b"cookie") else 403

    def _admits_post(self, scope: Scope) -> bool:
        """Count a post of the visitor; return False when there have been too many of late."""
        actor = scope["monitor_actor"]
        visitor = actor.name if actor is not None else scope["monitor_client"]
        return self._site.posts.admit(visitor, coordinator=actor is not None)

    def _is_datasette_page(self, path: str) -> bool:
        """Return True for Datasette's own pages: raw tables, SQL and its configuration."""
        if path in HEALTH_PATHS:
            return False
        name = f"/{self._site.config.archive.stem}"
        return path.startswith(("/-/", f"{name}/", f"{name}.")) or path == name

    def _attach_user(self, scope: Scope) -> Scope:
        """Return the scope with the coordinator, if logged in, for our pages (`monitor_actor`) and for Datasette's (`actor`)."""
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        cookie = SimpleCookie()
        try:
            cookie.load(headers.get("cookie", ""))
        except CookieError:
            cookie.clear()
        session = cookie[COOKIE].value if COOKIE in cookie else ""
        device = cookie[DEVICE_COOKIE].value if DEVICE_COOKIE in cookie else ""
        peer = str((scope.get("client") or ("", 0))[0])
        sessions = self._site.sessions
        cookies = {name: cookie[name].value for name in (ACCOUNT_COOKIE, ATTEMPT_COOKIE) if name in cookie}
        account = self._site.accounts.find(cookies.get(ACCOUNT_COOKIE, "")) if self._site.provider is not None else None
        actor = sessions.actor(session, headers, peer)
        if actor is None and account is not None and account.role == COORDINATOR:
            actor = Actor(account.name)
        reader = account.name if account is not None else sessions.proxy_name(headers, peer)
        # Datasette would take an Authorization header for one of its own API tokens.
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != b"authorization"]
        return {
            **scope,
            "headers": kept,
            "monitor_actor": actor,
            "monitor_reader": "" if actor is not None else reader,
            "monitor_cookies": cookies,
            "monitor_local": _is_local(peer, scope["headers"]),
            "monitor_client": sessions.client_address(peer, headers),
            "monitor_login_bucket": sessions.bucket(device, sessions.client_address(peer, headers)),
            "actor": {"id": "coordinator", "name": actor.name} if actor else None,
        }

    def _add_security_headers(self, scope: Scope, message: Message) -> Message:
        own = {key.lower() for key, _ in message.get("headers", ())}
        headers = []
        for key, value in message.get("headers", ()):
            name = key.lower()
            if name == OWN_PAGE_HEADER:
                continue
            if name == b"set-cookie" and b"httponly" not in value.lower():
                value += b"; HttpOnly"
            if name == b"set-cookie" and self._site.config.municipality.base_url.startswith("https:"):
                value += b"; Secure" if b"secure" not in value.lower() else b""
            headers.append((key, value))
        headers += [(key, value) for key, value in HEADERS.items() if key not in own]
        if scope["path"].startswith("/statik/"):
            headers.append((b"cache-control", b"public, max-age=86400"))
        elif b"cache-control" not in own:
            headers.append((b"cache-control", b"private, no-cache"))
        return {**message, "headers": headers}

    async def _refuse(self, scope: Scope, send: Send, status: int) -> None:
        body = bare_page(self._site, status).encode()
        headers = [(b"content-type", b"text/html; charset=utf-8"), *HEADERS.items(), (b"cache-control", b"no-store")]
        if status == 405:
            headers.append((b"allow", b"GET, HEAD, POST"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _is_local(peer: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a browser of this machine asks, by a name of this machine, and no proxy for somebody else."""
    values = {key.lower(): value for key, value in headers}
    host = values.get(b"host", b"").decode("latin-1").casefold()
    name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    return peer in ("127.0.0.1", "::1") and name in _LOCAL_NAMES and not any(one in values for one in _FORWARDED)


def _has_header(message: Message, name: bytes) -> bool:
    return any(key.lower() == name for key, _ in message.get("headers", ()))


def _limit_body(receive: Receive) -> Receive:
    """Return a `receive` that refuses the request as soon as its body exceeds BODY_LIMIT."""
    size = 0

    async def read() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_LIMIT:
            raise _Refused(413)
        return message

    return read
