"""Fail-over: a machine with a copy becomes the machine of the archive, and mails that may have arrived are held for a person."""

from __future__ import annotations

import logging
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.archive import lock, open_archive
from monitor.archive.backup import check_archive, replace_archive
from monitor.archive.connection import follower_mark, is_copy
from monitor.archive.copies import hold_in_hand
from monitor.archive.files import traces_of_use
from monitor.archive.takeover import renew_epoch
from monitor.config import Config
from monitor.errors import ArchiveError
from monitor.jobs.backup import find_free_name
from monitor.jobs.copies import CopiedDatabase, CopyError, claim_copies, copied_databases, fetch_copy, followed_file

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class PromoteReport:
    """Result of a fail-over."""

    counts: dict[str, int] = field(default_factory=dict)
    """Numbers of rows by table of the installation's archive."""
    archives: int = 0
    """Number of archives that were put in place, those of members included."""
    held: int = 0
    """Mails that may have arrived, which are held for a person."""


def promote(config: Config, now: datetime) -> PromoteReport:
    """Make the newest copy the archive of this machine. The old machine must be off.

    Each archive is whole before it takes the place of the followed copy, in one step; the installation's own comes last, so that
    a fail-over that was cut short is done anew. In the end the place of the copies has the new line.

    Raises:
        ArchiveError: There is an archive here that is no copy, or the secret of the installation is missing.
        CopyError: A copy cannot be read, or is damaged; or the new line cannot be written to the place of the copies.
        LockedError: A job is at work here, the copies are being followed, or another program has an archive open.
    """
    _refuse_unready(config)
    report = PromoteReport()
    with ExitStack() as stack:
        for name in ("copy", "copy-follow", "run", "archive", "digest", "send"):
            stack.enter_context(lock(config.data_dir, name))
        for database in copied_databases(config):
            _put_in_place(config, database, report, now)
        # The old machine finds another line there when it comes back, and sends nothing.
        claim_copies(config)
    logger.info("copy_promoted archives=%d held=%d", report.archives, report.held)
    return report


def _refuse_unready(config: Config) -> None:
    if config.archive.exists() and not is_copy(config.archive):
        raise ArchiveError(str(config.archive), "här finns redan ett arkiv, som inte är en kopia; det byts inte ut")
    if "secret" not in traces_of_use(config.data_dir):
        raise ArchiveError(
            str(config.data_dir / "secret"),
            "saknas; ta med filen från den gamla datorn, annars slutar länkarna i alla mejl att gälla",
        )


def _put_in_place(config: Config, database: CopiedDatabase, report: PromoteReport, now: datetime) -> None:
    path = database.path
    if path.exists() and not is_copy(path):
        return  # put in place by a fail-over that was cut short
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="promote-") as name:
        folder = Path(name)
        if not fetch_copy(config, database, folder / "fetched.db"):
            if path == config.archive:
                raise CopyError(database.url, "där finns ingen kopia")
            return
        fresh = folder / "fetched.db"
        if database.has_mails:
            report.counts = check_archive(fresh)
            report.archives += 1
            report.held += _begin_line(fresh)
        replace_archive(path, fresh, find_free_name(path.parent / f"replaced-{now.astimezone(config.zone):%Y-%m-%dT%H%M%S}"))
    # Until here the file counts as a copy: a fail-over that is cut short before is done anew.
    follower_mark(path).unlink(missing_ok=True)
    for file in path.parent.glob(f"{followed_file(path).name}*"):
        file.unlink()


def _begin_line(path: Path) -> int:
    """Begin a new line of archives with a file, so that the old machine is known by its line; return the number of held mails."""
    with open_archive(path) as archive:
        held = hold_in_hand(archive.db)
        renew_epoch(archive.db)
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return held
