"""The archive's own key, with which it signs what another archive takes over: Ed25519, RFC 8032."""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.archive.files import PRIVATE
from monitor.errors import ArchiveError, describe_os_error

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PREFIX = "ed25519:"


@lru_cache(maxsize=8)
def load_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key of this installation; create it on the first call.

    Raises:
        ArchiveError: The file cannot be read or made, or holds no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = data_dir / "archive-key"
    try:
        if not path.exists():
            partial = data_dir / f"archive-key.{os.getpid()}"
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            with os.fdopen(handle, "wb") as file:
                file.write(Ed25519PrivateKey.generate().private_bytes_raw())
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(partial)  # never replaces the key that another process made meanwhile
            except FileExistsError:
                pass
            finally:
                partial.unlink()
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except OSError as error:
        raise ArchiveError(str(path), f"arkivets nyckel går inte att läsa: {describe_os_error(error)}") from error
    except ValueError as error:
        raise ArchiveError(str(path), "filen är ingen nyckel; ta bort den, så görs en ny som läsarna måste få") from error


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public part of a key as it stands in the settings of those who take over: ed25519:BASE64."""
    return _PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign(key: Ed25519PrivateKey, content: bytes) -> str:
    """Return the signature of some bytes, in base 64."""
    return base64.b64encode(key.sign(content)).decode()


def is_signed(public: str, content: bytes, signature: str) -> bool:
    """Return whether a signature of some bytes was made with the key of which `public` is the public part."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw = base64.b64decode(public.removeprefix(_PREFIX), validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True
