"""Log-in with OpenID Connect: the municipality's own accounts, with the roles coordinator and reader from a claim.

The authorization code flow with PKCE, state and nonce: https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth and
RFC 7636. Entra ID and Keycloak are providers of this kind.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer

from monitor.config import Config
from monitor.errors import ConfigError, MonitorError, describe_os_error
from monitor.files import write_atomically
from monitor.settings import Oidc

logger = logging.getLogger(__name__)
ACCOUNT_COOKIE = "samordnare-konto"
ATTEMPT_COOKIE = "samordnare-forsok"
ANSWER_PATH = "/logga-in/svar"
"""Path to which the provider sends the browser back."""
SECRET_VARIABLE = "MONITOR_OIDC_SECRET"  # noqa: S105 - the name of a variable
COORDINATOR, READER = "coordinator", "reader"
"""Roles of an account."""
ATTEMPT_SECONDS = 600
ACCOUNT_HOURS = 12
_TIMEOUT_SECONDS = 10.0
_CLOCK_SECONDS = 60
"""Difference between our clock and the provider's that is put up with."""
_METADATA_SECONDS = 3600.0
_ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures that are believed; never `none`, and none with a shared secret."""
_NAMES = ("name", "preferred_username", "email", "sub")
_MAX_NAME = 100
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LoginError(MonitorError):
    """Error of a log-in by the municipality's account; the problem is a Swedish sentence for the person."""

    def __init__(self, problem: str) -> None:
        super().__init__("", problem)


@dataclass(frozen=True, slots=True)
class Account:
    """Person who has logged in with an account of the municipality."""

    name: str
    role: str
    """COORDINATOR or READER."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Log-in that has begun: where to send the browser, and the cookie by which it is recognised when it comes back."""

    address: str
    cookie: str


def role_of(claims: Mapping[str, Any], settings: Oidc) -> str:
    """Return the role that the claims of an account give; "" for none.

    The claim is a path with dots, such as `roles` (Entra ID) or `realm_access.roles` (Keycloak); its value a text or a list.
    """
    value: Any = claims
    for part in settings.claim.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    held = {value} if isinstance(value, str) else {item for item in value if isinstance(item, str)} if _is_list(value) else set()
    if held & set(settings.coordinator):
        return COORDINATOR
    return READER if held & set(settings.reader) else ""


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


class Accounts:
    """Sessions of people who logged in with an account, kept in signed cookies; a session that was ended stays ended."""

    def __init__(self, data_dir: Path, secret: bytes) -> None:
        self._file = data_dir / "ended-sessions.json"
        self._signer = URLSafeTimedSerializer(secret, salt="inloggning-konto")
        self._lock = threading.Lock()

    def begin(self, account: Account) -> str:
        """Return the cookie of a new session."""
        return self._signer.dumps([secrets.token_hex(8), account.name, account.role])

    def find(self, cookie: str) -> Account | None:
        """Return who a cookie stands for; None for one that is forged, too old or ended."""
        session = self._read(cookie) if cookie else None
        if session is None or session[0] in self._ended():
            return None
        return Account(session[1], session[2])

    def end(self, cookie: str) -> None:
        """End the session of a cookie, also where it was copied.

        Raises:
            LoginError: The file cannot be written.
        """
        session = self._read(cookie)
        if session is None:
            return
        with self._lock:
            oldest = time.time() - ACCOUNT_HOURS * 3600
            kept = {key: at for key, at in self._ended().items() if at > oldest}
            try:
                write_atomically(self._file, json.dumps({**kept, session[0]: time.time()}), private=True)
            except OSError as error:
                raise LoginError(f"Det gick inte att logga ut: {describe_os_error(error)}.") from error

    def _read(self, cookie: str) -> tuple[str, str, str] | None:
        try:
            key, name, role = self._signer.loads(cookie, max_age=ACCOUNT_HOURS * 3600)
        except (BadSignature, TypeError, ValueError):
            return None
        return str(key), str(name), str(role)

    def _ended(self) -> dict[str, float]:
        try:
            return dict(json.loads(self._file.read_text("ascii")))
        except (OSError, ValueError):
            return {}


class Provider:
    """Provider of the municipality's accounts. Its metadata and keys are fetched when they are first needed."""

    def __init__(self, config: Config, secret: bytes) -> None:
        self._settings = config.oidc
        self._config = config
        self._redirect = config.municipality.base_url.rstrip("/") + ANSWER_PATH
        self._signer = URLSafeTimedSerializer(secret, salt="inloggning-forsok")
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: Any = None
        self._fetched = 0.0

    def begin(self, onward: str) -> Attempt:
        """Begin a log-in that leads on to a path of ours.

        Raises:
            LoginError: The provider cannot be reached or is not what the settings say.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        metadata = self._load()
        with self._client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, response_mode="query"
            )
        return Attempt(address, self._signer.dumps([state, nonce, verifier, onward]))

    def finish(self, cookie: str, answer: Mapping[str, str]) -> tuple[Account, str]:
        """Return the account of the provider's answer to a log-in of this browser, and the path that the log-in leads on to.

        Raises:
            LoginError: The answer is not to this browser's log-in, is refused or wrong, or the account has no role here.
        """
        try:
            state, nonce, verifier, onward = self._signer.loads(cookie, max_age=ATTEMPT_SECONDS)
        except (BadSignature, TypeError, ValueError) as error:
            raise LoginError("Inloggningen tog för lång tid eller började i en annan webbläsare. Försök igen.") from error
        if not secrets.compare_digest(answer.get("state", "").encode(), str(state).encode()):
            raise LoginError("Inloggningen hör inte till den här webbläsaren. Försök igen.")
        if "code" not in answer:
            raise LoginError("Inloggningen avbröts hos kommunens inloggning.")
        claims = self._claims(answer["code"], str(verifier), str(nonce))
        role = role_of(claims, self._settings)
        if not role:
            raise LoginError("Ditt konto har ingen roll här. Be den som sköter kommunens konton om rätten att läsa.")
        name = next((str(claims[key]) for key in _NAMES if claims.get(key)), "")
        return Account(name[:_MAX_NAME], role), str(onward)

    def _claims(self, code: str, verifier: str, nonce: str) -> dict[str, Any]:
        """Return the claims of the ID token that a code is exchanged for, and where the role is not in it, of the user info."""
        import httpx
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        metadata = self._load()
        try:
            with self._client() as client:
                token = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
                claims = self._checked(str(token.get("id_token", "")), nonce)
                if not role_of(claims, self._settings) and "userinfo_endpoint" in metadata:
                    more = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
                    if isinstance(more, dict) and more.get("sub") == claims["sub"]:
                        claims = {**more, **claims}
        except (AuthlibBaseError, JoseError, httpx.HTTPError, ValueError, KeyError) as error:
            logger.warning("login_refused reason=%s", type(error).__name__)
            raise LoginError("Kommunens inloggning gav ett svar som inte går att lita på. Försök igen.") from error
        return claims

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token (OpenID Connect Core, section 3.1.3.7).

        Raises:
            JoseError: Signature, issuer, audience, times or nonce are wrong.
            ValueError: The token has no form.
        """
        from joserfc import jwt
        from joserfc.errors import InvalidClaimError, InvalidKeyIdError
        from joserfc.jwt import JWTClaimsRegistry

        try:
            decoded = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        except (ValueError, InvalidKeyIdError):  # a key that the provider has begun to use since its keys were fetched
            self._fetched = 0.0
            self._load()
            decoded = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        registry = JWTClaimsRegistry(
            leeway=_CLOCK_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(decoded.claims)
        audience = decoded.claims["aud"]
        if _is_list(audience) and len(audience) > 1 and decoded.claims.get("azp") != self._settings.client_id:
            raise InvalidClaimError("azp")
        return dict(decoded.claims)

    def _client(self) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self._settings.client_id,
            load_secret_of(self._config),
            scope=" ".join(("openid", *self._settings.scopes)),
            redirect_uri=self._redirect,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )

    def _load(self) -> dict[str, Any]:
        """Return the provider's metadata (OpenID Connect Discovery, section 4), fetched with its keys at most once an hour."""
        import httpx
        from joserfc.jwk import KeySet

        with self._lock:
            if self._metadata and time.monotonic() - self._fetched < _METADATA_SECONDS:
                return self._metadata
            issuer = self._settings.issuer
            try:
                with httpx.Client(timeout=_TIMEOUT_SECONDS) as client:
                    found = client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
                    _check_metadata(found, issuer)
                    keys = KeySet.import_key_set(client.get(found["jwks_uri"]).raise_for_status().json())
            except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
                logger.warning("login_provider_down reason=%s", error)
                raise LoginError("Kommunens inloggning svarar inte som den ska. Försök igen om en stund.") from error
            self._metadata, self._keys, self._fetched = found, keys, time.monotonic()
            return self._metadata


def _check_metadata(found: Any, issuer: str) -> None:
    """Raise ValueError for metadata of another issuer, or with addresses that anybody on the way could change."""
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise ValueError("the metadata is of another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        parts = urlsplit(str(found[name]))
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError(f"{name} is no https address")


def load_secret_of(config: Config) -> str:
    """Return the secret with which we show the provider who we are.

    Raises:
        ConfigError: There is none, or it cannot be read.
    """
    if config.oidc.client_secret_file:
        try:
            return Path(config.oidc.client_secret_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(config.oidc.client_secret_file, f"hemligheten går inte att läsa: {error}") from error
    if found := os.environ.get(SECRET_VARIABLE):
        return found
    where = str(config.path or "settings")
    raise ConfigError(where, f"oidc.issuer: väntade en hemlighet i ${SECRET_VARIABLE} eller i filen oidc.client_secret_file")
