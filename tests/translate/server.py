"""Server on loopback that speaks the documented protocols of LibreTranslate and eTranslation, and can break them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class EngineServer:
    """Engine whose answers a test sets: `answer` maps a request to status and body, and `seen` has the requests."""

    def __init__(self) -> None:
        self.seen: list[dict] = []
        self.answer: Callable[[dict], tuple[int, object]] = lambda request: (404, {"error": "nothing here"})
        self.pieces: list[bytes] | None = None
        """Parts of a body that is sent bit by bit and never ended, until `released`."""
        self.released = threading.Event()
        self.address = ""

    def libretranslate(self, translations: dict[str, str]) -> None:
        """Answer POST /translate as LibreTranslate does: a list of texts gives a list of texts."""

        def reply(request: dict) -> tuple[int, object]:
            asked = request["json"]
            if request["path"] != "/translate":
                return 404, {"error": "Not found"}
            if asked.get("target") != "sv" or asked.get("format") != "text":
                return 400, {"error": "Invalid request: missing target parameter"}
            return 200, {"translatedText": [translations.get(text, text) for text in asked["q"]]}

        self.answer = reply

    def etranslation(self, application: str, password: str) -> None:
        """Answer askTranslate as eTranslation's REST v2 does: Basic authentication, then a number."""
        wanted = "Basic " + base64.b64encode(f"{application}:{password}".encode()).decode()

        def reply(request: dict) -> tuple[int, object]:
            if request["headers"].get("Authorization") != wanted:
                return 401, {"errorCode": -20001, "errorMessage": "Authentication failed"}
            if len(request["json"]["textToTranslate"]) > 5_000:
                return 400, {"errorCode": -20021, "errorMessage": "Text too long"}
            return 200, {"requestId": 4_711}

        self.answer = reply


@contextmanager
def engine_server():
    """Serve an `EngineServer` on loopback and yield it."""
    engine = EngineServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = {"path": self.path, "headers": dict(self.headers), "json": json.loads(body)}
            engine.seen.append(request)
            if engine.pieces is not None:
                self.send_response(200)
                self.end_headers()
                for piece in engine.pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                engine.released.wait(20)
                return
            status, answer = engine.answer(request)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    engine.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        engine.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
