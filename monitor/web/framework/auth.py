"""Login of the coordinator: a hashed password in the data folder, signed sessions that end, and a header from a named proxy.

Guessing is made slow, never the coordinator refused: each wrong password from an address makes its next try wait longer, and a browser
that has logged in before waits for its own wrong passwords alone (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from monitor.errors import ArchiveError, describe_os_error
from monitor.files import write_atomically
from monitor.settings import Web

COOKIE = "samordnare"
HOURS = 12
DEVICE_COOKIE = "samordnare-webblasare"
DEVICE_DAYS = 365
SHORTEST = 12
_N, _R, _P = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
# Wrong passwords from one address or browser that cost no time, the seconds for which they count, and the longest wait of one try.
_FREE_TRIES, _WINDOW, _LONGEST_WAIT = 5, 300.0, 8.0
# Tries from one address that may wait at the same time; more are refused until one of them is done.
_MOST_WAITING = 4
# Addresses that are remembered; beyond that the one seen least recently is forgotten.
_MOST_CLIENTS = 10_000


def password_file(data_dir: Path) -> Path:
    """Where the hash of the coordinator's password lies."""
    return data_dir / "coordinator.json"


def save_password(data_dir: Path, password: str) -> None:
    """Store the hash of a new password; every session ends.

    Raises:
        ValueError: The password is too short.
        ArchiveError: The file cannot be written.
    """
    if len(password) < SHORTEST:
        raise ValueError(f"lösenordet måste ha minst {SHORTEST} tecken")
    salt = secrets.token_bytes(16)
    _write(data_dir, {"salt": salt.hex(), "hash": _hash(password, salt).hex(), "sessions": secrets.token_hex(8)})


def _write(data_dir: Path, document: Mapping[str, str]) -> None:
    path = password_file(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(document), private=True)
    except OSError as error:
        raise ArchiveError(str(path), f"lösenordet går inte att spara: {describe_os_error(error)}") from error


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY)


@dataclass(frozen=True, slots=True)
class Actor:
    """A logged-in coordinator; `name` is what corrections and notes are signed with."""

    name: str


class LoginPace:
    """Waiting times of login attempts. A `bucket` is a known browser, or the address of an unknown one."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._waiting: Counter[str] = Counter()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def wait(self, bucket: str) -> bool:
        """Wait as long as the bucket's wrong passwords call for, one try after another. False when too many wait already."""
        if self._waiting[bucket] >= _MOST_WAITING:
            return False
        self._waiting[bucket] += 1
        try:
            async with self._turns[bucket]:
                seconds = self.seconds(bucket)
                if seconds:
                    await self._sleep(seconds)
        finally:
            self._waiting[bucket] -= 1
            if not self._waiting[bucket]:
                del self._waiting[bucket]
                self._turns.pop(bucket, None)
        return True

    def seconds(self, bucket: str) -> float:
        """Return how long the bucket's next try waits: nothing at first, then 1, 2, 4 and at most 8 seconds."""
        failures = self._failures.get(bucket, deque())
        while failures and time.monotonic() - failures[0] > _WINDOW:
            failures.popleft()
        beyond = len(failures) - _FREE_TRIES
        return min(2.0**beyond, _LONGEST_WAIT) if beyond >= 0 else 0.0

    def note_failure(self, bucket: str) -> None:
        """Remember a wrong password."""
        self._failures.setdefault(bucket, deque(maxlen=_FREE_TRIES + 8)).append(time.monotonic())
        self._failures.move_to_end(bucket)
        if len(self._failures) > _MOST_CLIENTS:
            self._failures.popitem(last=False)

    def forget(self, bucket: str) -> None:
        """Forget the bucket's wrong passwords, after a right one."""
        self._failures.pop(bucket, None)


class Sessions:
    """Logging in and staying so. A new password and a log-out end every session begun before."""

    def __init__(self, data_dir: Path, secret: bytes, web: Web) -> None:
        self._data_dir = data_dir
        self._signer = URLSafeTimedSerializer(secret, salt="inloggning")
        self._devices = URLSafeTimedSerializer(secret, salt="inloggning-webblasare")
        self._web = web
        self.pace = LoginPace()

    @property
    def possible(self) -> bool:
        """Whether a password has been set."""
        return password_file(self._data_dir).is_file()

    def log_in(self, password: str, bucket: str) -> str | None:
        """Return the cookie of a new session, None for a wrong password. The gate has let the bucket's try wait its time."""
        stored = self._stored()
        if stored is not None:
            found = _hash(password, bytes.fromhex(stored["salt"])).hex()
            if hmac.compare_digest(found, stored["hash"]):
                self.pace.forget(bucket)
                return self._signer.dumps(["samordnaren", _fingerprint(stored)])
        self.pace.note_failure(bucket)
        return None

    def log_out(self) -> None:
        """End every session. A cookie copied before is worth nothing afterwards.

        Raises:
            ArchiveError: The file cannot be written.
        """
        stored = self._stored()
        if stored is not None:
            _write(self._data_dir, {**stored, "sessions": secrets.token_hex(8)})

    def device_cookie(self) -> str:
        """Return the cookie by which a browser that has logged in is known later."""
        return self._devices.dumps(secrets.token_hex(8))

    def bucket(self, device: str, client: str) -> str:
        """Return the key under which wrong passwords are counted: the browser's own where it has logged in before, else its address."""
        try:
            return f"device {self._devices.loads(device, max_age=DEVICE_DAYS * 86_400)}" if device else f"address {client}"
        except BadSignature:
            return f"address {client}"

    def client_address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the address that asks: the peer, or behind a proxy that the settings name, the last address it did not add itself."""
        forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
        address = peer
        while address in self._web.proxies and forwarded:
            address = forwarded.pop()
        return address[:64]

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
        return Actor(str(name)) if hmac.compare_digest(str(fingerprint), _fingerprint(stored)) else None

    def _stored(self) -> dict[str, str] | None:
        try:
            return dict(json.loads(password_file(self._data_dir).read_text("ascii")))
        except (OSError, ValueError):
            return None


def _fingerprint(stored: Mapping[str, str]) -> str:
    """Return what a session's cookie must hold: it changes with the password and at each log-out."""
    return stored["hash"][:16] + stored.get("sessions", "")
