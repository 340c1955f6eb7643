"""Publishers on loopback for tests: real HTTP, answers made of values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """One answer as it goes. `pieces` follow the body as long as somebody listens; `pause` keeps the line open without a word."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None
    pause: bool = False


@dataclass
class Publisher:
    """A running publisher: its address, and what it was asked."""

    url: str
    asked: list[Asked]


class Publishers(ThreadingHTTPServer):
    """Server of every publisher of a test, of which eighty may be asked at the same moment; the default queue holds five."""

    request_queue_size = 128


@contextmanager
def serve(respond: Callable[[Asked], Answer]) -> Iterator[Publisher]:
    """Serve `respond` on a free loopback port; robots.txt is missing unless it answers for it."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), self.rfile.read(length))
            asked.append(request)
            answer = respond(request)
            self.send_response(answer.status)
            # Said, since it is done: the client would else send its next request on a line that is just being closed.
            headers = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            try:
                self.end_headers()
                self.wfile.write(answer.body)
                for piece in answer.pieces or ():
                    self.wfile.write(piece)
                if answer.pause:
                    self.rfile.read(1)  # until the other side hangs up
            except ConnectionError:
                self.close_connection = True

        do_POST = do_CONNECT = do_GET

        def log_message(self, *_):
            pass

    server = Publishers(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Publisher(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
