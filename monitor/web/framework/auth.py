"""Login of the coordinator: a hashed password in the data folder, signed sessions, and a header from a named proxy.

Wrong passwords slow further attempts down but never lock the coordinator out: attempts are counted per address, and a browser
that has logged in before has a count of its own. Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies",
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import threading
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
SESSION_HOURS = 12
DEVICE_COOKIE = "samordnare-webblasare"
DEVICE_DAYS = 365
MIN_PASSWORD_LENGTH = 12
# Cost parameters of scrypt (RFC 7914, section 2); they need 32 MiB, twice of which are allowed.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**15, 8, 1
_SCRYPT_MAX_BYTES = 64 * 1024 * 1024
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits of a code that is read from a terminal: without those that look alike."""
_CODE_LENGTH = 8
_FREE_ATTEMPTS = 5
"""Wrong passwords of one bucket after which further attempts wait."""
_ATTEMPT_SECONDS = 300.0
"""Seconds for which a wrong password counts."""
_MAX_WAIT_SECONDS = 8.0
_MAX_WAITING = 4
"""Attempts of one bucket that may wait at the same time; further ones are refused."""
_MAX_BUCKETS = 10_000
"""Buckets that are remembered; beyond that the least recently seen is dropped."""


def password_file(data_dir: Path) -> Path:
    """Return the path of the file with the hash of the coordinator's password."""
    return data_dir / "coordinator.json"


def save_password(data_dir: Path, password: str) -> None:
    """Store the hash of a new password and end every session.

    Raises:
        ValueError: The password is too short.
        ArchiveError: The file cannot be written.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise ValueError(f"lösenordet måste ha minst {MIN_PASSWORD_LENGTH} tecken")
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
    return hashlib.scrypt(password.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, maxmem=_SCRYPT_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class Actor:
    """Logged-in coordinator."""

    name: str
    """Name with which corrections and notes are signed."""


class LoginThrottle:
    """Waiting times of login attempts per bucket: a browser that has logged in before, or else an address."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._waiting: Counter[str] = Counter()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def wait(self, bucket: str) -> bool:
        """Wait as long as the bucket's wrong passwords require, one attempt after another.

        Returns:
            False, without waiting, if `_MAX_WAITING` attempts of the bucket wait already.
        """
        if self._waiting[bucket] >= _MAX_WAITING:
            return False
        self._waiting[bucket] += 1
        try:
            async with self._locks[bucket]:
                seconds = self.wait_seconds(bucket)
                if seconds:
                    await self._sleep(seconds)
        finally:
            self._waiting[bucket] -= 1
            if not self._waiting[bucket]:
                del self._waiting[bucket]
                self._locks.pop(bucket, None)
        return True

    def wait_seconds(self, bucket: str) -> float:
        """Return the seconds that the bucket's next attempt waits: 0 at first, then 1, 2, 4 and at most 8."""
        failures = self._failures.get(bucket, deque())
        while failures and time.monotonic() - failures[0] > _ATTEMPT_SECONDS:
            failures.popleft()
        excess = len(failures) - _FREE_ATTEMPTS
        return min(2.0**excess, _MAX_WAIT_SECONDS) if excess >= 0 else 0.0

    def record_failure(self, bucket: str) -> None:
        """Count a wrong password of the bucket."""
        self._failures.setdefault(bucket, deque(maxlen=_FREE_ATTEMPTS + 8)).append(time.monotonic())
        self._failures.move_to_end(bucket)
        if len(self._failures) > _MAX_BUCKETS:
            self._failures.popitem(last=False)

    def forget(self, bucket: str) -> None:
        """Drop the bucket's wrong passwords, after a right one."""
        self._failures.pop(bucket, None)


class Sessions:
    """Sessions of the coordinator, kept in signed cookies. A new password and a log-out end every earlier session."""

    def __init__(self, data_dir: Path, secret: bytes, web: Web) -> None:
        self._data_dir = data_dir
        self._signer = URLSafeTimedSerializer(secret, salt="inloggning")
        self._devices = URLSafeTimedSerializer(secret, salt="inloggning-webblasare")
        self._web = web
        self.throttle = LoginThrottle()
        self._first = threading.Lock()
        self._code = ""

    def offer_code(self) -> str:
        """Return a new code with which the first password may be set, once; "" where there is a password."""
        if self.has_password:
            return ""
        letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
        self._code = f"{letters[:4]}-{letters[4:]}"
        return self._code

    @property
    def offers_code(self) -> bool:
        """Return True while the first password may be set with the code of `offer_code`."""
        return bool(self._code) and not self.has_password

    def set_first_password(self, code: str, password: str, bucket: str) -> bool:
        """Store the first password if the code is right; return False for a wrong code, or where there is a password.

        Raises:
            ValueError: The password is too short; the code remains valid.
            ArchiveError: The file cannot be written.
        """
        with self._first:
            given = "".join(code.upper().split()).replace("-", "")
            if not self.offers_code or not hmac.compare_digest(given.encode(), self._code.replace("-", "").encode()):
                self.throttle.record_failure(bucket)
                return False
            save_password(self._data_dir, password)
            self._code = ""
        return True

    @property
    def has_password(self) -> bool:
        """Return True if a password has been set."""
        return password_file(self._data_dir).is_file()

    def log_in(self, password: str, bucket: str) -> str | None:
        """Return the cookie of a new session, None for a wrong password. The middleware has made the attempt wait."""
        stored = self._stored()
        if stored is not None:
            given = _hash(password, bytes.fromhex(stored["salt"])).hex()
            if hmac.compare_digest(given, stored["hash"]):
                self.throttle.forget(bucket)
                return self._signer.dumps(["samordnaren", _fingerprint(stored)])
        self.throttle.record_failure(bucket)
        return None

    def log_out(self) -> None:
        """End every session; a copied cookie is no longer valid either.

        Raises:
            ArchiveError: The file cannot be written.
        """
        stored = self._stored()
        if stored is not None:
            _write(self._data_dir, {**stored, "sessions": secrets.token_hex(8)})

    def device_cookie(self) -> str:
        """Return the cookie by which a browser that has logged in is recognised later."""
        return self._devices.dumps(secrets.token_hex(8))

    def bucket(self, device: str, client: str) -> str:
        """Return the key for counting wrong passwords: of the browser if it has logged in before, else of its address."""
        try:
            return f"device {self._devices.loads(device, max_age=DEVICE_DAYS * 86_400)}" if device else f"address {client}"
        except BadSignature:
            return f"address {client}"

    def client_address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Return the visitor's address: the peer's, or behind proxies of the settings the last one that is none of theirs."""
        forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
        address = peer
        while address in self._web.proxies and forwarded:
            address = forwarded.pop()
        return address[:64]

    def proxy_name(self, headers: Mapping[str, str], client: str) -> str:
        """Return the name in the proxy's header if the settings believe it; "" for none."""
        if self._web.login_header and client in self._web.login_from:
            return headers.get(self._web.login_header.casefold(), "").strip()
        return ""

    def actor(self, cookie: str, headers: Mapping[str, str], client: str) -> Actor | None:
        """Return the coordinator by the proxy's header if the settings allow it, else by the cookie; None for others."""
        name = self.proxy_name(headers, client)
        if name and name.casefold() in {allowed.casefold() for allowed in self._web.coordinators}:
            return Actor(name)
        stored = self._stored() if cookie else None
        if stored is None:
            return None
        try:
            name, fingerprint = self._signer.loads(cookie, max_age=SESSION_HOURS * 3600)
        except (BadSignature, TypeError, ValueError):
            return None
        return Actor(str(name)) if hmac.compare_digest(str(fingerprint), _fingerprint(stored)) else None

    def _stored(self) -> dict[str, str] | None:
        try:
            return dict(json.loads(password_file(self._data_dir).read_text("ascii")))
        except (OSError, ValueError):
            return None


def _fingerprint(stored: Mapping[str, str]) -> str:
    """Return the value that a valid session's cookie holds; it changes with the password and at each log-out."""
    return stored["hash"][:16] + stored.get("sessions", "")
