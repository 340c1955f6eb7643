"""A publisher of documents on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Publisher(ThreadingHTTPServer):
    """Publisher with files by path, each with an ETag, and a record of what was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.asked = {}, []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.files.get(self.path)
        tag = f'"{hash(body)}"'
        known = self.headers.get("If-None-Match") == tag
        self.server.asked.append((self.path, known))
        self.send_response(404 if body is None else 304 if known else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body or b"") if not known else 0))
        self.end_headers()
        if body and not known:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def publisher():
    server = Publisher()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
