"""Back-ups: the archive, the settings and the rules in one compressed file, checked after writing; and restoring one."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from monitor.archive import copy_archive, lock, open_archive
from monitor.archive.archive import machine_words
from monitor.archive.backup import check_archive
from monitor.config import Config
from monitor.errors import ArchiveError, in_words
from monitor.jobs.archives import open_installation

logger = logging.getLogger(__name__)

FOLDER = "backups"
_PREFIX, _SUFFIX = "monitor-", ".tar.gz"
_MANIFEST = "manifest.json"
_ARCHIVE = "archive.db"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """A back-up that was written and read again. `counts` are the rows of each table; `removed` the older ones that made room."""

    file: Path
    size: int
    counts: dict[str, int]
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What stands now (`counts`), from when it is, and where what it replaced was put; None when there was nothing."""

    counts: dict[str, int]
    made: str
    kept: Path | None


def make_backup(config: Config, now: datetime, file: Path | None = None) -> BackupReport:
    """Write a back-up, to `file` or among the rotated ones, and check it by reading it again. Other processes may go on writing.

    Raises ArchiveError when it cannot be written, or cannot be read as it was written; older ones then stay.
    """
    if not config.archive.is_file():
        raise ArchiveError(
            str(config.archive), "finns inte än, så det finns inget att kopiera; läs källorna först med monitor crawl"
        )
    target = file or config.data_dir / FOLDER / f"{_PREFIX}{now.astimezone(config.zone):%Y-%m-%dT%H%M}{_SUFFIX}"
    partial = target.with_name(target.name + ".partial")
    with _as_archive_error(target), _workroom(config) as room:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = room / _ARCHIVE
        with open_installation(config) as archive:
            copy_archive(archive.db, copy)
        counts = check_archive(copy)
        entries = {_ARCHIVE: copy, **dict(_settings_files(config))}
        manifest = {
            "format": _FORMAT,
            "made": now.isoformat(timespec="seconds"),
            "counts": counts,
            "files": {name: _digest(path) for name, path in entries.items()},
        }
        (room / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        try:
            with partial.open("wb") as raw:
                with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                    tar.add(room / _MANIFEST, _MANIFEST, filter=_nobody)
                    for name, path in entries.items():
                        tar.add(path, name, recursive=False, filter=_nobody)
                raw.flush()
                os.fsync(raw.fileno())
            with read_backup(partial, room / "again") as (_, again):
                if again["counts"] != counts:
                    raise ArchiveError(str(target), "gick inte att läsa tillbaka som den skrevs")
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    removed = () if file else tuple(_rotate(config))
    logger.info("backup_made file=%s bytes=%d calls=%d", target.name, target.stat().st_size, counts["calls"])
    return BackupReport(file=target, size=target.stat().st_size, counts=counts, removed=removed)


@contextmanager
def read_backup(file: Path, room: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a back-up into `room` and check all of it; gives the folder and the manifest. ArchiveError for what is broken."""
    room.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file, "r:gz") as tar:
            tar.extractall(room, filter="data")
        manifest = json.loads((room / _MANIFEST).read_text("utf-8"))
        files = manifest["files"]
        wrong = [name for name, digest in files.items() if _digest(room / name) != digest]
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(str(file), f"är ingen hel säkerhetskopia: {error}") from error
    except OSError as error:
        raise ArchiveError(str(file), f"går inte att läsa: {in_words(error)}") from error
    if wrong or _ARCHIVE not in files:
        raise ArchiveError(str(file), f"är ingen hel säkerhetskopia: {', '.join(wrong) or _ARCHIVE} är inte som den skrevs")
    counts = check_archive(room / _ARCHIVE)
    if counts != manifest.get("counts"):
        raise ArchiveError(str(file), "är ingen hel säkerhetskopia: arkivet i den innehåller inte det som det gjorde")
    yield room, manifest


def restore_backup(config: Config, file: Path, now: datetime, *, settings: bool = False) -> RestoreReport:
    """Put a checked back-up in place of the archive; with `settings` also the settings, rules and templates in it.

    What is replaced is kept in a folder beside it. Raises ArchiveError, having changed nothing, for a back-up that is broken, and
    LockedError while anything is at work.
    """
    with ExitStack() as stack:
        for name in ("run", "archive", "digest", "send"):
            stack.enter_context(lock(config.data_dir, name))
        with _as_archive_error(file), _workroom(config) as room, read_backup(file, room) as (unpacked, manifest):
            kept = config.data_dir / f"replaced-{now.astimezone(config.zone):%Y-%m-%dT%H%M%S}"
            replaced = _keep_archive(config, kept)
            (unpacked / _ARCHIVE).replace(config.archive)
            if settings:
                replaced |= _restore_settings(config, unpacked, kept)
        # Opening it brings an older archive up to this version, and proves that it can be used.
        with open_archive(config.archive):
            pass
    logger.info("backup_restored file=%s made=%s", file.name, manifest["made"])
    return RestoreReport(counts=manifest["counts"], made=manifest["made"], kept=kept if replaced else None)


def list_backups(config: Config) -> list[Path]:
    """The rotated back-ups, the oldest first."""
    return sorted((config.data_dir / FOLDER).glob(f"{_PREFIX}*{_SUFFIX}"))


def _keep_archive(config: Config, kept: Path) -> bool:
    found = [
        path for path in (config.archive.with_name(config.archive.name + end) for end in ("", "-wal", "-shm")) if path.exists()
    ]
    if found:
        kept.mkdir(parents=True)
    for path in reversed(found):
        path.replace(kept / path.name)
    return bool(found)


def _restore_settings(config: Config, unpacked: Path, kept: Path) -> bool:
    """Put settings, rules and templates back where they belong; those of the moment are kept."""
    homes = {"rules": Path(config.rules.dir) if config.rules.dir else None}
    homes["digests"] = Path(config.digests.dir) if config.digests.dir else None
    replaced = False
    for name, home in homes.items():
        if home is None or not (unpacked / name).is_dir():
            continue
        if home.exists():
            shutil.copytree(home, kept / name)
            shutil.rmtree(home)
            replaced = True
        shutil.copytree(unpacked / name, home)
    if config.path is not None and (unpacked / "monitor.toml").is_file():
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copy2(config.path, kept / "monitor.toml")
        shutil.copy2(unpacked / "monitor.toml", config.path)
        replaced = True
    return replaced


def _settings_files(config: Config) -> Iterator[tuple[str, Path]]:
    """The settings, and the installation's own rules and templates. Passwords and keys lie elsewhere and are never taken."""
    secret = Path(config.mail.password_file) if config.mail.password_file else None
    if config.path is not None:
        yield "monitor.toml", config.path
    for name, folder in (("rules", config.rules.dir), ("digests", config.digests.dir)):
        for path in sorted(Path(folder).rglob("*")) if folder else ():
            if path.is_file() and not path.is_symlink() and path != secret and "__pycache__" not in path.parts:
                yield str(PurePosixPath(name, *path.relative_to(folder).parts)), path


def _rotate(config: Config) -> Iterator[Path]:
    for path in list_backups(config)[: -config.keep.backups]:
        path.unlink()
        yield path


@contextmanager
def _workroom(config: Config) -> Iterator[Path]:
    """A folder on the same disk as the archive, so that moving is one step and a full disk shows before anything is touched."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=config.data_dir) as folder:
        yield Path(folder)


@contextmanager
def _as_archive_error(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(str(file), f"går inte att skriva: {in_words(error)}") from error
    except sqlite3.Error as error:
        raise ArchiveError(str(file), f"går inte att skriva: {machine_words(error)}") from error


def _nobody(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
