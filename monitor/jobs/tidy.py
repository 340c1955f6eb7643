"""Job `tidy`: erase data that the settings keep no longer; and forget an address when a person asks for it."""

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
from monitor.archive.recipients import erase_unconfirmed
from monitor.archive.retention import compact, erase_old, forget_address
from monitor.config import Config
from monitor.digest.answers import CONFIRM_DAYS
from monitor.jobs.backup import list_backups, remove_leftovers
from monitor.jobs.mask_files import mask_files
from monitor.paths import list_rule_files
from monitor.subscription import AddressMask

logger = logging.getLogger(__name__)


def tidy(config: Config, archive: Archive, now: datetime) -> dict[str, int]:
    """Erase data older than the settings of `keep` allow, and return the numbers of erased rows and files by kind."""
    keep = config.keep
    counts = erase_old(
        archive.db,
        addresses=now - timedelta(days=keep.addresses),
        notes=now - timedelta(days=keep.notes),
        documents=now - timedelta(days=keep.documents) if config.shared_archive is None else None,
        jobs=now - timedelta(days=keep.jobs),
    )
    counts["events"] += erase_unconfirmed(archive.db, now - timedelta(days=CONFIRM_DAYS))
    limit = (now - timedelta(days=keep.mails)).timestamp()
    old = [path for path in _mail_files(config) if path.stat().st_mtime < limit]
    for path in old:
        path.unlink()
    counts["mails"] = len(old)
    _make_private(config)
    logger.info("tidied %s", " ".join(f"{name}={count}" for name, count in counts.items()))
    return counts


def forget(config: Config, archive: Archive, address: str) -> dict[str, int]:
    """Erase an address from the archive and the delivered files, with the leftovers of killed back-ups.

    Mails to others, trial mails and logs that name the address have it masked. Settings, rules, back-ups, replaced archives
    and what publishers publish are left to a person (`list_mentions`).

    Returns:
        The numbers of erased rows and files by kind.

    Raises:
        LockedError: A back-up is at work.
    """
    counts = forget_address(archive.db, address)
    with lock(config.data_dir, "backup"):
        counts["leftovers"] = remove_leftovers(config)
    files = [path for path in _mail_files(config) if _is_to(path, address)]
    for path in files:
        path.unlink()
    counts["mails"] = len(files)
    counts["files"] = mask_files(config.data_dir, address)
    compact(archive.path)
    logger.info("address_forgotten rows=%d", sum(counts.values()))
    return counts


def list_mentions(config: Config, address: str, *, published: int = 0) -> list[str]:
    """Return sentences in Swedish on the places with the address that `forget` leaves to a person.

    `published` is the number of texts in which publishers name it (`count_published`).
    """
    mentions = []
    if published:
        mentions.append(f"Adressen står i {published} texter som utgivare själva har lagt ut. Be dem ta bort den där.")
    mask = AddressMask(address)
    files = {name: (config.rules_dir / name).read_text("utf-8", "replace") for name in list_rule_files(config.rules_dir)}
    rules = [name for name, text in files.items() if mask.is_in(text)]
    if rules:
        mentions.append(f"Adressen står kvar i reglerna: {', '.join(rules)}. Ta bort den där.")
    folded = address.casefold()
    if any(recipient.email.casefold() == folded for recipient in config.recipient):
        mentions.append(f"Adressen står kvar som mottagare i {config.path}; ta bort den där, annars får den nya mejl.")
    if folded in (config.municipality.contact.casefold(), config.digest.preview.casefold()):
        mentions.append(f"Adressen står kvar som kontakt i {config.path}.")
    count = len(list_backups(config))
    if count:
        mentions.append(f"{count} säkerhetskopior är gjorda tidigare; de försvinner allt eftersom nya görs (keep.backups).")
    copies = [*sorted(config.data_dir.glob(REPLACED_PATTERN)), *sorted(config.data_dir.glob("archive.before-*.db"))]
    if copies:
        names = ", ".join(path.name for path in copies)
        mentions.append(
            f"Äldre arkiv ligger kvar i {config.data_dir} och kan innehålla adressen: {names}. Ta bort dem när de inte behövs."
        )
    return mentions


def _make_private(config: Config) -> None:
    """Take other users' rights from the files of an earlier version."""
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
    return any(recipient.casefold() == address.casefold() for _, recipient in named)
