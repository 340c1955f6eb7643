"""Who the coordinator is: a hashed password in the data folder, signed sessions that end, and a header from a named proxy."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from monitor.errors import ArchiveError, in_words
from monitor.settings import Web

COOKIE = "samordnare"
HOURS = 12
SHORTEST = 12
_N, _R, _P = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
_TRIES, _WINDOW = 10, 300.0


def password_file(data_dir: Path) -> Path:
    """Where the hash of the coordinator's password lies."""
    return data_dir / "coordinator.json"


def save_password(data_dir: Path, password: str) -> None:
    """Keep the hash of a new password; every session ends. ValueError when it is too short."""
    if len(password) < SHORTEST:
        raise ValueError(f"lösenordet måste ha minst {SHORTEST} tecken")
    salt = secrets.token_bytes(16)
    document = {"salt": salt.hex(), "hash": _hash(password, salt).hex()}
    path = password_file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(document, file)
        partial.replace(path)
    except OSError as error:
        raise ArchiveError(str(path), f"lösenordet går inte att spara: {in_words(error)}") from error


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY)


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-in coordinator; `name` is what corrections and notes are signed with."""

    name: str


class Sessions:
    """Logging in and staying so. A new password ends every session that an old one began."""

    def __init__(self, data_dir: Path, secret: bytes, web: Web) -> None:
        self._data_dir = data_dir
        self._signer = URLSafeTimedSerializer(secret, salt="inloggning")
        self._web = web
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)

    @property
    def possible(self) -> bool:
        """Whether a password has been set."""
        return password_file(self._data_dir).is_file()

    def log_in(self, password: str, client: str) -> str | None:
        """The cookie of a new session, None for a wrong password. The caller asks `is_blocked` first."""
        stored = self._stored()
        if stored is not None:
            found = _hash(password, bytes.fromhex(stored["salt"])).hex()
            if hmac.compare_digest(found, stored["hash"]):
                self._failures.pop(client, None)
                return self._signer.dumps(["samordnaren", stored["hash"][:16]])
        self._failures[client].append(time.monotonic())
        return None

    def is_blocked(self, client: str) -> bool:
        """Whether so many wrong passwords came from this address that it must wait."""
        failures = self._failures[client]
        while failures and time.monotonic() - failures[0] > _WINDOW:
            failures.popleft()
        return len(failures) >= _TRIES

    def actor(self, cookie: str, headers: Mapping[str, str], client: str) -> Actor | None:
        """Who asks: by the proxy's header where that is switched on, else by the session's cookie."""
        if self._web.login_header and client in self._web.login_from:
            name = headers.get(self._web.login_header.casefold(), "").strip()
            if name and name.casefold() in {known.casefold() for known in self._web.coordinators}:
                return Actor(name)
        stored = self._stored() if cookie else None
        if stored is None:
            return None
        try:
            name, fingerprint = self._signer.loads(cookie, max_age=HOURS * 3600)
        except (BadSignature, TypeError, ValueError):
            return None
        return Actor(str(name)) if hmac.compare_digest(str(fingerprint), stored["hash"][:16]) else None

    def _stored(self) -> dict[str, str] | None:
        try:
            return dict(json.loads(password_file(self._data_dir).read_text("ascii")))
        except (OSError, ValueError):
            return None
