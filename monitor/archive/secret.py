"""The installation's secret, with which the links in mails are signed: made once, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from monitor.errors import ArchiveError, in_words

_LENGTH = 48


def load_secret(data_dir: Path) -> bytes:
    """The secret of this installation; made on the first call, also when two processes call at once."""
    path = data_dir / "secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            partial = data_dir / f"secret.{os.getpid()}"
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(_LENGTH))
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link never replaces a file that another process made meanwhile.
                path.hardlink_to(partial)
            except FileExistsError:
                pass
            finally:
                partial.unlink()
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ArchiveError(str(path), f"hemligheten går inte att läsa eller skapa: {in_words(error)}") from error
    if len(secret) < 32:
        raise ArchiveError(
            str(path), "hemligheten är trasig; ta bort filen så görs en ny (länkarna i gamla mejl slutar då gälla)"
        )
    return secret
