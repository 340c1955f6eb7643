"""Servers for the rows, each in a process of its own: `python -m benchmarks.servers KIND`, a portal or a mail server."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


def serve_portal(folder: Path) -> None:
    """Answer the search API with the files `1.json`, `2.json`, ... of a folder, and `/bulk.json` with that file."""
    pages = {file.stem: file.read_bytes() for file in folder.glob("*.json") if file.stem != "bulk"}

    class Portal(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            number = parse_qs(urlsplit(self.path).query).get("pageNumber", [""])[0]
            self._answer(pages.get(number))

        def do_GET(self) -> None:
            if self.path != "/bulk.json":
                self._answer(None)
                return
            file = folder / "bulk.json"
            self.send_response(200)
            self.send_header("Content-Length", str(file.stat().st_size))
            self.end_headers()
            with file.open("rb") as stream:
                shutil.copyfileobj(stream, self.wfile, 1 << 18)

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


def serve_smtp(taken: Path | None = None) -> None:
    """Take every mail and drop it; with `taken`, add the Message-ID of each to that file, a line each."""
    from aiosmtpd.smtp import SMTP

    class Drop:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name that aiosmtpd calls
            if taken is not None:
                found = re.search(rb"^Message-ID:\s*(<[^>]+>)", envelope.content, re.MULTILINE | re.IGNORECASE)
                with taken.open("a", encoding="utf-8") as file:
                    file.write(f"{found[1].decode() if found else envelope.rcpt_tos[0]}\n")
            return "250 OK"

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(Drop()), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    if sys.argv[1] == "portal":
        serve_portal(Path(sys.argv[2]))
    elif sys.argv[1] == "mails":
        serve_smtp(Path(sys.argv[2]))
    else:
        serve_smtp()
