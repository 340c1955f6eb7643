"""The other side of the line, each in a process of its own: a portal, a mail server; run as `python -m benchmarks.servers KIND`."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


def serve_portal(folder: Path) -> None:
    """Answer the search API with the files `1.json`, `2.json`, ... of a folder."""
    pages = {file.stem: file.read_bytes() for file in folder.glob("*.json")}

    class Portal(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            number = parse_qs(urlsplit(self.path).query).get("pageNumber", [""])[0]
            self._answer(pages.get(number))

        def do_GET(self) -> None:
            self._answer(None)

        def _answer(self, body: bytes | None) -> None:
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as portal:
        print(portal.server_port, flush=True)
        portal.serve_forever()


def serve_smtp() -> None:
    """Take every mail and drop it."""
    from aiosmtpd.controller import Controller

    class Drop:
        async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 - the name that aiosmtpd calls
            return "250 OK"

    controller = Controller(Drop(), hostname="127.0.0.1", port=0)
    controller.start()
    assert controller.server is not None
    print(controller.server.sockets[0].getsockname()[1], flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "portal":
        serve_portal(Path(sys.argv[2]))
    else:
        serve_smtp()
