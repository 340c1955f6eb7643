"""Jobs `backup` and `restore`: the archive, the settings and the rules in one compressed file, checked after writing."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from monitor.archive import copy_archive, lock, open_archive
from monitor.archive.backup import check_archive, replace_archive, sync
from monitor.archive.connection import describe_sqlite_error
from monitor.archive.files import BACKUPS, refuse_missing
from monitor.archive.takeover import renew_epoch
from monitor.config import Config
from monitor.errors import ArchiveError, describe_os_error
from monitor.files import PARTIAL_SUFFIX, replacing, write_atomically
from monitor.jobs.members import open_installation

logger = logging.getLogger(__name__)

FOLDER = BACKUPS
_TEMPORARY_PREFIX = "backup-"
_PREFIX, _SUFFIX = "monitor-", ".tar.gz"
_MANIFEST = "manifest.json"
_ARCHIVE = "archive.db"
_FORMAT = 1
"""Version of the manifest."""
_DAMAGED = "är ingen hel säkerhetskopia; filen är skadad eller är något annat"
_DAMAGES = (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error)
"""Exceptions that damaged tar files, gzip streams and JSON raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """Back-up that was written and read again."""

    file: Path
    size: int
    """Size of the file in bytes."""
    counts: dict[str, int]
    """Numbers of rows by table."""
    removed: tuple[Path, ...] = ()
    """Older back-ups that made room."""
    last_full: Path | None = None
    """Newest older back-up with calls, when this one has none."""

    @property
    def empty(self) -> bool:
        """Return whether the archive had no calls: such a copy proves nothing."""
        return not self.counts["calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """Back-up that was put in place of the archive."""

    counts: dict[str, int]
    """Numbers of rows by table, as they are now."""
    made: str
    """Time when the back-up was made, ISO 8601."""
    kept: Path | None
    """Folder with what was replaced; None when there was nothing."""


def make_backup(config: Config, now: datetime, file: Path | None = None) -> BackupReport:
    """Write a back-up and check it by reading it again.

    Other processes may go on writing.

    Args:
        config: The installation.
        now: Time of the back-up, which names a rotated one.
        file: File to write; None for one among the rotated ones, of which the oldest then go.

    Raises:
        ArchiveError: It cannot be written, or cannot be read as it was written; older ones then stay.
        LockedError: Another back-up or a restore is at work.
    """
    with _as_archive_error(config.archive):
        refuse_missing(config.archive)
        missing = not config.archive.is_file()
    if missing:
        raise ArchiveError(
            str(config.archive), "finns inte än, så det finns inget att kopiera; läs källorna först med monitor crawl"
        )
    target = file or config.data_dir / FOLDER / f"{_PREFIX}{now.astimezone(config.zone):%Y-%m-%dT%H%M}{_SUFFIX}"
    with _as_archive_error(target), _alone(config), _temporary_dir(config) as folder:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = folder / _ARCHIVE
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
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        with replacing(target) as partial:
            with partial.open("wb") as raw:
                with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                    tar.add(folder / _MANIFEST, _MANIFEST, filter=_reset_owner)
                    for name, path in entries.items():
                        tar.add(path, name, recursive=False, filter=_reset_owner)
                raw.flush()
                os.fsync(raw.fileno())
            with read_backup(partial, folder / "again") as (_, again):
                if again["counts"] != counts:
                    raise ArchiveError(str(target), "gick inte att läsa tillbaka som den skrevs")
    removed = () if file else tuple(_rotate(config))
    logger.info("backup_made file=%s bytes=%d calls=%d", target.name, target.stat().st_size, counts["calls"])
    last_full = None if counts["calls"] else next((path for path in reversed(list_backups(config)) if count_calls(path)), None)
    return BackupReport(file=target, size=target.stat().st_size, counts=counts, removed=removed, last_full=last_full)


@contextmanager
def read_backup(file: Path, folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a back-up into `folder` and check all of it; yield the folder and the manifest.

    Raises:
        ArchiveError: The back-up is missing, cannot be read or is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("rb") as raw:
            manifest, wrong = _unpack(raw, folder)
    except (*_DAMAGES, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        if isinstance(error, FileNotFoundError) and error.filename == str(file):
            raise ArchiveError(str(file), "finns inte") from error
        raise ArchiveError(str(file), f"{_DAMAGED} ({error})") from error
    except OSError as error:
        # Python's gzip tells of bytes that are not as they were by an error without a number.
        problem = f"går inte att läsa: {describe_os_error(error)}" if error.errno else f"{_DAMAGED} ({error})"
        raise ArchiveError(str(file), problem) from error
    if wrong or _ARCHIVE not in manifest["files"]:
        raise ArchiveError(str(file), f"{_DAMAGED} ({', '.join(wrong) or _ARCHIVE} är inte som den skrevs)")
    try:
        counts = check_archive(folder / _ARCHIVE)
    except ArchiveError as error:
        raise ArchiveError(str(file), f"är ingen hel säkerhetskopia; arkivet i den {error.problem}") from error
    if counts != manifest.get("counts"):
        raise ArchiveError(str(file), "är ingen hel säkerhetskopia: arkivet i den innehåller inte det som det gjorde")
    yield folder, manifest


def _unpack(raw: IO[bytes], folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Unpack an open back-up into `folder`; return its manifest and the names of files that are not as they were written."""
    with tarfile.open(fileobj=raw, mode="r:gz") as tar:
        tar.extractall(folder, filter="data")
    manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
    return manifest, [name for name, digest in manifest["files"].items() if _digest(folder / name) != digest]


def count_calls(file: Path) -> int:
    """Return the number of calls in a back-up by its manifest, the first file in it; 0 when that cannot be read."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == _MANIFEST else None
            return int(json.load(content)["counts"]["calls"]) if content is not None else 0
    except (*_DAMAGES, OSError):
        return 0


def restore_backup(config: Config, file: Path, now: datetime, *, settings: bool = False) -> RestoreReport:
    """Put a checked back-up in place of the archive; with `settings` also the settings, rules and templates in it.

    The replaced files are kept in a folder beside the archive, which is replaced in one step: a kill leaves one of the two.

    Raises:
        ArchiveError: The back-up is damaged; nothing has changed.
        LockedError: A job is at work, or another program has the archive open.
    """
    with ExitStack() as stack:
        for name in ("run", "archive", "digest", "send"):
            stack.enter_context(lock(config.data_dir, name))
        stack.enter_context(_alone(config))
        with read_backup_of(config, file) as (unpacked, manifest), _as_archive_error(config.archive):
            kept = find_free_name(config.data_dir / f"replaced-{now.astimezone(config.zone):%Y-%m-%dT%H%M%S}")
            replaced = replace_archive(config.archive, unpacked / _ARCHIVE, kept)
            if settings:
                replaced |= _restore_settings(config, unpacked, kept)
        # Opening it brings an older archive up to this version, and proves that it can be used.
        with open_archive(config.archive) as archive:
            renew_epoch(archive.db)
    logger.info("backup_restored file=%s made=%s", file.name, manifest["made"])
    return RestoreReport(counts=manifest["counts"], made=manifest["made"], kept=kept if replaced else None)


def list_backups(config: Config) -> list[Path]:
    """Return the rotated back-ups, the oldest first."""
    return sorted((config.data_dir / FOLDER).glob(f"{_PREFIX}*{_SUFFIX}"))


@contextmanager
def read_backup_of(config: Config, file: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack and check a back-up on the disk of the archive; see `read_backup`."""
    with _temporary_dir(config) as folder, read_backup(file, folder) as unpacked:
        yield unpacked


def find_free_name(folder: Path) -> Path:
    """Return the folder, or one with a number after it when there is one of that name already."""
    names = [folder, *(folder.with_name(f"{folder.name}-{number}") for number in range(2, 1000))]
    return next(name for name in names if not name.exists())


def _restore_settings(config: Config, unpacked: Path, kept: Path) -> bool:
    """Restore settings, rules and templates; move the current ones to `kept`.

    Return whether any were replaced.
    """
    homes = {"rules": Path(config.rules.dir) if config.rules.dir else None}
    homes["digests"] = Path(config.digests.dir) if config.digests.dir else None
    replaced = False
    for name, home in homes.items():
        if home is not None and (unpacked / name).is_dir():
            replaced |= _replace_folder(home, unpacked / name, kept / name)
    if config.path is not None and (unpacked / "monitor.toml").is_file():
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copy2(config.path, kept / "monitor.toml")
        write_atomically(config.path, (unpacked / "monitor.toml").read_bytes())
        replaced = True
    return replaced


def _replace_folder(home: Path, folder: Path, kept: Path) -> bool:
    """Replace a folder by a copy of another, keep the old one as `kept`, and return whether there was one.

    Both folders stand whole beside each other before the first goes: what is missing in between is one renaming long.
    """
    fresh, old = (home.with_name(f"{home.name}.{end}") for end in ("restoring", "restored-over"))
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(folder, fresh, copy_function=_copy_synced)
        had = home.exists()
        if had:
            shutil.copytree(home, kept)
            home.replace(old)
        fresh.replace(home)
    except BaseException:
        if not home.exists() and old.exists():
            old.replace(home)
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return had


def _copy_synced(source: str, target: str) -> None:
    shutil.copy2(source, target)
    sync(Path(target))


def _settings_files(config: Config) -> Iterator[tuple[str, Path]]:
    """Yield the settings and the installation's rules and templates, never passwords and keys: name in the back-up, and file."""
    files = (config.mail.password_file, config.oidc.client_secret_file, *(row.address_file for row in config.teams))
    secrets = {Path(file) for file in files if file}
    if config.path is not None:
        yield "monitor.toml", config.path
    for name, folder in (("rules", config.rules.dir), ("digests", config.digests.dir)):
        for path in sorted(Path(folder).rglob("*")) if folder else ():
            if path.is_file() and not path.is_symlink() and path not in secrets and "__pycache__" not in path.parts:
                yield str(PurePosixPath(name, *path.relative_to(folder).parts)), path


def _rotate(config: Config) -> Iterator[Path]:
    """Remove the oldest back-ups, but never the last one with calls: copies of an emptied archive push out no good one."""
    files = list_backups(config)
    old, kept = files[: -config.keep.backups], files[-config.keep.backups :]
    last_full = next((path for path in reversed(old) if count_calls(path)), None) if not any(map(count_calls, kept)) else None
    for path in old:
        if path != last_full:
            path.unlink()
            yield path


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """Hold the lock of back-ups, and remove what a killed one left behind."""
    with lock(config.data_dir, "backup"):
        remove_leftovers(config)
        yield


def find_leftovers(config: Config) -> list[Path]:
    """Return the files and folders that killed back-ups and restores left behind: each may hold a whole archive."""
    return [
        *sorted(config.data_dir.glob(f"{_TEMPORARY_PREFIX}*")),
        *sorted((config.data_dir / FOLDER).glob(f"*{_SUFFIX}{PARTIAL_SUFFIX}")),
    ]


def remove_leftovers(config: Config) -> int:
    """Remove what killed back-ups and restores left behind and return how many; the caller holds the lock of back-ups."""
    paths = find_leftovers(config)
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(paths)


@contextmanager
def _temporary_dir(config: Config) -> Iterator[Path]:
    """Yield a folder on the disk of the archive, so that moving is one step and a full disk shows before anything is touched."""
    with _as_archive_error(config.data_dir):
        config.data_dir.mkdir(parents=True, exist_ok=True)
        # Left files are removed by the next back-up or restore: no reason to call what was done undone.
        temporary = tempfile.TemporaryDirectory(prefix=_TEMPORARY_PREFIX, dir=config.data_dir, ignore_cleanup_errors=True)
    with temporary as name:
        yield Path(name)


@contextmanager
def _as_archive_error(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(str(file), f"går inte att skriva: {describe_os_error(error)}") from error
    except sqlite3.Error as error:
        raise ArchiveError(str(file), f"går inte att skriva: {describe_sqlite_error(error)}") from error


def _reset_owner(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
