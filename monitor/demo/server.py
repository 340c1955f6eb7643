"""Web server of the sample publishers on loopback, for the demo and for tests."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from datetime import date
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from monitor.demo import samples
from monitor.demo.feeds import content_type, render_feed
from monitor.demo.pages import render_article, render_list
from monitor.demo.portal import QueryError, answer_search, render_rows

SEARCH_PATH = "/search-api/prod/rest/search"
ROBOTS = "User-agent: *\nDisallow: /intern/\n"
_REQUIRED_PARTS = ("query", "languages")


class SampleServer(ThreadingHTTPServer):
    """Server of every sample publisher on one free port of 127.0.0.1.

    `reading` is the day that is shown, an offset from `today`; set it to change the day. Use the server as a context manager;
    it serves from a thread of its own.
    """

    daemon_threads = True

    def __init__(self, today: date, reading: int = samples.SECOND_READING, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.today = today
        self.reading = reading
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base(self) -> str:
        """Return the address that every path is joined to, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def search(self, query: str, parts: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return the answer of the search API: HTTP status and JSON document."""
        given = {name: found[0] for name, found in parse_qs(query).items()}
        if "text" not in given:
            return HTTPStatus.BAD_REQUEST, _error_document("parameter text is not present")
        rows = render_rows(samples.load_calls(), self.today, self.reading)
        try:
            page, size = int(given.get("pageNumber", 1)), int(given.get("pageSize", 50))
            answer = answer_search(rows, parts["query"], page=page, page_size=size, sort=parts.get("sort"))
        except (QueryError, ValueError) as error:
            return HTTPStatus.BAD_REQUEST, _error_document(str(error))
        return HTTPStatus.OK, answer

    def document(self, path: str) -> tuple[str, bytes] | None:
        """Return the content type and bytes of the document at a path, or None."""
        if path == "/robots.txt":
            return "text/plain", ROBOTS.encode()
        for publisher in samples.load_publishers():
            if path == publisher.path and publisher.kind == "feed":
                return content_type(publisher), render_feed(publisher, self.base, self.today, self.reading)
            if path == publisher.path:
                return "text/html; charset=utf-8", render_list(publisher, self.today, self.reading).encode()
            for item in samples.items_at(publisher, self.reading):
                if path == item.link:
                    return "text/html; charset=utf-8", render_article(publisher, item, self.today).encode()
        return None


class _Handler(BaseHTTPRequestHandler):
    server: SampleServer
    protocol_version = "HTTP/1.1"
    server_version = "SamplePublishers"
    sys_version = ""

    def do_POST(self) -> None:
        """Answer a request to the search API."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        if address.path != SEARCH_PATH:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")
            return
        parts = _json_parts(self.headers.get("Content-Type", ""), body)
        # The real API answers so to parts that are plain form fields.
        status, document = (
            self.server.search(address.query, parts)
            if parts is not None
            else (HTTPStatus.INTERNAL_SERVER_ERROR, {"type": "throwable"})
        )
        self._send(status, "application/json", json.dumps(document, ensure_ascii=False).encode())

    def do_GET(self) -> None:
        """Send the document at a path; 304 when the client has it."""
        document = self.server.document(urlsplit(self.path).path)
        if document is None:
            self._send(HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", b"<h1>Sidan finns inte</h1>")
            return
        kind, body = document
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        if tag in self.headers.get("If-None-Match", ""):
            self._send(HTTPStatus.NOT_MODIFIED, kind, b"", tag)
        else:
            self._send(HTTPStatus.OK, kind, body, tag)

    def _send(self, status: int, kind: str, body: bytes, tag: str = "") -> None:
        packed = len(body) > 1000 and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, 1, mtime=0) if packed else body
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
            self.send_header("Cache-Control", "no-cache")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Log nothing: the demo prints its own progress."""


def _json_parts(content_type: str, body: bytes) -> dict[str, Any] | None:
    """Return the parts of a multipart form; None unless the needed parts are there and every part is application/json."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not message.is_multipart():
        return None
    parts: dict[str, Any] = {}
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        if part.get_content_type() != "application/json" or not isinstance(payload, bytes):
            return None
        try:
            parts[str(part.get_param("name", header="Content-Disposition"))] = json.loads(payload)
        except ValueError:
            return None
    return parts if all(name in parts for name in _REQUIRED_PARTS) else None


def _error_document(message: str) -> dict[str, Any]:
    return {"type": "businessError", "message": message}
