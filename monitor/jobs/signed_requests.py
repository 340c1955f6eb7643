"""Requests between two machines of one installation, signed with their common secret (RFC 9421, hmac-sha256; body: RFC 9530)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import ConfigError, HandOverError

if TYPE_CHECKING:
    from http_message_signatures import VerifyResult

    from monitor.config import Config

ENVIRONMENT = "MONITOR_HANDOVER_SECRET"
LONGEST_AGE = timedelta(minutes=10)
"""Age of the oldest signature that counts, and how far the clocks of the two machines may differ."""
_SHORTEST_SECRET = 32
_KEY = "handover"
_COVERED = ("@method", "@path", "content-digest")
"""Parts of a request that its signature covers. The host is not one: a proxy may give it another name."""


@dataclass
class SignedRequest:
    """Request as the library of signatures reads it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def load_handover_secret(config: Config) -> bytes:
    """Return the secret that the machines share.

    Raises:
        ConfigError: There is none, it cannot be read, or it is too short.
    """
    where = str(config.path or "settings")
    file = config.handover.secret_file
    if file:
        try:
            secret = Path(file).read_bytes().strip()
        except OSError as error:
            raise ConfigError(file, f"hemligheten går inte att läsa: {error.strerror}") from error
    else:
        secret = os.environ.get(ENVIRONMENT, "").encode().strip()
    if not secret:
        raise ConfigError(where, f"handover: väntade en hemlighet i filen handover.secret_file eller i ${ENVIRONMENT}")
    if len(secret) < _SHORTEST_SECRET:
        raise ConfigError(file or ENVIRONMENT, f"hemligheten är för kort; väntade minst {_SHORTEST_SECRET} tecken")
    return secret


def sign_request(request: SignedRequest, body: bytes, secret: bytes) -> None:
    """Add the digest of the body and the signature to the headers of a request."""
    from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

    keys = MappingKeyResolver(public_keys={}, private_keys={_KEY: secret})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
    signer.sign(request, key_id=_KEY, covered_component_ids=_COVERED[:2], body=body)


def check_signature(request: SignedRequest, secret: bytes) -> list[VerifyResult]:
    """Return what `check_body` needs, of a request whose head is signed with the secret; its body need not be read for that.

    Raises:
        HandOverError: The signature is missing, wrong or too old.
    """
    from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, MappingKeyResolver, algorithms

    keys = MappingKeyResolver(public_keys={_KEY: secret}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
    verifier.max_clock_skew = LONGEST_AGE
    try:
        return verifier.verify(request, max_age=timedelta(0), require_components=_COVERED)
    except HTTPMessageSignaturesException as error:
        late = "age exceeds" in str(error) or "in the future" in str(error)
        problem = (
            f"signaturen är för gammal, eller datorernas klockor skiljer sig mer än {LONGEST_AGE.seconds // 60} minuter"
            if late
            else "signaturen är fel; har båda datorerna samma hemlighet?"
        )
        raise HandOverError(urlsplit(request.url).path, problem, 401) from error


def check_body(request: SignedRequest, checked: list[VerifyResult], body: bytes, secret: bytes) -> None:
    """Raise HandOverError unless a body is the one that was signed; `checked` is the answer of `check_signature`."""
    from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageVerifier, MappingKeyResolver, algorithms

    keys = MappingKeyResolver(public_keys={_KEY: secret}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
    try:
        verifier.verify_body(request, checked, body)
    except HTTPMessageSignaturesException as error:
        raise HandOverError(urlsplit(request.url).path, "innehållet är avbrutet eller ändrat på vägen", 400) from error
