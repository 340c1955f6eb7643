"""What stands before every page: sizes, methods and forms that are refused, who asks, and the headers that every answer bears."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from monitor.web.framework.auth import COOKIE, DEVICE_COOKIE
from monitor.web.framework.request import Site
from monitor.web.framework.templates import bare_page
from monitor.web.views.health import PATHS

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

QUERY_LIMIT = 4_000
# A publisher's address of 2,000 letters is a call's key; percent-encoded, and again in a signed link, it grows to three times that.
PATH_LIMIT = 8_000
BODY_LIMIT = 300_000
MARK = b"x-sida"
"""A header that our own pages bear on their way out; it is taken off here."""

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


class _Refused(Exception):  # noqa: N818 - it carries a status, not an error of ours
    def __init__(self, status: int) -> None:
        self.status = status


class Gate:
    """An ASGI application around Datasette's."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                if message["status"] == 403 and scope["method"] == "POST" and not _has(message, MARK):
                    raise _Refused(403)
                message = self._dress(scope, message)
            await send(message)

        try:
            status = self._check(scope)
            if status:
                raise _Refused(status)
            inner = self._introduce(scope)
            if inner["monitor_actor"] is None and self._is_raw(scope["path"]):
                raise _Refused(403)
            if (
                scope["method"] == "POST"
                and scope["path"] == "/logga-in"
                and not await self._site.sessions.pace.wait(inner["monitor_client"])
            ):
                raise _Refused(429)
            await self._app(inner, _limited(receive), dressed)
        except _Refused as refused:
            await self._refuse(scope, send, refused.status)
        except Exception:
            logger.exception("request_failed path=%s", scope.get("path"))
            if begun:
                raise
            await self._refuse(scope, send, 400 if scope["method"] == "POST" else 500)

    def _check(self, scope: Scope) -> int:
        """The status with which a request is refused unread, or 0."""
        headers = dict(scope["headers"])
        raw = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
        if len(scope.get("query_string", b"")) > QUERY_LIMIT or len(raw) > PATH_LIMIT:
            return 414
        if not raw.isascii():
            return 400
        method = scope["method"]
        if method in ("GET", "HEAD"):
            return 0
        if method != "POST":
            return 405
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413
        one_click = scope["path"].startswith("/avsluta/")
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != _FORM and not (one_click and kind in (b"", b"multipart/form-data")):
            return 415
        # asgi-csrf lets requests without any cookie pass; a form of ours always comes with one.
        return 0 if one_click or headers.get(b"cookie") else 403

    def _is_raw(self, path: str) -> bool:
        """Whether Datasette's own pages lie there: raw tables, SQL, how it is set up."""
        if path in PATHS:
            return False
        name = f"/{self._site.config.archive.stem}"
        return path.startswith(("/-/", f"{name}/", f"{name}.")) or path == name

    def _introduce(self, scope: Scope) -> Scope:
        """The request with who asks; raw tables and Datasette's own pages are the coordinator's."""
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
        actor = sessions.actor(session, headers, peer)
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != b"authorization"]
        return {
            **scope,
            "headers": kept,
            "monitor_actor": actor,
            "monitor_client": sessions.bucket(device, sessions.client_address(peer, headers)),
            "actor": {"id": "coordinator", "name": actor.name} if actor else None,
        }

    def _dress(self, scope: Scope, message: Message) -> Message:
        own = {key.lower() for key, _ in message.get("headers", ())}
        headers = []
        for key, value in message.get("headers", ()):
            name = key.lower()
            if name == MARK:
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


def _has(message: Message, name: bytes) -> bool:
    return any(key.lower() == name for key, _ in message.get("headers", ()))


def _limited(receive: Receive) -> Receive:
    """A request whose body turns out larger than it may be is refused while it is read."""
    taken = 0

    async def read() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise _Refused(413)
        return message

    return read
