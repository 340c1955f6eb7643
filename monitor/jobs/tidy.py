"""Tidying: what the settings say is kept no longer, and what a person asks to have forgotten."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

from monitor.archive import Archive, lock
from monitor.archive.files import REPLACED_PATTERN
from monitor.archive.retention import compact, erase_old, forget_address
from monitor.config import Config
from monitor.jobs.backup import list_backups, remove_leftovers

logger = logging.getLogger(__name__)


def tidy(config: Config, archive: Archive, now: datetime) -> dict[str, int]:
    """Erase what has been kept long enough (settings `keep`); gives how much of each kind that was."""
    keep = config.keep
    counts = erase_old(
        archive.db,
        addresses=now - timedelta(days=keep.addresses),
        notes=now - timedelta(days=keep.notes),
        documents=now - timedelta(days=keep.documents) if config.shared_archive is None else None,
        jobs=now - timedelta(days=keep.jobs),
    )
    limit = (now - timedelta(days=keep.mails)).timestamp()
    old = [path for path in _mail_files(config) if path.stat().st_mtime < limit]
    for path in old:
        path.unlink()
    counts["mails"] = len(old)
    _shut(config)
    logger.info("tidied %s", " ".join(f"{name}={count}" for name, count in counts.items()))
    return counts


def forget(config: Config, archive: Archive, address: str) -> dict[str, int]:
    """Erase an address from the archive, the delivered files, and what killed back-ups left behind.

    Settings, back-ups and replaced archives are for a person to see to (`list_mentions`). LockedError while a back-up is at work.
    """
    counts = forget_address(archive.db, address)
    with lock(config.data_dir, "backup"):
        counts["leftovers"] = remove_leftovers(config)
    files = [path for path in _mail_files(config) if _is_to(path, address)]
    for path in files:
        path.unlink()
    counts["mails"] = len(files)
    compact(archive.path)
    logger.info("address_forgotten rows=%d", sum(counts.values()))
    return counts


def list_mentions(config: Config, address: str) -> list[str]:
    """Where a person has to look, in Swedish: what `forget` does not touch."""
    left = []
    folded = address.casefold()
    if any(recipient.email.casefold() == folded for recipient in config.recipient):
        left.append(f"Adressen står kvar som mottagare i {config.path}; ta bort den där, annars får den nya mejl.")
    if folded in (config.municipality.contact.casefold(), config.digest.preview.casefold()):
        left.append(f"Adressen står kvar som kontakt i {config.path}.")
    count = len(list_backups(config))
    if count:
        left.append(f"{count} säkerhetskopior är gjorda tidigare; de försvinner allt eftersom nya görs (keep.backups).")
    copies = [*sorted(config.data_dir.glob(REPLACED_PATTERN)), *sorted(config.data_dir.glob("archive.before-*.db"))]
    if copies:
        names = ", ".join(path.name for path in copies)
        left.append(
            f"Äldre arkiv ligger kvar i {config.data_dir} och kan innehålla adressen: {names}. Ta bort dem när de inte behövs."
        )
    return left


def _shut(config: Config) -> None:
    """Take other users' rights from files that an earlier version made."""
    if os.name != "posix":
        return
    for path in config.data_dir.rglob("*"):
        with suppress(OSError):
            mode = path.lstat().st_mode
            if mode & 0o077 and not path.is_symlink():
                path.chmod(stat.S_IMODE(mode) & 0o700)


def _mail_files(config: Config) -> list[Path]:
    return sorted((config.data_dir / "outbox").rglob("*.eml"))


def _is_to(path: Path, address: str) -> bool:
    with path.open("rb") as file:
        headers = BytesHeaderParser().parse(file)
    named = getaddresses([str(headers.get(name, "")) for name in ("To", "Cc")])
    return any(one.casefold() == address.casefold() for _, one in named)
